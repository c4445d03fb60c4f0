// The simulated EHR: what it knows, and what it asks for.

import { element, offer, option } from './dom.js';
import { FAULTS } from './faults.js';
import { FIELDS, OPTIONS } from './options.js';

const PARAMETERS = ['accessKey', 'consultationKey', 'followupKey'];

export class Form {
  #form;
  #scene;
  #voice;

  constructor(form, scene, voice) {
    this.#form = form;
    this.#scene = scene;
    this.#voice = voice;
    voice.whenSpoken(() => this.#build());
    form.addEventListener('input', ({ target }) => this.#changed(target));
    this.#take(OPTIONS[2]);
  }

  /** Calls back whenever anything changes, and once at first. */
  whenChanged(listener) {
    this.#form.addEventListener('input', listener);
    listener();
  }

  whenSubmitted(listener) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      listener();
    });
  }

  /** Everything that was stated. What is left empty is not stated. */
  facts() {
    const value = (name) => this.#field(name).value;
    const stated = (names) =>
      Object.fromEntries(names.map((name) => [name, value(name)]).filter(([, text]) => text !== ''));
    return {
      credential: this.#scene.credentials[value('policy')],
      form: value('form'),
      tail: value('endpoint'),
      clinician: this.#field('named').checked ? stated(FIELDS) : null,
      intent: value('intent') || undefined,
      query: stated(['patientKey', 'locale']),
      params: stated(PARAMETERS),
      fault: FAULTS[value('fault')],
    };
  }

  #field(name) {
    return this.#form.elements.namedItem(name);
  }

  #changed(target) {
    if (target.name === 'option') {
      this.#take(OPTIONS.find(({ id }) => id === target.value));
    }
    this.#reflect();
  }

  /** Fills in one of the documented options. */
  #take({ intent, clinician }) {
    this.#field('intent').value = intent;
    this.#field('named').checked = clinician !== null;
    for (const name of FIELDS) {
      this.#field(name).value = clinician?.[name] ?? '';
    }
    this.#reflect();
  }

  /** Shows what follows from what was stated. */
  #reflect() {
    const { clinician, intent } = this.facts();
    document.getElementById('clinician').hidden = clinician === null;
    document.getElementById('intent-meaning').textContent = this.#voice.say(`intents.${intent ?? 'none'}`);
    for (const radio of this.#form.querySelectorAll('[name=option]')) {
      const option = OPTIONS.find(({ id }) => id === radio.value);
      radio.checked = option.intent === intent && sameClinician(option.clinician, clinician);
    }
  }

  /** Builds what depends on tables, keeping what was chosen. */
  #build() {
    const say = (key) => this.#voice.say(key);
    const { endpoints, intents } = this.#scene;
    document.getElementById('options').replaceChildren(
      ...OPTIONS.map(({ id }) =>
        element(
          'label',
          {},
          element('input', { type: 'radio', name: 'option', value: id }),
          element('strong', {}, say(`options.${id}.name`)),
          element('span', {}, say(`options.${id}.meaning`)),
        ),
      ),
    );
    offer(this.#field('intent'), [
      option('', say('form.noIntent')),
      ...intents.map((intent) => option(intent, intent)),
    ]);
    const areas = [...new Set(endpoints.map(({ area }) => area))];
    offer(
      this.#field('endpoint'),
      areas.map((area) =>
        element(
          'optgroup',
          { label: say(`areas.${area}`) },
          endpoints
            .filter((endpoint) => endpoint.area === area)
            .map(({ tail }) => option(tail, `${tail} · ${say(`endpoints.${tail}`)}`)),
        ),
      ),
    );
    offer(this.#field('fault'), [
      option('', say('faults.none')),
      ...Object.keys(FAULTS).map((fault) => option(fault, say(`faults.${fault}`))),
    ]);
    this.#reflect();
  }
}

function sameClinician(left, right) {
  return left === right || FIELDS.every((name) => left?.[name] === right?.[name] && left && right);
}
