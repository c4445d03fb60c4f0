// Empego's stand-in, seen from outside: what arrived there, whom it knows, and the pages it hands out.

import assert from 'node:assert/strict';

/** The stand-in at this URL, whatever its path. */
export class Simulator {
  #url;

  constructor(url) {
    this.#url = new URL(url);
  }

  get host() {
    return this.#url.host;
  }

  /** Forgets everything but these users. */
  async restart(users) {
    await this.#control('POST', 'reset');
    await this.#control('PUT', 'users', users);
  }

  /** Every call of an embeddable endpoint since the restart. */
  async journal() {
    return (await this.#control('GET', 'journal')).json();
  }

  async users() {
    return (await this.#control('GET', 'users')).json();
  }

  /** Has the next calls go wrong. */
  async fault(fault) {
    await this.#control('PUT', 'faults', fault);
  }

  async #control(method, name, content) {
    const response = await fetch(new URL(`/__sim/${name}`, this.#url), {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(content),
    });
    assert.ok(response.ok, `${method} ${name} was answered with ${response.status}`);
    return response;
  }
}

const WORDS = {
  en: { language: 'English', keyOwner: "none: the API key's owner", noPatient: 'none' },
  fr: { language: 'français', keyOwner: 'aucun : propriétaire de la clé API', noPatient: 'aucun' },
};

/** What the page of this launch should show. */
export function expectedPage({ path, params }, { user, actsAs }) {
  const words = WORDS[params.locale ?? actsAs.preferredLanguage.toLowerCase()];
  return {
    clinician: `${actsAs.firstName} ${actsAs.lastName}`,
    'user-id': user?.userId ?? words.keyOwner,
    patient: params.patientKey ?? words.noPatient,
    language: words.language,
    view: path,
  };
}

/** The texts of the elements that have an id, by id. */
export function shownBy(html) {
  const elements = html.matchAll(/id="([^"]+)">([^<]*)</g);
  return Object.fromEntries(Array.from(elements, ([, id, text]) => [id, unescaped(text)]));
}

function unescaped(text) {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code));
}
