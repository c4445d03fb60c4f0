// The iframe with an app in it, and the messages that this app posts.

import { badge, code, element } from './dom.js';

export class Frame {
  #place;
  #messages;
  #voice;
  #title;
  #iframe;
  #origin;

  /** `title`: the key of the text that says which app it is. */
  constructor({ place, messages }, voice, title) {
    this.#place = place;
    this.#messages = messages;
    this.#voice = voice;
    this.#title = title;
    voice.whenSpoken(() => this.#iframe?.setAttribute('title', voice.say(title)));
    window.addEventListener('message', (event) => this.#received(event));
  }

  close() {
    this.#iframe = undefined;
    this.#origin = undefined;
    this.#place.replaceChildren();
    this.#messages.replaceChildren();
  }

  /** Shows an embed URL, with the attributes for it. */
  open({ url, origin, frame }) {
    this.close();
    this.#origin = origin;
    this.#iframe = element('iframe', {
      title: this.#voice.say(this.#title),
      referrerpolicy: frame.referrerPolicy,
      allow: frame.allow,
      sandbox: frame.sandbox,
      src: url,
    });
    this.#place.append(this.#iframe);
  }

  /** Anybody can post a message: only the iframe's count, and only from the origin that the gateway named. */
  #received({ origin, source, data }) {
    if (this.#iframe === undefined || source !== this.#iframe.contentWindow) {
      return;
    }
    const isFromThere = origin === this.#origin;
    this.#messages.append(
      element(
        'li',
        {},
        badge(this.#voice.say(isFromThere ? 'messages.accepted' : 'messages.ignored'), isFromThere ? 'good' : 'bad'),
        ' ',
        element('code', {}, origin),
        isFromThere ? code(JSON.stringify(data, null, 2), this.#voice.say('messages.content')) : null,
      ),
    );
  }
}
