// Holds together what callers saw and what the gateway recorded of the same requests, by their ids.

/** Codes that are counted for somebody who has gone. */
const OF_THE_GONE = 'client_gone';

export class Ledger {
  #explains;
  #pending = new Map();
  /** By code, how many requests ended in each way: `answered`, `gone` before an answer, or `broken` off. */
  outcomes = new Map();
  /** Requests of callers who went away of which there is no record: their head was never read. */
  unread = 0;
  /** What should not be, and how often. */
  unarranged = new Map();
  unexpected = new Map();
  disagreements = new Map();
  /** The gateway's other log lines that are no mere information. */
  otherLines = new Map();

  /** `explains` tells whether an outcome comes from something that was arranged. */
  constructor(explains) {
    this.#explains = explains;
  }

  /** How many requests had an answer. */
  get answered() {
    return this.sum('answered');
  }

  /** How many requests ended in one way, whatever their code. */
  sum(way) {
    return Array.from(this.outcomes.values()).reduce((all, outcome) => all + outcome[way], 0);
  }

  /** How many requests of this code ended in each way. */
  outcome(code) {
    return this.outcomes.get(code) ?? { answered: 0, gone: 0, broken: 0 };
  }

  get waiting() {
    return this.#pending.size;
  }

  /** Notes how a request ended for its caller. */
  ended(asked, seen, from) {
    const times = { from, until: Date.now() };
    if (seen.broken) {
      count(this.disagreements, `${asked.kind}: no answer, ${seen.broken}`);
    } else if (!seen.gone) {
      this.#judge(asked, seen.code, seen.status, times);
    }
    this.#match(asked.id, { caller: { asked, seen, from } });
  }

  /** Notes a line of the gateway's log. */
  read(line) {
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      count(this.otherLines, line.slice(0, 100));
      return;
    }
    if (entry.message === 'attempt') {
      this.#match(entry.request_id, { record: { code: entry.code } });
    } else if (entry.level !== 'INFO') {
      count(this.otherLines, `${entry.level} ${entry.message}`);
    }
  }

  /** Settles what has no counterpart and will have none. */
  close() {
    for (const [, { caller, record }] of this.#pending) {
      if (record) {
        count(this.disagreements, `recorded as ${record.code}, and nobody asked`);
      } else if (caller.seen.gone) {
        this.unread += 1;
      } else {
        count(this.disagreements, `${caller.asked.kind}: ended as ${caller.seen.code ?? 'broken'}, and not recorded`);
      }
    }
    this.#pending.clear();
  }

  #match(id, half) {
    const { caller, record } = { ...this.#pending.get(id), ...half };
    if (!caller || !record) {
      this.#pending.set(id, half);
      return;
    }
    this.#pending.delete(id);
    const { asked, seen, from } = caller;
    const outcome = this.outcome(record.code);
    this.outcomes.set(record.code, outcome);
    if (seen.broken) {
      outcome.broken += 1;
    } else if (seen.gone) {
      outcome.gone += 1;
      if (record.code !== OF_THE_GONE) {
        this.#judge(asked, record.code, undefined, { from, until: Date.now() });
      }
    } else {
      outcome.answered += 1;
      if (seen.code !== record.code) {
        count(this.disagreements, `${asked.kind}: answered with ${seen.code}, recorded as ${record.code}`);
      }
    }
  }

  #judge(asked, code, status, { from, until }) {
    if (asked.outcomes.includes(code) || this.#explains({ tenant: asked.tenant, code, from, until })) {
      return;
    }
    const where = status >= 500 ? this.unarranged : this.unexpected;
    count(where, `${asked.kind}: ${status ?? 'gone before'} ${code}`);
  }
}

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}
