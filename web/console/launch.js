// The first page: a launch, from what the EHR knows to the page inside the iframe.

import { embedDocument, errorDocument, summary } from './answers.js';
import { Simulator, dropIn, native, userHeader } from './calls.js';
import { code, element, facts } from './dom.js';
import { Explanation, nativeBody } from './explanation.js';
import { Form } from './form.js';
import { Frame } from './frame.js';
import { recordsOf, shownRecords } from './record.js';
import { enter } from './scene.js';

const { scene, voice } = await enter();
const simulator = new Simulator(scene.simulator);
const at = (id) => document.getElementById(id);
const form = new Form(at('form'), scene, voice);
const explanation = new Explanation({ place: at('explanation'), outcome: at('outcome') }, voice);
const frame = new Frame({ frame: at('frame'), messages: at('messages'), page: at('page') }, voice, 'frame.empego');
const button = at('form').querySelector('[type=submit]');

let answer;
let arrived;
let records;

form.whenChanged(() => explanation.update(form.facts()));
form.whenSubmitted(launch);
at('reset').addEventListener('click', reset);
voice.whenSpoken(show);
await look();

async function launch() {
  const stated = form.facts();
  // Not `disabled`, which would take the focus away.
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  button.setAttribute('aria-disabled', 'true');
  at('status').textContent = voice.say('answer.waiting');
  frame.close();
  try {
    if (stated.fault !== undefined) {
      await simulator.arrange(stated.fault);
    }
    answer = await sent(stated);
    await simulator.forgetFaults();
    records = await recordsOf(answer);
    if (answer.status === 200) {
      frame.open(answer.document, async () => (await sent(stated)).document, stated.tail);
    }
    await look();
  } catch {
    answer = undefined;
    records = undefined;
    at('status').textContent = voice.say('answer.none');
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

function sent(stated) {
  const { credential, tail, clinician, intent, query, params } = stated;
  if (stated.form === 'native') {
    return native(credential, tail, nativeBody(stated));
  }
  const header = clinician === null ? undefined : userHeader(clinician);
  return dropIn(credential, tail, { header, intent, query: { ...query, ...params } });
}

async function reset() {
  await simulator.reset();
  answer = undefined;
  records = undefined;
  frame.close();
  await look();
  at('status').textContent = voice.say('upstream.wasReset');
}

/** Looks what the stand-in has, and shows everything. */
async function look() {
  const [journal, users] = await Promise.all([simulator.journal(), simulator.users()]);
  arrived = { journal, users };
  show();
}

function show() {
  at('status').replaceChildren(...(answer ? summary(answer, voice) : [voice.say('answer.empty')]));
  const shown = answer === undefined ? [] : describe(answer);
  at('answer').replaceChildren(...shown);
  at('record').replaceChildren(...shownRecords(records, voice));
  at('upstream').replaceChildren(...(arrived ? upstream(arrived) : []));
}

function describe(received) {
  return received.status === 200 ? embedDocument(received.document, voice) : errorDocument(received, voice);
}

function upstream({ journal, users }) {
  const last = journal.at(-1);
  const known = Object.entries(users.users).map(([userId, profile]) => `${userId}: ${name(profile)}`);
  return [
    facts(
      [voice.say('upstream.calls'), voice.number(journal.length)],
      [voice.say('upstream.owner'), name(users.owner)],
      [voice.say('upstream.known'), element('ul', {}, known.map((line) => element('li', {}, line)))],
    ),
    last &&
      element(
        'details',
        {},
        element('summary', {}, voice.say('upstream.last')),
        code(JSON.stringify({ ...last, apiKey: '…' }, null, 2), voice.say('upstream.last')),
      ),
  ].filter(Boolean);
}

function name({ firstName, lastName }) {
  return [firstName, lastName].filter(Boolean).join(' ');
}
