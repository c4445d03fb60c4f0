// What can be ordered: tests with what to know about each, and the questions that some of them ask.

import { element, option } from './dom.js';
import { tellAt } from './orders-fields.js';

export class Tests {
  #place;
  #questions;
  #voice;
  #tests = [];
  #asked = [];
  #chosen = new Set();
  #answers = new Map();

  constructor({ place, questions }, voice) {
    this.#place = place;
    this.#questions = questions;
    this.#voice = voice;
    place.addEventListener('change', ({ target }) => {
      if (target.checked) {
        this.#chosen.add(target.value);
      } else {
        this.#chosen.delete(target.value);
      }
      this.#ask();
    });
    questions.addEventListener('change', ({ target }) => this.#answers.set(target.name, target.value));
  }

  /** Offers these; of several, one is chosen at first. */
  offer(tests) {
    this.#tests = tests;
    if (this.#chosen.size === 0 && tests.length > 0) {
      this.#chosen.add(tests.at(-1).testId);
    }
    this.build();
  }

  names() {
    return this.#tests.filter(({ testId }) => this.#chosen.has(testId)).map(({ name }) => name);
  }

  write(body) {
    body.tests = [...this.#chosen];
    const answered = this.#asked.filter(({ input }) => input.value !== '');
    if (answered.length > 0) {
      body.aoeAnswers = answered.map(({ markerId, questionId, input }) => ({ markerId, questionId, answer: input.value }));
    }
  }

  /** Says beside each question that has to be answered that it is not; whether there are none of these. */
  areAnswered() {
    const open = this.#asked.filter(({ required, input }) => required && input.value === '');
    for (const question of this.#asked) {
      tellAt(question, open.includes(question) ? [{ code: 'required', message: 'Missing' }] : [], this.#voice);
    }
    return open.length === 0;
  }

  build() {
    this.#place.replaceChildren(...this.#tests.map((test) => this.#choice(test)));
    this.#ask();
  }

  #choice({ testId, name, fasting, usualDays, longestDays, lab }) {
    const say = (key, values) => this.#voice.say(key, values);
    const input = element('input', { type: 'checkbox', name: 'tests', value: testId });
    input.checked = this.#chosen.has(testId);
    const known = [
      lab,
      say(fasting ? 'orders.fasting' : 'orders.notFasting'),
      usualDays === null ? null : say('orders.turnaround', { usual: usualDays, longest: longestDays ?? usualDays }),
    ].filter(Boolean);
    return element('label', { class: 'check' }, input, element('span', {}, name, ' ', element('span', { class: 'hint' }, known.join(' · '))));
  }

  /** What the chosen tests ask. */
  #ask() {
    const chosen = this.#tests.filter(({ testId }) => this.#chosen.has(testId));
    const questions = chosen.flatMap(({ markers }) =>
      markers.flatMap(({ markerId, questions: own }) => own.map((question) => ({ markerId, ...question }))),
    );
    this.#asked = questions.map((question) => ({ ...question, ...this.#inputs(question) }));
    this.#questions.replaceChildren(
      ...this.#asked.map(({ text, required, input, fault }) => {
        const mark = required ? ` (${this.#voice.say('orders.required')})` : '';
        return element('div', { class: 'wide' }, element('label', {}, element('span', {}, `${text}${mark}`), input), fault);
      }),
    );
  }

  #inputs({ markerId, questionId, required, answers }) {
    const name = `aoe-${markerId}-${questionId}`;
    const fault = element('span', { id: `fault-${name}`, class: 'fault' });
    const attributes = { name, 'aria-describedby': `fault-${name}`, 'aria-required': String(required) };
    const input =
      answers.length > 0
        ? element('select', attributes, option('', '…'), answers.map(({ code, text }) => option(code, text)))
        : element('input', attributes);
    input.value = this.#answers.get(name) ?? '';
    return { input, fault };
  }
}
