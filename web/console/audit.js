// The page of the audit trail: who opened whose chart, whether the trail is as it was written, and what happens if it is not.

import { askTrail } from './calls.js';
import { badge, code, element, facts, offer, option } from './dom.js';
import { enter } from './scene.js';

const COLUMNS = ['at', 'clinician', 'host', 'what', 'patient', 'outcome', 'from'];

const { scene, voice } = await enter();
const at = (id) => document.getElementById(id);
const form = at('search');

let found;
let verified;
let tampered;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  found = await asked('search', Object.fromEntries(new FormData(form)));
  showFound();
});
at('verify').addEventListener('click', async () => {
  verified = await asked('verification');
  showVerified();
});
at('tamper').addEventListener('click', async () => {
  tampered = await asked('tampering');
  showTampered();
});
voice.whenSpoken(() => {
  offer(
    form.elements.namedItem('tenant'),
    scene.tenants.map((tenant) => option(tenant, tenant)),
  );
  showFound();
  showVerified();
  showTampered();
});

/** What the trail says, or what is in the way. */
async function asked(question, content) {
  try {
    return await askTrail(question, content);
  } catch ({ message }) {
    return { trouble: message };
  }
}

function showFound() {
  at('rows').replaceChildren();
  at('found').replaceChildren();
  if (found === undefined || showsTrouble(at('found'), found)) {
    return;
  }
  const { rows, unreadable } = found;
  const count = voice.number(rows.length);
  at('found').textContent = rows.length === 0 ? voice.say('audit.nothing') : voice.say('audit.found', { count });
  at('rows').append(
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...(unreadable.length === 0 ? [] : [code(unreadable.join('\n'), voice.say('audit.unreadable'))]),
  );
}

function table(rows) {
  const head = COLUMNS.map((name) => element('th', { scope: 'col' }, voice.say(`audit.columns.${name}`)));
  const line = (row) => element('tr', {}, COLUMNS.map((name) => element('td', {}, cell(row, name))));
  return element(
    'div',
    { class: 'sideways', tabindex: '0', role: 'group', 'aria-label': voice.say('audit.results') },
    element('table', {}, element('thead', {}, element('tr', {}, head)), element('tbody', {}, rows.map(line))),
  );
}

function cell(row, name) {
  switch (name) {
    case 'at':
      return element('time', { datetime: row.at }, `${row.at.slice(0, 19).replace('T', ' ')}Z`);
    case 'host':
      return `${row.host} (${row.tenant})`;
    case 'what':
    case 'outcome':
      return element('code', {}, row[name]);
    default:
      return row[name];
  }
}

function showVerified() {
  at('verified').replaceChildren();
  at('verification').replaceChildren();
  if (verified !== undefined && !showsTrouble(at('verified'), verified)) {
    at('verified').replaceChildren(standing(verified));
    at('verification').replaceChildren(said(verified));
  }
}

function showTampered() {
  at('tampered').replaceChildren();
  at('tampering').replaceChildren();
  if (tampered === undefined || showsTrouble(at('tampered'), tampered)) {
    return;
  }
  const { segment, number, before, was, is, after, verdict } = tampered;
  const label = voice.say('audit.line');
  at('tampered').replaceChildren(standing(verdict));
  at('tampering').replaceChildren(
    facts(
      [voice.say('audit.place'), element('code', {}, voice.say('audit.placeValue', { number, segment }))],
      [voice.say('audit.byte'), voice.say('audit.byteValue', { was, is })],
    ),
    element(
      'pre',
      { tabindex: '0', role: 'group', 'aria-label': label },
      element('code', {}, before, element('mark', {}, is), after),
    ),
    element('div', { lang: 'en' }, said(verdict)),
  );
}

function standing(verdict) {
  const kind = verdict.standing === 'broken' ? 'bad' : 'good';
  return badge(voice.say(`audit.standings.${verdict.standing}`), kind);
}

function said({ lines, message }) {
  return code([...lines, message].join('\n'), voice.say('audit.said'));
}

/** Whether there is nothing else to show. */
function showsTrouble(place, { trouble }) {
  if (trouble === undefined) {
    return false;
  }
  place.replaceChildren(badge(voice.say('audit.trouble'), 'bad'), ' ', element('q', { lang: 'en' }, trouble));
  return true;
}
