// What the gateway would do, asked again at every change: the decision, the user header, and the request to Empego.

import { fieldErrors, warnings } from './answers.js';
import { explain } from './calls.js';
import { badge, code, copyable, element, facts, quoted } from './dom.js';

/** How long nothing is typed before the gateway is asked. */
const PAUSE_MS = 120;

export class Explanation {
  #place;
  #outcome;
  #voice;
  #shown;
  #asking = new AbortController();
  #timer;

  constructor({ place, outcome }, voice) {
    this.#place = place;
    this.#outcome = outcome;
    this.#voice = voice;
    voice.whenSpoken(() => this.#shown && this.#show(this.#shown));
  }

  /** Explains these facts, and nothing of those before. */
  update(stated) {
    this.#asking.abort();
    this.#asking = new AbortController();
    clearTimeout(this.#timer);
    this.#place.setAttribute('aria-busy', 'true');
    const { signal } = this.#asking;
    this.#timer = setTimeout(() => this.#ask(stated, signal), PAUSE_MS);
  }

  async #ask(stated, signal) {
    try {
      const answer = await explain(stated.credential, stated.tail, nativeBody(stated), signal);
      this.#show({ stated, answer });
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#outcome.replaceChildren(badge(this.#voice.say('answer.none'), 'bad'));
        this.#place.replaceChildren();
      }
    }
  }

  #show(shown) {
    this.#shown = shown;
    const { stated, answer } = shown;
    this.#place.removeAttribute('aria-busy');
    if (answer.status === 200) {
      this.#showExplained(stated, answer.document);
    } else {
      this.#showRefusal(answer.document);
      this.#place.append(element('p', { class: 'hint' }, this.#voice.say('explanation.before')));
    }
  }

  #showExplained(stated, explained) {
    const say = (key, values) => this.#voice.say(key, values);
    if (explained.outcome === 'launch') {
      this.#outcome.replaceChildren(
        badge(say('explanation.launch'), 'good'),
        ` ${say(`identities.${explained.identity}`)}`,
      );
      this.#place.replaceChildren();
    } else {
      this.#showRefusal(explained.refusal);
    }
    const { rule, intent, header, request } = explained;
    this.#place.append(
      ...[
        rule && this.#rule(rule, intent),
        warnings(explained.warnings, this.#voice),
        stated.form === 'dropIn' ? element('p', { class: 'note' }, say('explanation.dropIn')) : null,
        ...(request ? this.#sent(header, request) : []),
      ].filter(Boolean),
    );
  }

  #showRefusal(refusal) {
    this.#outcome.replaceChildren(
      badge(this.#voice.say('explanation.refusal'), 'bad'),
      ' ',
      element('code', {}, refusal.code),
      ` ${refusal.status}`,
    );
    this.#place.replaceChildren(
      element('p', {}, this.#voice.say(`codes.${refusal.code}.meaning`)),
      element('p', {}, element('strong', {}, this.#voice.say('answer.action')), ` ${this.#voice.say(`codes.${refusal.code}.action`)}`),
      ...fieldErrors(refusal.errors, this.#voice),
    );
  }

  #rule(rule, intent) {
    const say = (key, values) => this.#voice.say(key, values);
    return element(
      'div',
      { class: 'rule' },
      element('h3', {}, say('explanation.rule')),
      facts(
        [
          say('explanation.intent'),
          [element('code', {}, rule.intent), ` ${say(intent?.stated ? 'explanation.stated' : 'explanation.implied')}`],
        ],
        [say('explanation.given'), say(`given.${rule.given}`)],
        // Nothing else than a userId alone is looked up.
        ...(rule.given === 'userId' ? [[say('explanation.seen'), say(`seen.${rule.seen}`)]] : []),
      ),
      element('p', {}, say(`rules.${rule.intent}.${rule.given}`)),
      element('p', { class: 'hint' }, say('explanation.words'), ' ', quoted(rule.reason)),
    );
  }

  #sent(header, request) {
    const say = (key) => this.#voice.say(key);
    const encoded = header
      ? [
          copyable(say('explanation.header'), header.encoded, this.#voice),
          code(header.encoded, say('explanation.encoded')),
          code(JSON.stringify(header.decoded, null, 2), say('explanation.decoded')),
        ]
      : [element('h3', {}, say('explanation.header')), element('p', {}, say('explanation.noHeader'))];
    const lines = request.headers.map(({ name, value }) => `${name}: ${value}`);
    return [
      ...encoded,
      element('h3', {}, say('explanation.request')),
      code([`${request.method} ${request.url}`, ...lines].join('\n'), say('explanation.request')),
      copyable(say('explanation.curl'), request.curl, this.#voice),
      code(request.curl, say('explanation.curl')),
    ];
  }
}

/** The facts as the gateway's own form states them. In Empego's form, saying nothing about a clinician means the owner. */
export function nativeBody({ form, clinician, intent, query, params }) {
  const meant = intent ?? (form === 'dropIn' && clinician === null ? 'owner' : undefined);
  return {
    ...(clinician === null ? {} : { clinician }),
    ...(meant === undefined ? {} : { intent: meant }),
    ...query,
    ...(Object.keys(params).length === 0 ? {} : { params }),
  };
}
