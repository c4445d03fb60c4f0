// What stands around an order in the demo: the clock, everything that can go wrong, and the calls that each step took.

import { element } from './dom.js';
import { TEAM, turnClock } from './orders-calls.js';
import { moment } from './orders-moments.js';
import { TROUBLES } from './orders-troubles.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How far the clock is moved by each button, in seconds. */
const MOVES = { minute: MINUTE, quarter: 16 * MINUTE, hours: 6 * HOUR, day: 24 * HOUR, days: 3 * 24 * HOUR };

const EVERY_MS = 1000;

/** Steps whose calls are shown. */
const KEPT = 8;

export class Stage {
  #places;
  #simulator;
  #clock;
  #voice;
  #order;
  #steps = [];
  #before = 0;
  #said;
  #whenChanged;
  #patient;
  #noted = Promise.resolve();

  /** `changed` is called after something happened behind the gateway; `patient` says whose orders these are. */
  constructor(places, simulator, clock, voice, { changed, patient }) {
    this.#places = places;
    this.#simulator = simulator;
    this.#clock = clock;
    this.#voice = voice;
    this.#whenChanged = changed;
    this.#patient = patient;
    setInterval(() => this.#tellTime(), EVERY_MS);
  }

  /** Brings both clocks together, and begins to count calls. */
  async begin() {
    this.#clock.take(await turnClock(0));
    this.#before = (await this.#simulator.junctionJournal()).length;
    this.#steps = [];
    this.build();
  }

  /** The order that things happen to. */
  watch(order) {
    const had = this.#order !== undefined;
    this.#order = order;
    if (had !== (order !== undefined)) {
      this.build();
    }
  }

  /** Notes which calls a step took: one step after the other, so that no call is noted twice. */
  note(key) {
    this.#noted = this.#noted.catch(() => undefined).then(() => this.#note(key));
    return this.#noted;
  }

  async #note(key) {
    const journal = await this.#simulator.junctionJournal();
    const calls = journal.slice(this.#before);
    this.#before = journal.length;
    this.#steps = [{ key, calls }, ...this.#steps].slice(0, KEPT);
    this.#showCalls();
  }

  build() {
    const say = (key, values) => this.#voice.say(key, values);
    this.#places.clock.replaceChildren(
      ...Object.entries(MOVES).map(([name, seconds]) => {
        const button = element('button', { type: 'button', class: 'small', 'data-move': name }, say(`orders.clock.${name}`));
        button.addEventListener('click', () => this.#move(seconds));
        return button;
      }),
    );
    this.#places.troubles.replaceChildren(...Object.entries(TROUBLES).map(([group, troubles]) => this.#group(group, troubles)));
    this.#places.arranged.textContent = this.#said === undefined ? '' : say(this.#said.key, { what: say(`orders.troubles.${this.#said.name}`), ...this.#said.values });
    this.#tellTime();
    this.#showCalls();
  }

  #group(group, troubles) {
    return element(
      'details',
      { open: group === 'lab' ? '' : null },
      element('summary', {}, this.#voice.say(`orders.troubles.groups.${group}`)),
      element(
        'div',
        { class: 'row' },
        Object.entries(troubles).map(([name, trouble]) => {
          const attributes = { type: 'button', class: 'small', 'data-trouble': name };
          const isOff = trouble.isAboutOrder && this.#order === undefined;
          const button = element('button', { ...attributes, disabled: isOff ? '' : null }, this.#voice.say(`orders.troubles.${name}`));
          button.addEventListener('click', () => this.#arrange(name, trouble));
          return button;
        }),
      ),
    );
  }

  async #move(seconds) {
    this.#clock.take(await turnClock(seconds));
    this.#tellTime();
    await this.#whenChanged('orders.steps.clock');
  }

  async #arrange(name, trouble) {
    const { teams, users } = await this.#simulator.junction();
    const team = teams.find(({ integration_team_id: reference }) => reference === TEAM)?.id;
    const own = users.filter(({ team_id: of }) => of === team);
    const user = (own.find(({ client_user_id: reference }) => reference === this.#patient()) ?? own[0])?.user_id;
    const stranger = users.find(({ team_id: of }) => of !== team)?.user_id;
    const [method, page, content] = trouble.send({ order: this.#order, now: this.#clock.now(), team, user, stranger });
    try {
      await this.#simulator.control(method, page, content);
      this.#said = { key: 'orders.troubles.done', name };
    } catch ({ message }) {
      this.#said = { key: 'orders.troubles.refused', name, values: { message } };
    }
    const { key, values } = this.#said;
    this.#places.arranged.textContent = this.#voice.say(key, { what: this.#voice.say(`orders.troubles.${name}`), ...values });
    await this.#whenChanged('orders.steps.trouble');
  }

  #tellTime() {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    this.#places.now.textContent = moment(this.#clock.now(), timeZone, this.#voice);
  }

  #showCalls() {
    const line = ({ operation, method, path, status }) =>
      element('li', {}, element('code', {}, operation ?? '?'), ` ${method} ${below(path)}${status === undefined ? '' : ` → ${status}`}`);
    this.#places.calls.replaceChildren(
      ...this.#steps.map(({ key, calls }) =>
        element(
          'div',
          {},
          element('h4', {}, this.#voice.say(key)),
          calls.length === 0 ? element('p', { class: 'hint' }, this.#voice.say('junction.noCalls')) : element('ol', {}, calls.map(line)),
        ),
      ),
    );
  }
}

/** A path below its API, with ids shortened: what they are is beside the point. */
function below(path) {
  return path
    .replace(/^\/junction\/\w+/, '')
    .replace(/^\/v1\/org\/[^/]+/, '/v1/org/…')
    .replaceAll(/([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f-]{27}/g, '$1…');
}
