// Everything that is sent: to the gateway as a host sends it, and to the stand-in for Empego and Junction behind it.

const DROP_IN = '/empego-integrations/R4/embeddable';

/** Sends a request; the answer with its document, if it is one, and the time it took. */
export async function send(path, options = {}) {
  const begin = performance.now();
  const answer = await fetch(path, options);
  const text = await answer.text();
  return {
    status: answer.status,
    retryAfter: answer.headers.get('Retry-After'),
    document: parsed(text),
    text,
    took: performance.now() - begin,
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Launches in the gateway's own form. */
export function native(credential, tail, body, { headers = {}, signal } = {}) {
  return post(`/v1/embeddable/${tail}`, credential, body, headers, signal);
}

/** Asks what would become of a launch; nothing is sent to Empego. */
export function explain(credential, tail, body, signal) {
  return post(`/v1/explain/${tail}`, credential, body, {}, signal);
}

function post(path, credential, body, headers, signal) {
  return send(path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal,
  });
}

/** Launches Junction's app. */
export function junction(credential, body) {
  return post('/v1/junction/launch', credential, body, {});
}

/** Asks for an address of Junction's Fast Launch. */
export function fastLaunch(credential, query) {
  const headers = { Authorization: `Bearer ${credential}` };
  return send(`/v1/junction/fast-launch?${new URLSearchParams(query)}`, { headers });
}

/** Launches in Empego's own form. JSON is asked for, since this page wants to know the origin too. */
export function dropIn(credential, tail, { header, intent, query = {} } = {}) {
  const headers = { 'Api-key': credential, Accept: 'application/json' };
  if (header !== undefined) {
    headers['x-integration-user'] = header;
  }
  if (intent !== undefined) {
    headers['x-integration-intent'] = intent;
  }
  const search = new URLSearchParams(query).toString();
  return send(`${DROP_IN}/${tail}${search === '' ? '' : `?${search}`}`, { headers });
}

/** Asks the demo's audit trail. The question is in the body, so that no address names a person. */
export async function askTrail(question, content = {}) {
  const { status, document } = await send(`audit/${question}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(content),
  });
  if (status !== 200 || document.trouble !== undefined) {
    throw new Error(document?.trouble ?? `${question} was answered with ${status}`);
  }
  return document;
}

/** A clinician as Empego's header has them: base64 of JSON in UTF-8, which `btoa` alone would make Latin-1. */
export function userHeader(clinician) {
  const bytes = new TextEncoder().encode(JSON.stringify(clinician));
  return btoa(String.fromCharCode(...bytes));
}

/** The stand-in's control pages. */
export class Simulator {
  #origin;

  constructor(origin) {
    this.#origin = origin;
  }

  /** Arranges what its next answers do instead of what they should. */
  async arrange(fault) {
    await this.control('PUT', 'faults', fault);
  }

  async forgetFaults() {
    await this.control('DELETE', 'faults');
  }

  async reset() {
    await this.control('POST', 'reset');
  }

  /** Every call that it received. */
  async journal() {
    return (await this.control('GET', 'journal')).document;
  }

  /** Whom it knows. */
  async users() {
    return (await this.control('GET', 'users')).document;
  }

  /** What there is at Junction. */
  async junction() {
    return (await this.control('GET', 'junction')).document;
  }

  /** Every call of Junction's APIs that it received. */
  async junctionJournal() {
    return (await this.control('GET', 'junction/journal')).document;
  }

  /** Whatever else its control pages take. */
  async control(method, page, content) {
    const options = { method };
    if (content !== undefined) {
      options.headers = { 'Content-Type': 'application/json' };
      options.body = JSON.stringify(content);
    }
    const answer = await send(`${this.#origin}/__sim/${page}`, options);
    if (answer.status >= 300) {
      throw new Error(`${method} ${page} was answered with ${answer.status}`);
    }
    return answer;
  }
}
