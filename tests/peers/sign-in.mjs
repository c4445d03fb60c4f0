// A clinician's sign-in, as a browser and a public client do it: the authorization code flow with PKCE.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

const BOUND_MS = 10_000;
const MOST_REDIRECTS = 5;

/** Signs in whom the hint names, and returns the access token for this resource. */
export async function signIn({ endpoints, clientId, redirectUri, resource, loginHint }) {
  const verifier = randomBytes(32).toString('base64url');
  const request = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    resource,
    login_hint: loginHint,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const returned = await new Browser().follow(`${endpoints.authorization}?${request}`, redirectUri);

  return redeem(endpoints.token, {
    client_id: clientId,
    redirect_uri: redirectUri,
    grant_type: 'authorization_code',
    code: returned.searchParams.get('code') ?? assert.fail(`no code came back: ${returned.search}`),
    code_verifier: verifier,
    resource,
  });
}

async function redeem(endpoint, form) {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(BOUND_MS),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer.access_token;
}

/** Follows redirects and keeps cookies; whose path they are for does not matter within one sign-in. */
class Browser {
  #cookies = new Map();

  /** Returns the address at the destination, without going there. */
  async follow(start, destination) {
    let address = start;
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
      address = await this.#redirectFrom(address);
      if (address.startsWith(destination)) {
        return new URL(address);
      }
    }
    throw new Error(`${MOST_REDIRECTS} redirects from ${start} do not lead to ${destination}`);
  }

  async #redirectFrom(address) {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { Cookie: Array.from(this.#cookies, (cookie) => cookie.join('=')).join('; ') },
      signal: AbortSignal.timeout(BOUND_MS),
    });
    assert.equal(response.status, 303, await response.text());
    this.#keep(response.headers.getSetCookie());
    return new URL(response.headers.get('location'), address).href;
  }

  #keep(cookies) {
    for (const cookie of cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      this.#cookies.set(name, value);
    }
  }
}
