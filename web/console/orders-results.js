// Results: what is critical first, what kind of report this is, and what is missing with the reason.

import { badge, element, facts } from './dom.js';

const RANK = { critical: 0, abnormal: 1 };

/** `physician`: who has to act on them. */
export function describeResults(results, voice) {
  const say = (key, values) => voice.say(key, values);
  const { partial, corrected, critical, metadata, missingResults, unreadable } = results;
  const kind = partial ? 'partial' : corrected ? 'corrected' : 'final';
  const sorted = results.results.toSorted((one, other) => rank(one) - rank(other));
  return [
    element('h3', {}, say('orders.results.heading')),
    element('p', { id: 'report' }, badge(say(`orders.results.${kind}`), partial ? 'plain' : 'good'), ` ${say(`orders.results.${kind}Meaning`)}`),
    critical ? element('p', { id: 'critical', class: 'alarm' }, badge(say('orders.results.critical'), 'bad'), ` ${say('orders.results.criticalMeaning')}`) : null,
    element('p', { class: 'hint' }, say('orders.results.followUp')),
    sorted.length === 0 ? null : table('values', say('orders.results.values'), ['name', 'result', 'range', 'interpretation'], sorted.map((one) => row(one, voice)), voice),
    missingResults.length === 0 ? null : table('missing', say('orders.results.missing'), ['name', 'failure', 'note'], missingResults.map(({ name, failure, note }) => [name, failure ?? '', note ?? '']), voice),
    unreadable === 0 ? null : element('p', { class: 'note' }, say('orders.results.unreadable', { count: voice.number(unreadable) })),
    facts(
      [say('orders.results.laboratory'), metadata.laboratory],
      [say('orders.results.reported'), metadata.reportedAt],
      [say('orders.results.specimen'), metadata.specimenNumber],
    ),
  ].filter(Boolean);
}

function rank({ interpretation }) {
  return RANK[interpretation] ?? 2;
}

function row({ name, result, unit, referenceRange, min, max, interpretation }, voice) {
  const range = referenceRange ?? (min === null && max === null ? '' : `${min ?? ''}–${max ?? ''}`);
  const known = ['normal', 'abnormal', 'critical', 'unknown'].includes(interpretation);
  const kind = { critical: 'bad', abnormal: 'plain' }[interpretation] ?? 'good';
  return [name, `${result} ${unit ?? ''}`.trim(), range, interpretation === null ? '' : badge(known ? voice.say(`orders.results.${interpretation}`) : interpretation, kind)];
}

function table(id, caption, columns, rows, voice) {
  return element(
    'div',
    { class: 'sideways', tabindex: '0', role: 'group', 'aria-label': caption },
    element(
      'table',
      { id },
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, columns.map((column) => element('th', { scope: 'col' }, voice.say(`orders.results.columns.${column}`))))),
      element('tbody', {}, rows.map((cells) => element('tr', {}, cells.map((cell) => element('td', {}, cell))))),
    ),
  );
}
