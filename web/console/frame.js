// The app in the page, by the same element that an EHR's page uses; the messages that the app posts; and how such a page writes
// all of it.

import '/sdk/v1/clinical-embed.js';
import { badge, code, copyable, element } from './dom.js';

export class Frame {
  #places;
  #voice;
  #title;
  #embed;
  #shown = 0;

  /** `title`: the key of the text that says which app it is. */
  constructor(places, voice, title) {
    this.#places = places;
    this.#voice = voice;
    this.#title = title;
    voice.whenSpoken(() => this.#embed?.setAttribute('frame-title', voice.say(title)));
  }

  close() {
    this.#embed?.remove();
    this.#embed = undefined;
    this.#places.messages.replaceChildren();
    this.#places.page.replaceChildren();
  }

  /**
   * Shows what a launch responded. `again` launches anew: the page asks for that when it comes back from the browser's history.
   * `path` is where an EHR's own page would ask its server for the launch.
   */
  open(launched, again, path) {
    this.close();
    this.#shown += 1;
    const responses = [launched];
    const embed = element('clinical-embed', {
      'context-key': `launch-${this.#shown}`,
      'frame-title': this.#voice.say(this.#title),
      debug: '',
    });
    embed.launch = async () => responses.pop() ?? (await again());
    embed.addEventListener('embed-message', ({ detail }) => this.#list(launched.origin, true, detail.raw));
    embed.addEventListener('embed-error', ({ detail }) => {
      if (detail.code === 'foreign_message') {
        this.#list('', false);
      }
    });
    this.#embed = embed;
    this.#places.frame.append(embed);
    this.#places.page.replaceChildren(...this.#written(path));
  }

  /** A message as it came. Those from another origin than the gateway named are listed and not shown. */
  #list(origin, counts, content) {
    this.#places.messages.append(
      element(
        'li',
        {},
        badge(this.#voice.say(counts ? 'messages.accepted' : 'messages.ignored'), counts ? 'good' : 'bad'),
        ' ',
        element('code', {}, origin),
        counts ? code(JSON.stringify(content, null, 2), this.#voice.say('messages.content')) : null,
      ),
    );
  }

  /** What an EHR's page has in the place of this one. */
  #written(path) {
    const heading = this.#voice.say('page.heading');
    const lines = [
      `<script type="module" src="${location.origin}/sdk/v1/clinical-embed.js"></script>`,
      `<clinical-embed context-key="CONTEXT" launch-url="/launch/${path}" frame-title="${this.#voice.say(this.#title)}"></clinical-embed>`,
      '<script type="module">',
      "  const embed = document.querySelector('clinical-embed');",
      "  embed.addEventListener('embed-message', ({ detail }) => refresh(detail));",
      "  embed.addEventListener('embed-error', ({ detail }) => report(detail.code, detail.requestId));",
      '</script>',
    ].join('\n');
    return [
      copyable(heading, lines, this.#voice),
      element('p', { class: 'hint' }, this.#voice.say('page.intro')),
      code(lines, heading),
    ];
  }
}
