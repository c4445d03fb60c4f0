// The page of orders: from a patient's address to their results, step by step, as an EHR would go.

import { errorDocument, summary } from './answers.js';
import { Simulator } from './calls.js';
import { element } from './dom.js';
import { OrderCalls } from './orders-calls.js';
import { Cancellation } from './orders-cancel.js';
import { Events } from './orders-events.js';
import { denied, describeOrder, timeline } from './orders-follow.js';
import { OrderForm } from './orders-form.js';
import { DemoClock, moment } from './orders-moments.js';
import { describeResults } from './orders-results.js';
import { Slots } from './orders-slots.js';
import { Stage } from './orders-stage.js';
import { recordsOf, shownRecords } from './record.js';
import { enter } from './scene.js';

const { scene, voice } = await enter();
const at = (id) => document.getElementById(id);
const simulator = new Simulator(scene.simulator);
const calls = new OrderCalls(scene.credentials.documented);
const clock = new DemoClock();
const form = new OrderForm(at('form'), calls, voice);
const slots = new Slots(at('visit'), clock, voice, { booked, requested, asked });
const cancellation = new Cancellation(at('cancel'), voice, {
  visit: (stated) => step('orders.steps.cancelVisit', () => calls.cancelVisit(order.orderId, stated)),
  order: (stated) => step('orders.steps.cancelOrder', () => calls.cancelOrder(order.orderId, stated)),
});
const places = { clock: at('clock'), troubles: at('troubles'), arranged: at('arranged'), now: at('now'), calls: at('calls') };
const stage = new Stage(places, simulator, clock, voice, { changed, patient: () => form.patient });
const events = new Events(at('events'), calls, voice, (orders) => {
  if (orders.includes(order?.orderId)) {
    read();
  }
});

/** The order as it was last read, what was last refused, and results. */
let order;
let last;
let results;
let records;
let found;
let isAtIt = false;

form.whenSubmitted(place);
at('search').addEventListener('click', search);
at('reset').addEventListener('click', reset);
voice.whenSpoken(() => {
  stage.build();
  events.build();
  cancellation.build();
  slots.build();
  show();
});
await stage.begin();
await form.begin();
const listed = await calls.reasons();
cancellation.offer(listed.status === 200 ? listed.document.reasons : []);
events.listen();

/** Does one thing at a time: a second click does nothing. What comes back is an order, unless `take` says otherwise. */
async function step(key, send, take = takeOrder) {
  if (isAtIt) {
    return undefined;
  }
  isAtIt = true;
  // Not `disabled`, which would take the focus away.
  document.body.setAttribute('aria-busy', 'true');
  at('status').textContent = voice.say('answer.waiting');
  let answer;
  try {
    answer = await send();
  } catch {
    gone();
    return undefined;
  } finally {
    isAtIt = false;
    document.body.removeAttribute('aria-busy');
  }
  last = { key, answer };
  if (answer.status < 300) {
    take(answer.document ?? answer);
  }
  show();
  // The next step need not wait for what is shown beside this one.
  lookBehind(key, answer).catch(gone);
  return answer;
}

/** What a step left in the audit trail, and the calls that it took. */
async function lookBehind(key, answer) {
  const left = await recordsOf(answer);
  if (last?.answer === answer) {
    records = left;
    at('record').replaceChildren(...shownRecords(records, voice));
  }
  await stage.note(key);
}

function gone() {
  last = undefined;
  at('status').textContent = voice.say('answer.none');
}

function takeOrder(document) {
  if (document.orderId !== order?.orderId) {
    results = undefined;
    slots.close();
    cancellation.close();
  }
  order = document;
  stage.watch(order.orderId);
}

async function place() {
  if (!form.isComplete()) {
    return;
  }
  const answer = await step('orders.steps.place', () => calls.place(form.body(), form.key()));
  if (answer !== undefined) {
    form.tell(answer.status < 300 ? null : answer.document);
    if (answer.status < 300) {
      at('order-heading').focus();
    }
  }
}

async function asked(purpose) {
  await step('orders.steps.slots', () => calls.slots(order.orderId), (offered) => slots.offer(offered, purpose));
}

async function booked(purpose, visit) {
  const answer = await (purpose === 'reschedule'
    ? step('orders.steps.reschedule', () => calls.reschedule(order.orderId, visit))
    : step('orders.steps.book', () => calls.arrange(order.orderId, visit)));
  if (answer?.status === 200) {
    slots.close();
    show();
  } else if (['slot_taken', 'slot_expired'].includes(answer?.document?.code)) {
    // What was written stays; the times are new.
    const { status, document } = await calls.slots(order.orderId);
    if (status === 200) {
      slots.offer(document, purpose);
    }
  }
}

