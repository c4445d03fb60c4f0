// What the kernel knows of processes.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** A process and all below it; none if it is gone. */
export function tree(pid) {
  const parents = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = stat(entry)?.[1];
    if (parent !== undefined) {
      parents.set(Number(entry), Number(parent));
    }
  }
  const found = parents.has(pid) ? [pid] : [];
  for (const above of found) {
    found.push(...[...parents].filter(([, parent]) => parent === above).map(([below]) => below));
  }
  return found;
}

/** The microseconds of CPU time that processes have used, all their threads together. */
export function cpuMicros(pids) {
  const ticks = pids.map((pid) => {
    const fields = stat(pid) ?? [];
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return (1_000_000 * sum(ticks)) / TICKS_PER_SECOND;
}

/** The resident memory of processes in bytes. What they share counts for each. */
export function rss(pids) {
  return memory(pids, 'VmRSS');
}

/** What of it is in no file, in bytes. */
export function anonymous(pids) {
  return memory(pids, 'RssAnon');
}

function memory(pids, name) {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm');
  return 1024 * sum(pids.map((pid) => Number(line.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)));
}

/** The fields of /proc/PID/stat from the state on: the name before it may hold anything. */
function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

function sum(numbers) {
  return numbers.reduce((all, number) => all + number, 0);
}
