// How a visit comes about: a time of the patient's own day, or a request for the provider to call.

import { badge, element, offer, option } from './dom.js';
import { notesBox } from './orders-fields.js';
import { day, left, timeOfDay, zoneName } from './orders-moments.js';

const EVERY_MS = 1000;

export class Slots {
  #place;
  #clock;
  #voice;
  #offered;
  #purpose;
  #coverage;
  #actions;
  #chosen = {};
  #tried;
  #notes;
  #countdown;
  #whenBooked;
  #whenRequested;
  #whenAsked;

  /** The listeners get what goes into the request; the last is called to have times found. */
  constructor(place, clock, voice, { booked, requested, asked }) {
    this.#place = place;
    this.#clock = clock;
    this.#voice = voice;
    this.#whenBooked = booked;
    this.#whenRequested = requested;
    this.#whenAsked = asked;
    this.#notes = notesBox('visitNotes', voice.say('orders.visitNotes'), voice);
    setInterval(() => this.#count(), EVERY_MS);
  }

  /** Shows what may be done about a visit: by the order's actions, and by who comes to the address. */
  show(actions, coverage) {
    const isAsBefore = JSON.stringify([actions, coverage]) === JSON.stringify([this.#actions, this.#coverage]);
    this.#actions = actions;
    this.#coverage = coverage;
    if (!actions.book.allowed && !actions.reschedule.allowed) {
      this.#offered = undefined;
    }
    // A note that is being written stays as it is.
    if (!isAsBefore) {
      this.build();
    }
  }

  /** Offers times. What was written stays, and so does what was chosen meanwhile, unless it was tried in vain. */
  offer(offered, purpose) {
    this.#offered = offered;
    this.#purpose = purpose;
    const wanted = this.#chosen.slot?.startsAt;
    const all = offered.days.flatMap(({ slots }) => slots);
    this.#chosen.slot = all.find(({ startsAt }) => startsAt === wanted && startsAt !== this.#tried);
    this.#tried = undefined;
    this.build();
  }

  close() {
    this.#offered = undefined;
    this.#actions = undefined;
    this.#chosen = {};
    this.#notes.input.value = '';
    this.build();
  }

  build() {
    const say = (key, values) => this.#voice.say(key, values);
    const { book, request, reschedule } = this.#actions ?? {};
    if (!book?.allowed && !request?.allowed && !reschedule?.allowed) {
      this.#place.replaceChildren();
      return;
    }
    const { input, count } = this.#notes;
    const fresh = notesBox('visitNotes', say('orders.visitNotes'), this.#voice);
    fresh.input.value = input.value;
    fresh.count();
    count();
    this.#notes = fresh;
    const find = element('button', { type: 'button', id: 'find' }, say(reschedule.allowed ? 'orders.slots.move' : 'orders.slots.find'));
    find.addEventListener('click', () => this.#whenAsked(reschedule.allowed ? 'reschedule' : 'book'));
    this.#place.replaceChildren(
      ...[
        element('h3', {}, say(reschedule.allowed ? 'orders.slots.another' : 'orders.slots.heading')),
        book.allowed || reschedule.allowed ? find : null,
        this.#offered && this.#times(),
        fresh.box,
        this.#offered && this.#confirm(),
        request.allowed && this.#coverage?.canRequest ? this.#request() : null,
      ].filter(Boolean),
    );
    this.#count();
  }

  #times() {
    const { days, timeZone } = this.#offered;
    const say = (key, values) => this.#voice.say(key, values);
    if (days.length === 0) {
      return element('p', {}, say('orders.slots.nothing'));
    }
    const select = element('select', { name: 'day' });
    offer(
      select,
      days.map(({ date }) => option(date, day(date, this.#voice))),
    );
    if (days.some(({ date }) => date === this.#chosen.day)) {
      select.value = this.#chosen.day;
    }
    const times = element('div', { class: 'times' });
    const fill = () => {
      this.#chosen.day = select.value;
      times.replaceChildren(...days.find(({ date }) => date === select.value).slots.map((slot) => this.#time(slot)));
    };
    select.addEventListener('change', () => {
      this.#chosen.slot = undefined;
      fill();
      this.#count();
    });
    fill();
    const zone = zoneName(timeZone, days[0].slots[0].startsAt, this.#voice);
    return element(
      'fieldset',
      {},
      element('legend', {}, say('orders.slots.times')),
      element('p', { class: 'note', id: 'zone' }, say('orders.slots.zone', { zone })),
      element('label', {}, element('span', {}, say('orders.slots.day')), ' ', select),
      times,
    );
  }

  #time(slot) {
    const input = element('input', { type: 'radio', name: 'slot', value: slot.startsAt });
    input.disabled = slot.slot === null || slot.left === 0;
    input.checked = this.#chosen.slot?.startsAt === slot.startsAt;
    input.addEventListener('change', () => {
      this.#chosen.slot = slot;
      this.#count();
    });
    const [time, offset] = timeOfDay(slot, this.#voice);
    const extra = slot.priority ? badge(this.#voice.say('orders.slots.priority'), 'plain') : null;
    return element('label', { class: 'check' }, input, element('span', {}, time, ' ', element('span', { class: 'hint' }, offset), ' ', extra));
  }

  #confirm() {
    const button = element(
      'button',
      { type: 'button', id: 'confirm', class: 'primary' },
      this.#voice.say(this.#purpose === 'reschedule' ? 'orders.slots.moveHere' : 'orders.slots.book'),
    );
    button.addEventListener('click', () => {
      const { slot } = this.#chosen;
      if (slot !== undefined) {
        this.#tried = slot.startsAt;
        this.#whenBooked(this.#purpose, { slot: slot.slot, ...this.#stated() });
      }
    });
    this.#countdown = element('p', { class: 'outcome', id: 'expiry' });
    return element('div', {}, this.#countdown, button);
  }

  /** A visit without a time: the provider calls. */
  #request() {
    const say = (key, values) => this.#voice.say(key, values);
    const callers = this.#coverage.providers.filter(({ tiers }) => tiers.includes('request'));
    const provider = element('select', { name: 'provider' }, callers.map(({ name }) => option(name, name)));
    const button = element('button', { type: 'button', id: 'request' }, say('orders.slots.request'));
    button.addEventListener('click', () => this.#whenRequested({ provider: provider.value, ...this.#stated() }));
    return element(
      'fieldset',
      {},
      element('legend', {}, say('orders.slots.without')),
      element('p', { class: 'hint' }, say('orders.slots.theyCall')),
      element('div', { class: 'row' }, element('label', {}, element('span', {}, say('orders.provider')), ' ', provider), button),
    );
  }

  #stated() {
    const notes = this.#notes.input.value;
    return notes === '' ? {} : { notes };
  }

  /** How long the chosen time can still be booked. */
  #count() {
    if (this.#countdown === undefined || !this.#countdown.isConnected) {
      return;
    }
    const { slot } = this.#chosen;
    const say = (key, values) => this.#voice.say(key, values);
    if (slot === undefined) {
      this.#countdown.textContent = say('orders.slots.choose');
    } else if (slot.expiresAt === null) {
      this.#countdown.textContent = say('orders.slots.noExpiry');
    } else {
      const rest = Date.parse(slot.expiresAt) - this.#clock.now();
      this.#countdown.textContent = rest > 0 ? say('orders.slots.expires', { left: left(rest) }) : say('orders.slots.expired');
    }
  }
}
