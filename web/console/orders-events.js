// What the gateway tells about orders, as it comes: asked for again and again, each time waiting for the next.

import { badge, element } from './dom.js';

const WAIT_SECS = 20;
const AFTER_TROUBLE_MS = 3000;
const SHOWN = 12;

export class Events {
  #place;
  #calls;
  #voice;
  #seen = [];
  #whenSome;

  /** `some` gets the ids of the orders that something happened to. */
  constructor(place, calls, voice, some) {
    this.#place = place;
    this.#calls = calls;
    this.#voice = voice;
    this.#whenSome = some;
  }

  /** Never ends. */
  async listen() {
    let after = 0;
    for (;;) {
      const asked = await this.#ask(after);
      if (asked === undefined) {
        await new Promise((resume) => {
          setTimeout(resume, AFTER_TROUBLE_MS);
        });
      } else if (asked.events.length > 0) {
        after = asked.next;
        this.#seen = [...asked.events.toReversed(), ...this.#seen].slice(0, SHOWN);
        this.build();
        this.#whenSome(asked.events.map(({ orderId }) => orderId));
      }
    }
  }

  build() {
    const shown = this.#seen.map(({ seq, kind, orderId, state, at }) =>
      element(
        'li',
        {},
        element('code', {}, String(seq)),
        ' ',
        badge(this.#voice.say(`orders.events.kinds.${kind}`), kind === 'result_critical' ? 'bad' : 'plain'),
        ' ',
        element('code', {}, state),
        ' ',
        element('span', { class: 'hint' }, `${orderId.slice(0, 8)}… ${at}`),
      ),
    );
    this.#place.replaceChildren(...(shown.length === 0 ? [element('li', { class: 'hint' }, this.#voice.say('orders.events.none'))] : shown));
  }

  async #ask(after) {
    try {
      const { status, document } = await this.#calls.events(after, WAIT_SECS);
      return status === 200 ? document : undefined;
    } catch {
      return undefined;
    }
  }
}
