// The page of Junction: a launch, or a Fast Launch, from what the EHR knows to the app inside the iframe.

import { errorDocument, junctionDocument, summary } from './answers.js';
import { Simulator, fastLaunch, junction } from './calls.js';
import { code, copyable, element, facts } from './dom.js';
import { Frame } from './frame.js';
import { JunctionForm } from './junction-form.js';
import { recordsOf, shownRecords } from './record.js';
import { enter } from './scene.js';

const { scene, voice } = await enter();
const simulator = new Simulator(scene.simulator);
const at = (id) => document.getElementById(id);
const form = new JunctionForm(at('form'), scene, voice);
const frame = new Frame({ frame: at('frame'), messages: at('messages'), page: at('page') }, voice, 'frame.junction');
const submit = at('form').querySelector('[type=submit]');

let answer;
let arrived;
let records;
/** Calls that came before the last launch. */
let before = 0;

form.whenChanged(showRequest);
form.whenSubmitted(() => launch(({ credential, body }) => junction(credential, body)));
at('fast').addEventListener('click', () => launch(({ credential, query }) => fastLaunch(credential, query)));
at('reset').addEventListener('click', reset);
voice.whenSpoken(() => {
  showRequest();
  show();
});
await look();

async function launch(send) {
  const stated = form.facts();
  // Not `disabled`, which would take the focus away.
  if (submit.getAttribute('aria-disabled') === 'true') {
    return;
  }
  submit.setAttribute('aria-disabled', 'true');
  at('status').textContent = voice.say('answer.waiting');
  frame.close();
  before = arrived?.journal.length ?? 0;
  try {
    if (stated.fault !== undefined) {
      await simulator.arrange(stated.fault);
    }
    answer = await send(stated);
    await simulator.forgetFaults();
    records = await recordsOf(answer);
    if (answer.status === 200 && answer.document.modality === 'feature_embed') {
      frame.open(answer.document, async () => (await send(stated)).document, 'junction');
    }
    await look();
  } catch {
    answer = undefined;
    records = undefined;
    at('status').textContent = voice.say('answer.none');
  } finally {
    submit.removeAttribute('aria-disabled');
  }
}

async function reset() {
  await simulator.reset();
  answer = undefined;
  records = undefined;
  before = 0;
  frame.close();
  await look();
  at('status').textContent = voice.say('upstream.wasReset');
}

/** Looks what the stand-in has, and shows everything. */
async function look() {
  const [journal, world] = await Promise.all([simulator.junctionJournal(), simulator.junction()]);
  arrived = { journal, world };
  form.offer(world);
  showRequest();
  show();
}

function showRequest() {
  const { body } = form.facts();
  const text = JSON.stringify(body, null, 2);
  at('request').replaceChildren(
    copyable(voice.say('junction.body'), text, voice),
    code(text, voice.say('junction.body')),
  );
}

function show() {
  at('status').replaceChildren(...(answer ? summary(answer, voice) : [voice.say('answer.empty')]));
  at('answer').replaceChildren(...(answer ? describe(answer) : []));
  at('record').replaceChildren(...shownRecords(records, voice));
  at('calls').replaceChildren(...(arrived ? calls(arrived.journal.slice(before)) : []));
  at('world').replaceChildren(...(arrived ? [world(arrived.world)] : []));
}

function describe(received) {
  if (received.status !== 200) {
    return errorDocument(received, voice);
  }
  return [...junctionDocument(received.document, voice), ...ownWindow(received.document)];
}

/** The whole dashboard can be reached from there, so it is a window of its own. */
function ownWindow({ modality, url }) {
  if (modality !== 'link_out') {
    return [];
  }
  const attributes = { href: url, target: '_blank', rel: 'noopener', referrerpolicy: 'strict-origin' };
  return [element('p', {}, element('a', attributes, voice.say('junction.open')))];
}

/** What this launch took. */
function calls(journal) {
  if (journal.length === 0) {
    return [element('p', {}, voice.say('junction.noCalls'))];
  }
  const line = ({ operation, method, path }) =>
    element('li', {}, element('code', {}, operation ?? '?'), ` ${method} ${below(path)}`);
  return [element('ol', {}, journal.map(line))];
}

/** A path below its API, without the organisation, which is always the same. */
function below(path) {
  return path.replace(/^\/junction\/\w+/, '').replace(/^\/v1\/org\/[^/]+/, '/v1/org/…');
}

function world({ teams, members, users, orders, counters }) {
  const list = (lines) => element('ul', {}, lines.map((line) => element('li', {}, line)));
  const teamOf = (id) => teams.find((team) => team.id === id)?.integration_team_id ?? id;
  return facts(
    [voice.say('junction.teams'), list(teams.map((team) => `${team.integration_team_id}: ${team.name}`))],
    [
      voice.say('junction.members'),
      list(
        members.map(({ integration_member_id: reference, name, team_role_bindings: bindings }) => {
          const own = (bindings ?? []).map(({ team_id: team }) => teamOf(team)).join(', ');
          return `${reference}: ${name} (${own})`;
        }),
      ),
    ],
    [voice.say('junction.patients'), list(users.map((user) => `${user.client_user_id} (${teamOf(user.team_id)})`))],
    [voice.say('junction.orders'), voice.number(orders.length)],
    [voice.say('junction.urls'), voice.number(counters.urlsMade)],
  );
}
