// What a soak prints, and the verdict.

import { sum } from './ledger.mjs';

const MIB = 1024 * 1024;

/** The memory may be so much more at the end than after the warm-up: whichever is more. */
const MORE_RSS = { share: 0.1, bytes: 8 * MIB };

/** A table, its first column to the left and the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => `${row[column]}`.length)));
  const padded = (cell, column) => (column === 0 ? `${cell}`.padEnd(widths[0]) : `${cell}`.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(padded).join('  ').trimEnd()}`).join('\n');
}

export function sampleRow(name, sample, start) {
  const secs = start ? ((sample.at - start.at) / 1000).toFixed(0) : '0';
  return [name, secs, mib(sample.rss), sample.fds, sample.sockets, sample.inFlight];
}

export const SAMPLE_HEAD = ['', 'seconds', 'RSS in MiB', 'descriptors', 'sockets', 'in flight'];

/** Every outcome: as callers saw it, and as the gateway counted it. */
export function outcomes({ ledger, counted }) {
  const codes = Array.from(new Set([...ledger.outcomes.keys(), ...counted.keys()])).sort();
  const rows = codes.map((code) => {
    const { answered, gone, broken } = ledger.outcomes.get(code) ?? { answered: 0, gone: 0, broken: 0 };
    return [code, answered, gone, broken, counted.get(code) ?? 0];
  });
  const all = ['all', ...['answered', 'gone', 'broken'].map((part) => sum(ledger.outcomes, part)), total(counted)];
  return table([['outcome', 'answered', 'caller gone', 'broken off', 'launches_total'], ...rows, all]);
}

/** Why launches_total is not what callers saw. */
export function difference({ ledger, counted, heads }) {
  const gone = sum(ledger.outcomes, 'gone');
  const broken = sum(ledger.outcomes, 'broken');
  const recordedAs = Array.from(ledger.outcomes)
    .filter(([, outcome]) => outcome.gone > 0)
    .map(([code, outcome]) => `${outcome.gone} ${code}`);
  const unfinished = Array.from(heads.ends, ([end, times]) => `    ${times} × ${end}`).sort();
  return [
    `launches_total ${total(counted)} = ${ledger.answered} answered + ${gone} whose caller was gone` +
      ` (recorded as ${recordedAs.join(', ') || 'nothing'}) + ${broken} broken off`,
    `  not in it: ${ledger.unread} requests whose caller was gone before the gateway read them, and the connections`,
    '  on which no whole request came:',
    ...unfinished,
  ].join('\n');
}

/** Names with how often each was, a line each. */
export function counts(title, map) {
  return map.size === 0
    ? `${title}: none`
    : [`${title}:`, ...Array.from(map, ([name, times]) => `  ${times} × ${name}`)].join('\n');
}

/** Each rule, whether it held, and with which numbers. */
export function rules({ start, end, ledger, counted, figures, heads, reloads, configuration, exitCode }) {
  const most = Math.max(start.rss * (1 + MORE_RSS.share), start.rss + MORE_RSS.bytes);
  const off = disagreements(ledger, counted);
  const { written } = configuration;
  return [
    {
      name: `RSS at the end at most ${MORE_RSS.share * 100} % or ${mib(MORE_RSS.bytes)} MiB above the start`,
      holds: end.rss <= most,
      seen: `${mib(end.rss)} MiB, at most ${mib(most)} MiB`,
    },
    {
      name: 'no more sockets at the end than at the start',
      holds: end.sockets <= start.sockets,
      seen: `${end.sockets}, at most ${start.sockets}`,
    },
    { name: 'no connection left open too long', holds: heads.leftOpen === 0, seen: `${heads.leftOpen}` },
    { name: 'nothing under way at the end', holds: end.inFlight === 0, seen: `${end.inFlight}` },
    { name: 'no 5xx that nobody arranged', holds: ledger.unarranged.size === 0, seen: `${times(ledger.unarranged)}` },
    { name: 'no outcome that nobody expected', holds: ledger.unexpected.size === 0, seen: `${times(ledger.unexpected)}` },
    { name: 'callers, log and launches_total agree', holds: off.length === 0, seen: off.join('; ') || 'no difference' },
    {
      name: 'every change of the configuration in force, every mistake refused',
      holds: reloads.applied === written.applied && reloads.refused === written.refused,
      seen: `${reloads.applied} of ${written.applied}, ${reloads.refused} of ${written.refused}`,
    },
    { name: 'no defect caught', ...zero(figures.value('empego_gateway_panics_total')) },
    { name: 'no log line dropped', ...zero(figures.value('empego_gateway_log_lines_dropped_total')) },
    { name: 'exit code 0 when asked to stop', holds: exitCode === 0, seen: `${exitCode}` },
  ];
}

export function verdict(judged) {
  const lines = judged.map(({ name, holds, seen }) => `  ${holds ? 'yes' : 'NO '}  ${name}: ${seen}`);
  const flat = judged.every(({ holds }) => holds);
  return [...lines, flat ? 'verdict: flat' : 'verdict: NOT FLAT'].join('\n');
}

function disagreements(ledger, counted) {
  const codes = new Set([...ledger.outcomes.keys(), ...counted.keys()]);
  const byCode = Array.from(codes).flatMap((code) => {
    const { answered, gone, broken } = ledger.outcomes.get(code) ?? { answered: 0, gone: 0, broken: 0 };
    const here = answered + gone + broken;
    const there = counted.get(code) ?? 0;
    return here === there ? [] : [`${code}: ${here} by callers and log, ${there} counted`];
  });
  return [...byCode, ...Array.from(ledger.disagreements, ([what, often]) => `${often} × ${what}`)];
}

function zero(value) {
  return { holds: value === 0, seen: `${value}` };
}

function times(map) {
  return Array.from(map.values()).reduce((all, often) => all + often, 0);
}

function total(counted) {
  return times(counted);
}

function mib(bytes) {
  return (bytes / MIB).toFixed(1);
}
