// What callgrind wrote: the instructions of each function, by itself and with all that it calls.

import { readFileSync } from 'node:fs';

/** The inclusive and own costs of every function in a dump, by its name. */
export function readCosts(file) {
  const names = new Map();
  const own = new Map();
  const called = new Map();
  let [current, callee, isOfCall] = [undefined, undefined, false];
  const add = (costs, id, cost) => costs.set(id, (costs.get(id) ?? 0) + cost);
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const named = /^(c?fn)=\((\d+)\)(?: (.*))?$/.exec(line);
    if (named) {
      const [, kind, id, name] = named;
      if (name !== undefined) {
        names.set(id, name);
      }
      if (kind === 'fn') {
        current = id;
      } else {
        callee = id;
      }
    } else if (line.startsWith('calls=')) {
      isOfCall = true;
    } else if (/^[+\-*\d]/.test(line)) {
      const cost = Number(line.split(' ')[1] ?? 0);
      if (isOfCall) {
        // A call of a function by itself is in that function's own call already.
        if (callee !== current) {
          add(called, current, cost);
        }
      } else {
        add(own, current, cost);
      }
      isOfCall = false;
    }
  }
  return { names, own, called };
}

/** What functions whose names fit took, with all that they call. */
export function inclusive({ names, own, called }, pattern) {
  const fitting = [...names].filter(([, name]) => pattern.test(name)).map(([id]) => id);
  const found = fitting.map((id) => (own.get(id) ?? 0) + (called.get(id) ?? 0));
  return found.reduce((all, cost) => all + cost, 0);
}
