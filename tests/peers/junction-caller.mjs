// A caller of Junction's two APIs that keeps to its documentation, and does what a test says where it should not.

import assert from 'node:assert/strict';

export class JunctionCaller {
  #management;
  #team;
  #key;

  constructor({ management, team, orgId, key }) {
    this.#management = new URL(`/v1/org/${orgId}/`, management);
    this.#team = team;
    this.#key = key;
  }

  /** Calls the Management API, with its key unless the headers say otherwise. */
  manage(method, path, body, headers = { 'X-Management-Key': this.#key }) {
    return call(new URL(path, this.#management), method, body, headers);
  }

  /** Calls the API of the team that this token is for. */
  ofTeam(token, method, path, body) {
    return call(new URL(path, this.#team), method, body, { Authorization: `Bearer ${token}` });
  }

  async token(teamId, env = 'sandbox') {
    const { status, json } = await this.manage('POST', `team/${teamId}/create_api_access_token`, { env });
    assert.equal(status, 200);
    return json.access_token;
  }
}

async function call(url, method, body, headers) {
  const content = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await fetch(url, { method, headers: { ...headers, ...content }, body: JSON.stringify(body) });
  const isJson = response.headers.get('content-type')?.includes('json');
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, bytes, json: isJson ? JSON.parse(bytes) : undefined };
}
