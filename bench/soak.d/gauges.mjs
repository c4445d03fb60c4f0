// The gateway's size: by its own figures, and by the system's.

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const TCP_STATES = { '01': 'established', '06': 'time wait', '08': 'close wait', '0A': 'listening' };

export class Gauges {
  #url;
  #pid;

  constructor(adminAddress, pid) {
    this.#url = `http://${adminAddress}/metrics`;
    this.#pid = pid;
  }

  /** Every figure of /metrics: its name, its labels and its value. */
  async figures() {
    const response = await fetch(this.#url, { headers: { Connection: 'close' } });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`/metrics answered ${response.status}`);
    }
    return new Figures(text);
  }

  async sample() {
    const figures = await this.figures();
    return {
      at: Date.now(),
      rss: figures.value('process_resident_memory_bytes'),
      fds: figures.value('process_open_fds'),
      inFlight: figures.value('empego_gateway_in_flight'),
      sockets: this.sockets().length,
    };
  }

  /** The inodes of its open sockets. */
  sockets() {
    const folder = `/proc/${this.#pid}/fd`;
    const targets = readdirSync(folder).map((fd) => {
      try {
        return readlinkSync(`${folder}/${fd}`);
      } catch {
        // Closed meanwhile.
        return '';
      }
    });
    return targets.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]).filter(Boolean);
  }

  /** What its sockets are, for people: how many of each state and local port. */
  describeSockets() {
    const rows = readFileSync(`/proc/${this.#pid}/net/tcp`, 'latin1').trim().split('\n').slice(1);
    const connections = new Map(
      rows.map((row) => {
        const [, local, remote, state, , , , , , inode] = row.trim().split(/\s+/);
        return [inode, { local: port(local), remote: port(remote), state: TCP_STATES[state] ?? state }];
      }),
    );
    const kinds = new Map();
    for (const inode of this.sockets()) {
      const connection = connections.get(inode);
      const kind = connection
        ? `TCP ${connection.local} to ${connection.remote}, ${connection.state}`
        : 'no TCP';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return kinds;
  }
}

class Figures {
  #all;

  constructor(text) {
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
    this.#all = lines.map((line) => {
      const [, name, labels, value] = /^([^{ ]+)(?:\{(.*)\})? (\S+)/.exec(line);
      return { name, labels: labelsOf(labels ?? ''), value: Number(value) };
    });
  }

  /** The value of a figure without labels, or the sum of those with these labels. */
  value(name, labels = {}) {
    return this.#of(name)
      .filter((figure) => Object.entries(labels).every(([label, value]) => figure.labels[label] === value))
      .reduce((all, { value }) => all + value, 0);
  }

  /** The sums of a figure, by the values of one label. */
  by(label, name) {
    const sums = new Map();
    for (const { labels, value } of this.#of(name)) {
      sums.set(labels[label], (sums.get(labels[label]) ?? 0) + value);
    }
    return sums;
  }

  #of(name) {
    return this.#all.filter((figure) => figure.name === name);
  }
}

function labelsOf(text) {
  return Object.fromEntries(Array.from(text.matchAll(/(\w+)="([^"]*)"/g), ([, label, value]) => [label, value]));
}

function port(address) {
  return Number.parseInt(address.split(':')[1], 16);
}