function requested(visit) {
  return step('orders.steps.request', () => calls.arrange(order.orderId, visit));
}

/** Reads the order once more, and its results if they are shown. */
async function read() {
  const { status, document } = await calls.read(order.orderId);
  if (status === 200 && document.orderId === order.orderId) {
    order = document;
    if (results !== undefined) {
      const again = await calls.results(order.orderId);
      results = again.status === 200 ? again.document : undefined;
    }
    show();
  }
}

/** Something happened behind the gateway. */
async function changed(key) {
  if (order !== undefined) {
    await read();
  }
  await stage.note(key);
}

async function search() {
  await step('orders.steps.search', () => calls.search(form.patient), ({ orders }) => {
    found = orders;
  });
}

function open(id) {
  return step('orders.steps.read', () => calls.read(id));
}

async function reset() {
  await simulator.reset();
  order = undefined;
  last = undefined;
  results = undefined;
  records = undefined;
  found = undefined;
  form.forgetKey();
  stage.watch(undefined);
  await stage.begin();
  show();
  at('status').textContent = voice.say('upstream.wasReset');
}

function readResults() {
  return step('orders.steps.results', () => calls.results(order.orderId), (document) => {
    results = document;
  });
}

async function download(name) {
  const answer = await step('orders.steps.pdf', () => calls.pdf(order.orderId, name), () => undefined);
  if (answer?.bytes !== undefined) {
    const url = URL.createObjectURL(answer.bytes);
    const link = element('a', { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    URL.revokeObjectURL(url);
  }
}

/** Shows everything anew; what has the focus keeps it. */
function show() {
  const { id } = document.activeElement;
  build();
  if (id !== '' && document.activeElement.id !== id) {
    at(id)?.focus();
  }
}

function build() {
  const isRefused = last !== undefined && last.answer.status >= 300;
  at('status').replaceChildren(...told());
  at('refusal').replaceChildren(...(isRefused ? errorDocument(last.answer, voice) : []));
  at('order').replaceChildren(...(order ? describeOrder(order, voice) : []));
  at('history').replaceChildren(...(order ? [...denied(order.actions, voice), ...timeline(order, voice)] : []));
  at('record').replaceChildren(...shownRecords(records, voice));
  at('results').replaceChildren(...(order ? resultsPart() : []));
  at('found').replaceChildren(...(found === undefined ? [] : [list()]));
  if (order) {
    slots.show(order.actions, form.coverage);
  } else {
    slots.close();
  }
  cancellation.show(order?.actions);
}

function told() {
  if (last === undefined) {
    return [voice.say('orders.empty')];
  }
  const { key, answer } = last;
  if (answer.status >= 300) {
    return [...summary(answer, voice), ' ', voice.say(key)];
  }
  const done = key === 'orders.steps.place' && answer.status === 200 ? 'orders.placedBefore' : `${key}Done`;
  return [element('span', { class: 'badge good' }, String(answer.status)), ` ${voice.say(done)}`];
}

function resultsPart() {
  const button = (id, key, act) => {
    const made = element('button', { type: 'button', id }, voice.say(key));
    made.addEventListener('click', act);
    return made;
  };
  const hasRequisition = order.state !== 'placed' && order.state !== 'cancelled';
  return [
    element(
      'div',
      { class: 'row' },
      order.actions.results.allowed ? button('read-results', 'orders.results.read', readResults) : null,
      order.actions.results.allowed ? button('results-pdf', 'orders.results.pdf', () => download('results.pdf')) : null,
      hasRequisition ? button('requisition-pdf', 'orders.requisition', () => download('requisition.pdf')) : null,
    ),
    ...(results === undefined ? [] : describeResults(results, voice)),
  ];
}

function list() {
  if (found.length === 0) {
    return element('p', { class: 'hint' }, voice.say('orders.noneFound'));
  }
  const line = ({ orderId, state, createdAt }) => {
    const made = element('button', { type: 'button', class: 'small', 'data-order': orderId }, `${orderId.slice(0, 8)}… ${voice.say(`orders.states.${state}`)}`);
    made.addEventListener('click', () => open(orderId));
    return element('li', {}, made, ' ', element('span', { class: 'hint' }, moment(createdAt, null, voice)));
  };
  return element('ul', { class: 'lines' }, found.map(line));
}
