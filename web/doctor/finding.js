// One thing that was checked: how it stands, and what was found. What to do about it is in the texts.

/** From good to bad; nothing is known about the last. */
export const STATES = ['ok', 'warning', 'problem', 'unknown'];

/** `values` are what its words name: origins, tokens, numbers; never a person, nor an address with a path. */
export function finding(check, state, found, values = {}) {
  return { check, state, found, values };
}

/** The other side's findings, without those of a check that this side has made itself. */
export function merged(own, others) {
  const made = new Set(own.map(({ check }) => check));
  return [...own, ...others.filter(({ check }) => !made.has(check))];
}
