// What an attempt left in the audit trail: as a list, as it stands there, and as FHIR has it.

import { askTrail } from './calls.js';
import { code, copyable, element, facts } from './dom.js';

/** As much of what is sealed as anybody looks at. */
const SHOWN = 24;

/** Said by the record's other members, or the same for all. */
const UNSAID = ['v', 'kind'];

/** The records of an answer, which names its request. */
export async function recordsOf({ document }) {
  if (document?.requestId === undefined) {
    return undefined;
  }
  try {
    return await askTrail('records', { requestId: document.requestId });
  } catch ({ message }) {
    return { trouble: message };
  }
}

/** What to show of them; nothing before there was an answer. */
export function shownRecords(asked, voice) {
  if (asked === undefined) {
    return [];
  }
  const { records = [], trouble } = asked;
  const heading = element('h3', {}, voice.say('record.heading'));
  if (trouble !== undefined) {
    return [heading, element('p', {}, voice.say('record.trouble'), ' ', element('q', { lang: 'en' }, trouble))];
  }
  if (records.length === 0) {
    return [heading, element('p', { class: 'hint' }, voice.say('record.none'))];
  }
  return [heading, element('p', { class: 'hint' }, voice.say('record.intro')), ...records.flatMap((one) => shown(one, voice))];
}

function shown({ segment, number, line, event }, voice) {
  const place = voice.say('record.line', { number, segment });
  return [
    facts(...members(JSON.parse(line).event, voice)),
    folded(place, line, voice),
    event && folded(voice.say('record.event'), JSON.stringify(event, null, 2), voice),
  ].filter(Boolean);
}

function members(record, voice) {
  const said = Object.entries(record).filter(([name]) => !UNSAID.includes(name));
  return said.map(([name, value]) => [voice.say(`record.members.${name}`), element('code', {}, text(name, value))]);
}

function text(name, value) {
  if (name === 'sealed') {
    return `${value.slice(0, SHOWN)}…`;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function folded(heading, content, voice) {
  return element('details', {}, element('summary', {}, heading), copyable(heading, content, voice), code(content, heading));
}
