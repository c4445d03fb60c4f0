// Two contenders, one right after the other, so that what the machine does beside them hits both alike. Whichever comes first
// in one pair comes second in the next: a processor that slows down as it warms up favours neither.

import { round } from './rounds.mjs';

/** Who is measured against whom, and over how many connections. */
export const AFTERNOON = { ours: 'gateway', theirs: 'nginx-lua-plain', connections: 64 };
export const AFTERNOON_WITH_AUDIT = { ours: 'gateway-audit', theirs: 'nginx-lua-plain', connections: 64 };
/** The least that anything made of the two libraries takes. */
export const LIBRARIES = { ours: 'pass-through', theirs: 'nginx-lua-plain', connections: 64 };
export const AUDIT = { ours: 'gateway-audit', theirs: 'gateway', connections: 64 };
export const ALONE = { ours: 'gateway', theirs: 'pass-through', connections: 1 };
export const PAIRS = [AFTERNOON, AFTERNOON_WITH_AUDIT, LIBRARIES, AUDIT, ALONE];

/** Measures so many pairs; gives the rounds of both, pair by pair. */
export async function pairsOf(scene, instances, bytes, pair, { times, seconds }) {
  const named = (name) => instances.find((instance) => instance.name === name);
  const [ours, theirs] = [named(pair.ours), named(pair.theirs)];
  const measured = [];
  for (let at = 0; at < times; at += 1) {
    const order = at % 2 === 0 ? [ours, theirs] : [theirs, ours];
    const rounds = new Map();
    for (const instance of order) {
      rounds.set(instance, await round(scene, instance, bytes, { connections: pair.connections, seconds }));
      instance.lines();
    }
    measured.push({ ours: rounds.get(ours), theirs: rounds.get(theirs) });
  }
  return measured;
}
