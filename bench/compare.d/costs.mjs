// What callgrind wrote: the instructions of each function, by itself and with all that it calls.

/**
 * What every function took by itself, and in what it called. In callgrind's format a name is written out where it first occurs, and
 * the line after `calls=` is what was called.
 */
export function readCosts(dump) {
  const names = new Map();
  const own = new Map();
  const called = new Map();
  let [current, callee, isOfCall] = [undefined, undefined, false];
  const add = (costs, id, cost) => costs.set(id, (costs.get(id) ?? 0) + cost);
  for (const line of dump.split('\n')) {
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

/**
 * What computing SHA-256 took. Processors have instructions for it, and callgrind's has none: there it takes many times as many. Where
 * a function was trained, the pseudonyms' hash is part of the function that makes one, and all of that counts as SHA-256.
 */
export function hashing(costs) {
  return own(costs, /sha256_block_data_order|sha256.*compress|Key::pseudonym/i);
}

/** What functions whose names fit took, with all that they call. */
export function inclusive(costs, pattern) {
  const called = sum(costs.called, fitting(costs, pattern));
  return own(costs, pattern) + called;
}

/** What functions whose names fit took by themselves. */
export function own(costs, pattern) {
  return sum(costs.own, fitting(costs, pattern));
}

function fitting({ names }, pattern) {
  return [...names].filter(([, name]) => pattern.test(name)).map(([id]) => id);
}

function sum(costs, ids) {
  return ids.reduce((all, id) => all + (costs.get(id) ?? 0), 0);
}
