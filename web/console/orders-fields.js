// What the EHR knows about the patient: each field with its place in the request, what is in it at first, and what is wrong
// with it beside it.

import { element, option, quoted } from './dom.js';

const NOTES = 1000;

/** Invented ones, as every person here is. Where there are choices, the first is the one at first. */
const GROUPS = {
  patient: [
    { place: '/patient/clientUserId', first: 'patient501', wide: true },
    { place: '/patient/demographics/firstName', first: 'Ana' },
    { place: '/patient/demographics/lastName', first: 'Diaz' },
    { place: '/patient/demographics/dob', first: '1986-03-09', type: 'date' },
    { place: '/patient/demographics/gender', choices: ['female', 'male', 'other', 'unknown'] },
    { place: '/patient/demographics/phoneNumber', first: '+16025550123', type: 'tel' },
    { place: '/patient/demographics/email', first: 'ana.diaz@example.com' },
  ],
  address: [
    { place: '/address/firstLine', first: '1 West Lincoln Street', wide: true },
    { place: '/address/secondLine', first: 'Apt 4' },
    { place: '/address/city', first: 'Phoenix' },
    { place: '/address/state', first: 'AZ' },
    { place: '/address/zip', first: '85004' },
    { place: '/address/accessNotes', first: 'Ring twice', wide: true, notes: 'orders.accessNotes' },
  ],
  more: [
    { place: '/icdCodes', first: 'E11.9', list: true },
    { place: '/billing', choices: ['client_bill', 'commercial_insurance', 'patient_bill_passthrough', 'patient_bill'] },
    { place: '/physician/firstName', first: 'Olivia' },
    { place: '/physician/lastName', first: 'Owner' },
    { place: '/physician/npi', first: '1234567893', wide: true },
    { place: '/consents', choices: ['telehealth-informed-consent', 'hipaa-authorization', ''], wide: true, consent: true },
    { place: '/clinicalNotes', wide: true, notes: 'orders.clinicalNotes' },
  ],
};

const nameOf = (place) => place.split('/').at(-1);

export class Fields {
  #voice;
  #all = [];

  constructor(voice, placeOf) {
    this.#voice = voice;
    for (const [group, fields] of Object.entries(GROUPS)) {
      placeOf(group).append(...fields.map((field) => this.#build(field)));
    }
  }

  value(name) {
    return this.#all.find(({ place }) => nameOf(place) === name).input.value;
  }

  /** Writes what was stated into a request. */
  write(body) {
    for (const { place, input, list, consent } of this.#all) {
      const text = input.value;
      if (text !== '') {
        const parts = place.split('/').slice(1);
        const last = parts.pop();
        const within = parts.reduce((object, part) => (object[part] ??= {}), body);
        within[last] = list ? text.split(/[\s,]+/).filter(Boolean) : consent ? [{ type: text }] : text;
      }
    }
  }

  /** Says what is wrong beside each field; what belongs to no field comes back. */
  tell(errors) {
    const told = new Set();
    for (const field of this.#all) {
      const own = errors.filter(({ field: at }) => at === field.place || at.startsWith(`${field.place}/`));
      own.forEach((error) => told.add(error));
      tellAt(field, own, this.#voice);
    }
    return errors.filter((error) => !told.has(error));
  }

  /** What depends on the language. */
  speak() {
    for (const { choices, input, hint, notes } of this.#all) {
      for (const one of choices ? input.options : []) {
        one.textContent = one.value === '' ? this.#voice.say('orders.none') : one.value;
      }
      if (hint) {
        hint.textContent = this.#voice.say(notes);
      }
    }
    this.count();
  }

  /** How much of each note is written, counted as the gateway counts: by characters, not by bytes. */
  count() {
    for (const { input, counter } of this.#all) {
      if (counter) {
        counter.textContent = counted(input.value, this.#voice);
      }
    }
  }

  #build(field) {
    const name = nameOf(field.place);
    // Two fields of one name are told apart by where they belong.
    const id = field.place.slice(1).replaceAll('/', '-');
    const fault = element('span', { id: `fault-${id}`, class: 'fault' });
    const hint = field.notes && element('span', { id: `hint-${id}`, class: 'hint' });
    const counter = field.notes && element('span', { class: 'hint' });
    const described = field.notes ? `hint-${id} fault-${id}` : `fault-${id}`;
    const attributes = { name: field.place, autocomplete: 'off', 'aria-describedby': described };
    const input = field.choices
      ? element('select', attributes, field.choices.map((choice) => option(choice, choice)))
      : field.notes
        ? element('textarea', { ...attributes, rows: '2' })
        : element('input', { ...attributes, type: field.type, spellcheck: 'false' });
    if (field.first !== undefined) {
      input.value = field.first;
    }
    this.#all.push({ ...field, input, fault, hint, counter });
    const label = element('label', {}, element('span', {}, name), input);
    return element('div', { class: field.wide ? 'wide' : null }, label, hint, hint && ' ', counter, fault);
  }
}

/** What is wrong with a field, beside it. */
export function tellAt({ input, fault }, errors, voice) {
  fault.replaceChildren(...errors.flatMap(({ code, message }) => [voice.say(`fields.faults.${code}`), ' ', quoted(message)]));
  if (errors.length > 0) {
    input.setAttribute('aria-invalid', 'true');
  } else {
    input.removeAttribute('aria-invalid');
  }
}

/** A note for people who come, with how much of it is written. */
export function notesBox(name, hint, voice) {
  const counter = element('span', { class: 'hint' });
  const input = element('textarea', { name, rows: '2', 'aria-describedby': `hint-${name}` });
  const count = () => {
    counter.textContent = counted(input.value, voice);
  };
  input.addEventListener('input', count);
  count();
  const label = element('label', {}, element('span', {}, 'notes'), input);
  return { input, count, box: element('div', { class: 'notes' }, label, element('span', { id: `hint-${name}`, class: 'hint' }, hint), ' ', counter) };
}

function counted(text, voice) {
  return voice.say('orders.counted', { count: voice.number([...text].length), of: voice.number(NOTES) });
}
