// How much memory a process has.

import { readFileSync, writeFileSync } from 'node:fs';

const MIB = 1024 * 1024;

/** What it has now, in MiB. */
export function resident(pid) {
  return read(pid, 'VmRSS');
}

/** The most that it had since the peak was forgotten, in MiB. */
export function peak(pid) {
  return read(pid, 'VmHWM');
}

export function forgetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function read(pid, name) {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return (1024 * Number(line[1])) / MIB;
}
