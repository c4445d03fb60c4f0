// An order as it stands: its state and what comes next, its visit, what may be done, and what happened so far.

import { badge, element, facts } from './dom.js';
import { moment, zoneName } from './orders-moments.js';

/** Whom a visit's events may name. */
const WHO = ['patient', 'provider', 'junction', 'customer'];

const KINDS = { failed: 'bad', cancelled: 'bad', resulted: 'good', corrected: 'good', visit_scheduled: 'good' };

/** The state, the next step and the visit. */
export function describeOrder(order, voice) {
  const say = (key, values) => voice.say(key, values);
  const { state, rawStatus, next, visit } = order;
  return [
    element(
      'p',
      { id: 'state' },
      badge(say(`orders.states.${state}`), KINDS[state] ?? 'plain'),
      ' ',
      element('code', {}, rawStatus),
      order.detail === null ? null : [' ', element('code', {}, order.detail)],
    ),
    next === null ? null : element('p', { id: 'next' }, element('strong', {}, say('orders.next')), ` ${say(`orders.nexts.${next}`)}`),
    facts(
      [say('orders.id'), element('code', {}, order.orderId)],
      [say('orders.sample'), order.sampleId && element('code', {}, order.sampleId)],
      [say('orders.origin'), order.origin && order.origin !== 'initial' ? element('code', {}, order.origin) : null],
      [say('orders.expected'), order.expectedResultBy],
    ),
    ...(order.warnings.length === 0 ? [] : [element('ul', { class: 'warnings' }, order.warnings.map((one) => element('li', {}, element('code', {}, one))))]),
    ...(visit === null ? [] : describeVisit(visit, voice)),
  ].filter(Boolean);
}

function describeVisit(visit, voice) {
  const say = (key, values) => voice.say(key, values);
  const { state, rawStatus, rawEventStatus, startsAt, timeZone, provider, tier, notes, address } = visit;
  const raw = rawEventStatus === null || rawEventStatus === rawStatus ? rawStatus : `${rawStatus} / ${rawEventStatus}`;
  return [
    element('h3', {}, say('orders.visit')),
    element('p', { id: 'visit-state' }, badge(say(`orders.visitStates.${state}`), state === 'scheduled' ? 'good' : 'plain'), ' ', element('code', {}, raw)),
    state === 'requested' ? element('p', { class: 'note' }, say('orders.notBooked')) : null,
    facts(
      [say('orders.when'), startsAt === null ? null : element('span', { id: 'when' }, moment(startsAt, timeZone, voice))],
      [say('orders.zone'), startsAt === null ? null : zoneName(timeZone, startsAt, voice)],
      [say('orders.provider'), `${provider} (${say(`orders.tiers.${tier}`)})`],
      [say('orders.accessNotesShort'), address?.accessNotes],
      [say('orders.visitNotesShort'), notes],
    ),
  ].filter(Boolean);
}

/** Both lifecycles in one list, as Junction counted them. */
export function timeline(order, voice) {
  const zone = order.visit?.timeZone ?? null;
  const own = order.history.map(({ at, status, state, detail }) => ({ at, words: [voice.say(`orders.states.${state}`)], raw: status, more: detail }));
  const visits = (order.visit?.history ?? []).map(({ at, status, data }) => ({
    at,
    words: [voice.say('orders.visit'), ' · ', ...who(data, voice)],
    raw: status,
    more: data?.reason ?? null,
  }));
  const all = [...own, ...visits].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return [
    element('h3', {}, voice.say('orders.timeline')),
    element(
      'ol',
      { class: 'lines', id: 'timeline' },
      all.map(({ at, words, raw, more }) =>
        element('li', {}, element('time', { datetime: at, class: 'hint' }, moment(at, zone, voice)), ' ', ...words, ' ', element('code', {}, raw), more ? ` ${more}` : ''),
      ),
    ),
  ];
}

/** Who moved or cancelled a visit, if that is said. */
function who(data, voice) {
  const origin = data?.origin;
  return WHO.includes(origin) ? [voice.say(`orders.by.${origin}`), ' '] : [];
}

/** What may not be done now, and why not. */
export function denied(actions, voice) {
  const rows = Object.entries(actions).filter(([, { allowed }]) => !allowed);
  if (rows.length === 0) {
    return [];
  }
  return [
    element(
      'details',
      { id: 'denied' },
      element('summary', {}, voice.say('orders.denied')),
      facts(...rows.map(([action, { reason }]) => [voice.say(`orders.actions.${action}`), [element('code', {}, reason), ` ${voice.say(`codes.${reason}.meaning`)}`]])),
    ),
  ];
}
