// What a soak prints, and the verdict.

import { STRANGERS } from './crowd.mjs';

const MIB = 1024 * 1024;

/** The memory may be so much more at the end than after the warm-up: whichever is more. */
const MORE_RSS = { share: 0.1, bytes: 8 * MIB };

const SAMPLE_COLUMNS = ['seconds', 'RSS in MiB', 'descriptors', 'sockets', 'in flight'];
const SAMPLE_NAME = 16;

export const SAMPLE_HEAD = sampleRow('', SAMPLE_COLUMNS);

/** A sample, as many seconds after the start. */
export function sampleLine(name, sample, start = sample) {
  const secs = ((sample.at - start.at) / 1000).toFixed(0);
  return sampleRow(name, [secs, mib(sample.rss), sample.fds, sample.sockets, sample.inFlight]);
}

/** Everything that was found, but for the verdict. */
export function report(found) {
  const { ledger, load, troubles, sockets } = found;
  return [
    `${found.perSecond.toFixed(1)} answers a second; ${load.passedOver} requests passed over, because enough of their` +
      ' tenant were under way',
    `longest pause of the soak itself: ${found.longestPauseMs.toFixed(0)} ms`,
    '',
    outcomes(found),
    '',
    difference(found),
    '',
    counts('arranged at the upstream', troubles.arranged),
    `bursts: ${load.bursts}`,
    counts('warnings and errors in the log, beside attempts', ledger.otherLines),
    counts('5xx that nobody arranged', ledger.unarranged),
    counts('outcomes that nobody expected', ledger.unexpected),
    counts('sockets at the end', sockets),
  ].join('\n');
}

function sampleRow(name, cells) {
  const padded = cells.map((cell, column) => `${cell}`.padStart(SAMPLE_COLUMNS[column].length));
  return `  ${[name.padEnd(SAMPLE_NAME), ...padded].join('  ')}`;
}

/** Every outcome: as callers saw it, and as the gateway counted it. */
function outcomes({ ledger, counted }) {
  const codes = Array.from(codesOf(ledger, counted)).sort();
  const rows = codes.map((code) => {
    const { answered, gone, broken } = ledger.outcome(code);
    return [code, answered, gone, broken, counted.get(code) ?? 0];
  });
  const all = ['all', ...['answered', 'gone', 'broken'].map((part) => ledger.sum(part)), total(counted)];
  return table([['outcome', 'answered', 'caller gone', 'broken off', 'launches_total'], ...rows, all]);
}

/** Its first column to the left, the others to the right. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => `${row[column]}`.length)));
  const padded = (cell, column) => (column === 0 ? `${cell}`.padEnd(widths[0]) : `${cell}`.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(padded).join('  ')}`).join('\n');
}

/** Why launches_total is not what callers saw. */
function difference({ ledger, counted, heads }) {
  const [answered, gone, broken] = ['answered', 'gone', 'broken'].map((part) => ledger.sum(part));
  const recordedAs = Array.from(ledger.outcomes)
    .filter(([, outcome]) => outcome.gone > 0)
    .map(([code, outcome]) => `${outcome.gone} ${code}`);
  const unfinished = Array.from(heads.ends, ([end, often]) => `    ${often} × ${end}`).sort();
  return [
    `  launches_total ${total(counted)} = ${answered} answered + ${gone} whose caller was gone + ${broken} broken off`,
    `  whose caller was gone: by the log ${recordedAs.join(', ') || 'none'}`,
    `  not in it: ${ledger.unread} requests whose caller was gone before the gateway read them, and the connections`,
    '  on which no whole request came:',
    ...unfinished,
  ].join('\n');
}

/** Names with how often each was, a line each. */
function counts(title, map) {
  return map.size === 0
    ? `${title}: none`
    : [`${title}:`, ...Array.from(map, ([name, often]) => `  ${often} × ${name}`).sort()].join('\n');
}

/** Whether a crowd was there at all, and had to make room. */
function ofCrowd(crowd, figures) {
  if (!crowd) {
    return [];
  }
  const closed = figures.value('empego_gateway_connections_closed_early_total');
  const most = figures.value('empego_gateway_max_connections');
  return [
    {
      name: `${STRANGERS} idle strangers came, who found no room beside each other`,
      holds: crowd.asked >= STRANGERS && closed > 0 && most < STRANGERS,
      seen: `${crowd.asked} requests, ${closed} connections closed early, room for ${most}`,
    },
  ];
}

/** Each rule, whether it held, and with which numbers. */
export function rules(found) {
  const { start, end, ledger, counted, figures, heads, crowd, client, reloads, configuration, exitCode } = found;
  const most = Math.max(start.rss * (1 + MORE_RSS.share), start.rss + MORE_RSS.bytes);
  const off = disagreements(ledger, counted);
  const { written } = configuration;
  return [
    {
      name: `RSS at the end above the start by ${MORE_RSS.share * 100} % at most, or by ${mib(MORE_RSS.bytes)} MiB`,
      holds: end.rss <= most,
      seen: `${mib(end.rss)} MiB, at most ${mib(most)} MiB`,
    },
    {
      name: 'no more sockets at the end than at the start',
      holds: end.sockets <= start.sockets,
      seen: `${end.sockets}, at most ${start.sockets}`,
    },
    { name: 'no connection left open too long', ...zero(heads.leftOpen + client.lingering) },
    { name: 'nothing under way at the end', ...zero(end.inFlight) },
    { name: 'no 5xx that nobody arranged', ...zero(total(ledger.unarranged)) },
    { name: 'no outcome that nobody expected', ...zero(total(ledger.unexpected)) },
    { name: 'callers, log and launches_total agree', holds: off.length === 0, seen: off.join('; ') || 'no difference' },
    {
      name: 'every change of the configuration in force, every mistake refused',
      holds: reloads.applied === written.applied && reloads.refused === written.refused,
      seen: `${reloads.applied} of ${written.applied}, ${reloads.refused} of ${written.refused}`,
    },
    ...ofCrowd(crowd, figures),
    { name: 'no defect caught', ...zero(figures.value('empego_gateway_panics_total')) },
    { name: 'no log line dropped', ...zero(figures.value('empego_gateway_log_lines_dropped_total')) },
    { name: 'exit code 0 when asked to stop', ...zero(exitCode) },
  ];
}

export function verdict(judged) {
  const lines = judged.map(({ name, holds, seen }) => `  ${holds ? 'yes' : 'NO '}  ${name}: ${seen}`);
  return [...lines, isFlat(judged) ? 'verdict: flat' : 'verdict: NOT FLAT'].join('\n');
}

export function isFlat(judged) {
  return judged.every(({ holds }) => holds);
}

function disagreements(ledger, counted) {
  const byCode = Array.from(codesOf(ledger, counted)).flatMap((code) => {
    const { answered, gone, broken } = ledger.outcome(code);
    const here = answered + gone + broken;
    const there = counted.get(code) ?? 0;
    return here === there ? [] : [`${code}: ${here} by callers and log, ${there} counted`];
  });
  return [...byCode, ...Array.from(ledger.disagreements, ([what, often]) => `${often} × ${what}`)];
}

function codesOf(ledger, counted) {
  return new Set([...ledger.outcomes.keys(), ...counted.keys()]);
}

function zero(value) {
  return { holds: value === 0, seen: `${value}` };
}

function total(map) {
  return Array.from(map.values()).reduce((all, often) => all + often, 0);
}

function mib(bytes) {
  return (bytes / MIB).toFixed(1);
}
