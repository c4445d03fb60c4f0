// The order before it is one: what is wrong is said while it is typed, beside each field, and a key makes it one order.

import { fieldErrors } from './answers.js';
import { badge, element, facts } from './dom.js';
import { TEAM } from './orders-calls.js';
import { Fields } from './orders-fields.js';
import { Tests } from './orders-tests.js';

/** How long nothing is typed before the gateway is asked. */
const PAUSE_MS = 150;

const CLINICIAN = { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' };

export class OrderForm {
  #form;
  #calls;
  #voice;
  #fields;
  #tests;
  #covered;
  #refusal;
  #key = crypto.randomUUID();
  #sent = '';
  #asking = new AbortController();
  #timer;
  #zip;

  constructor(form, calls, voice) {
    this.#form = form;
    this.#calls = calls;
    this.#voice = voice;
    const within = (id) => form.querySelector(`#${id}`);
    this.#fields = new Fields(voice, within);
    this.#tests = new Tests({ place: within('tests'), questions: within('questions') }, voice);
    form.addEventListener('input', () => this.#changed());
    form.addEventListener('change', () => this.#changed());
    voice.whenSpoken(() => {
      this.#fields.speak();
      this.#tests.build();
      this.#show();
    });
  }

  /** Loads what can be ordered. */
  async begin() {
    const { status, document } = await this.#calls.tests();
    this.#tests.offer(status === 200 ? document.tests : []);
    this.#changed();
  }

  whenSubmitted(listener) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      listener();
    });
  }

  /** Whether everything is there that only this page knows to be needed. */
  isComplete() {
    return this.#tests.areAnswered();
  }

  get patient() {
    return this.#fields.value('clientUserId');
  }

  /** Whether a phlebotomist comes, as far as that is known. */
  get coverage() {
    return this.#covered;
  }

  body() {
    const body = { clinician: CLINICIAN, team: { integrationTeamId: TEAM } };
    this.#fields.write(body);
    this.#tests.write(body);
    return body;
  }

  /** The key of this very order: another body gets another one. */
  key() {
    const text = JSON.stringify(this.body());
    if (this.#sent !== '' && this.#sent !== text) {
      this.#key = crypto.randomUUID();
    }
    this.#sent = text;
    return this.#key;
  }

  /** The next order is another one, even if it says the same. */
  forgetKey() {
    this.#key = crypto.randomUUID();
    this.#sent = '';
  }

  /** Says what is wrong with the fields of a refused order. */
  tell(document) {
    this.#refusal = document;
    this.#show();
  }

  #changed() {
    this.#fields.count();
    this.#asking.abort();
    this.#asking = new AbortController();
    clearTimeout(this.#timer);
    const { signal } = this.#asking;
    this.#timer = setTimeout(() => this.#ask(signal), PAUSE_MS);
  }

  async #ask(signal) {
    try {
      const { status, document } = await this.#calls.explain(this.body(), signal);
      this.#refusal = status === 200 ? document.refusal : document;
      await this.#cover();
      this.#show();
    } catch (error) {
      if (error.name !== 'AbortError') {
        throw error;
      }
    }
  }

  async #cover() {
    const zip = this.#fields.value('zip');
    if (zip !== this.#zip) {
      this.#zip = zip;
      const { status, document } = await this.#calls.coverage(zip);
      this.#covered = status === 200 ? document : undefined;
    }
  }

  #show() {
    const at = (id) => this.#form.querySelector(`#${id}`);
    const others = this.#fields.tell(this.#refusal?.errors ?? []);
    at('coverage').replaceChildren(...(this.#covered ? covered(this.#covered, this.#voice) : []));
    at('problems').replaceChildren(...this.#problems(others));
    const say = (key) => this.#voice.say(key);
    const value = (name) => this.#fields.value(name);
    at('review').replaceChildren(
      facts(
        [say('orders.patient'), `${value('firstName')} ${value('lastName')}, ${value('dob')}`],
        [say('orders.address'), [value('firstLine'), value('secondLine'), value('city'), `${value('state')} ${value('zip')}`].filter(Boolean).join(', ')],
        [say('orders.tests'), this.#tests.names().join(', ')],
      ),
    );
  }

  #problems(others) {
    if (!this.#refusal) {
      return [];
    }
    const { code } = this.#refusal;
    return [
      element('p', {}, badge(this.#voice.say('explanation.refusal'), 'bad'), ' ', element('code', {}, code), ` ${this.#voice.say(`codes.${code}.meaning`)}`),
      ...fieldErrors(others, this.#voice),
    ];
  }
}

/** Whether a time can be booked there, or a visit asked for, or neither. */
function covered({ zip, canBook, canRequest }, voice) {
  const key = canBook ? (canRequest ? 'both' : 'book') : canRequest ? 'request' : 'neither';
  return [badge(voice.say(canBook || canRequest ? 'orders.covered' : 'orders.notCovered'), canBook || canRequest ? 'good' : 'bad'), ` ${voice.say(`orders.coverage.${key}`, { zip })}`];
}
