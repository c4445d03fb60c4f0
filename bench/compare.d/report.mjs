// What was measured, as tables, and beside it what is wanted.

const MIB = 2 ** 20;

const count = (number) => (number === undefined ? 'n/a' : Math.round(number).toLocaleString('en-US'));
const oneDecimal = (number) => (number === undefined ? 'n/a' : number.toFixed(1));
const ratio = (number) => (number === undefined ? 'n/a' : number.toFixed(2));
const millis = (micros) => (micros === undefined ? 'n/a' : (micros / 1000).toFixed(2));

/** The middle of several numbers, with the least and the greatest. */
export function spread(numbers) {
  if (numbers === undefined || numbers.length === 0) {
    return undefined;
  }
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

const shown = (found, write) =>
  found === undefined ? 'n/a' : `${write(found.median)} (${write(found.min)}–${write(found.max)})`;

/** One figure of each round of a contender. */
function values(rounds, name, figure) {
  return rounds.get(name)?.map((one) => one[figure]);
}

/** The ratio of a figure to another contender's, round by round, so that what both suffered from falls out. */
function ratios(rounds, name, against, figure) {
  const [ours, theirs] = [values(rounds, name, figure), values(rounds, against, figure)];
  return ours && theirs && spread(ours.map((value, at) => value / theirs[at]));
}

function instructionRatio(instructions, name, against) {
  const [ours, theirs] = [instructions?.get(name), instructions?.get(against)];
  return ours && theirs ? ours / theirs : undefined;
}

/** The table of one kind of launch. */
export function kindTable(kind, contenders, { busy, alone, instructions, idle, starts }) {
  const head = [
    kind, 'launches/s', 'CPU µs/launch', '× nginx', '× Lua', 'instr./launch', '× nginx', '× Lua',
    'p50 ms', 'p99 ms', 'p50 ms, 1 conn.', '× nginx', 'MiB idle', 'MiB loaded', 'first answer ms',
  ];
  const rows = contenders.map(({ name, title }) => [
    title,
    shown(spread(values(busy, name, 'perSecond')), count),
    shown(spread(values(busy, name, 'cpu')), oneDecimal),
    shown(ratios(busy, name, 'nginx-proxy', 'cpu'), ratio),
    shown(ratios(busy, name, 'nginx-lua', 'cpu'), ratio),
    count(instructions.get(name)),
    ratio(instructionRatio(instructions, name, 'nginx-proxy')),
    ratio(instructionRatio(instructions, name, 'nginx-lua')),
    millis(spread(values(busy, name, 'p50')).median),
    millis(spread(values(busy, name, 'p99')).median),
    shown(spread(values(alone, name, 'p50')), millis),
    shown(ratios(alone, name, 'nginx-proxy', 'p50'), ratio),
    oneDecimal(idle.get(name) / MIB),
    oneDecimal(Math.max(...values(busy, name, 'memory')) / MIB),
    shown(spread(starts.get(name)), count),
  ]);
  return table([head, ...rows]);
}

/** A target: what it is about, what was found, whether that is enough. */
function target(what, found, write, limit, isReached) {
  if (found === undefined) {
    return [what, 'n/a', limit, 'not measured'];
  }
  return [what, write(found), limit, isReached(found) ? 'reached' : 'NOT REACHED'];
}

function atMost(what, found, limit, write = ratio, unit = ' ×') {
  const full = (number) => `${write(number)}${unit}`;
  return target(what, found, full, `at most ${limit}${unit}`, (number) => number <= limit);
}

function atLeast(what, found, limit, write = ratio, unit = ' ×') {
  const full = (number) => `${write(number)}${unit}`;
  return target(what, found, full, `at least ${limit}${unit}`, (number) => number >= limit);
}

/** The targets for one kind of launch. */
export function kindTargets(kind, { busy, alone, instructions, idle, starts }) {
  const of = (against) => instructionRatio(instructions, 'gateway', against);
  const middle = (rounds, against, figure) => ratios(rounds, 'gateway', against, figure)?.median;
  const loaded = values(busy, 'gateway', 'memory');
  return [
    atMost(`${kind}: instructions, against nginx + Lua (aim 1.0)`, of('nginx-lua'), 1.15),
    atMost(`${kind}: instructions, against nginx + njs`, of('nginx-njs'), 0.8),
    of('fastify') === undefined
      ? atMost(`${kind}: CPU time for instructions, against fastify + undici`, middle(busy, 'fastify', 'cpu'), 0.5)
      : atMost(`${kind}: instructions, against fastify + undici`, of('fastify'), 0.5),
    atLeast(`${kind}: launches/s, against fastify + undici`, middle(busy, 'fastify', 'perSecond'), 3),
    atMost(`${kind}: p99 at 64 connections, against nginx + Lua`, middle(busy, 'nginx-lua', 'p99'), 1),
    atMost(`${kind}: p50 at 1 connection, against nginx`, middle(alone, 'nginx-proxy', 'p50'), 1.4),
    atMost(`${kind}: memory under 64 connections`, loaded && Math.max(...loaded) / MIB, 40, oneDecimal, ' MiB'),
    ...(kind === 'drop-in'
      ? [
          atMost('memory idle', idle.get('gateway') / MIB, 24, oneDecimal, ' MiB'),
          atMost('first answer after the start', spread(starts.get('gateway')).median, 100, oneDecimal, ' ms'),
        ]
      : []),
  ];
}

export function tlsTable({ measured, instructions, reuse }) {
  const rows = [...measured.keys()].map((name) => [
    name,
    shown(spread(values(measured, name, 'perSecond')), count),
    shown(spread(values(measured, name, 'cpu')), oneDecimal),
    shown(ratios(measured, name, 'nginx-proxy', 'cpu'), ratio),
    count(instructions.get(name)),
    ratio(instructionRatio(instructions, name, 'nginx-proxy')),
    name === 'gateway' ? `${(100 * reuse).toFixed(3)} %` : '',
  ]);
  const head = [
    'TLS to upstream, drop-in', 'launches/s', 'CPU µs/launch', '× nginx', 'instr./launch', '× nginx', 'reused',
  ];
  return table([head, ...rows]);
}

export function tlsTargets({ measured, instructions, reuse }) {
  return [
    atMost('TLS: instructions, against nginx', instructionRatio(instructions, 'gateway', 'nginx-proxy'), 1.9),
    atMost('TLS: CPU time, against nginx', ratios(measured, 'gateway', 'nginx-proxy', 'cpu')?.median, 1.25),
    atLeast('TLS: launches without a new connection', 100 * reuse, 99.9, (number) => number.toFixed(3), ' %'),
  ];
}

export function reuseTarget(reuse) {
  return atLeast('launches without a new connection', 100 * reuse, 99.9, (number) => number.toFixed(3), ' %');
}

export function idleTarget({ open, memory }) {
  return atMost(`memory with ${count(open)} idle connections`, memory / MIB, 250, oneDecimal, ' MiB');
}

export function growthTable(rows) {
  const head = [
    'gateway, instr./launch', '64 conn.', '1,024 conn.', '1,000 tenants', 'with rates',
    'existing, bare', 'complete', 'maximal', 'per byte more', 'Lua per byte more',
  ];
  return table([
    head,
    ...rows.map((row) => [
      row.kind,
      ...['plain', 'connections', 'tenants', 'rates', 'bare', 'complete', 'maximal'].map((name) => count(row[name])),
      oneDecimal((row.maximal - row.bare) / row.bytes),
      oneDecimal((row.luaMaximal - row.luaBare) / row.bytes),
    ]),
  ]);
}

export function growthTargets(rows) {
  return rows.flatMap((row) => [
    atMost(`${row.kind}: instructions, 1,024 against 64 connections`, row.connections / row.plain, 1.1),
    atMost(`${row.kind}: instructions, 1,000 tenants and hosts against 1`, row.tenants / row.plain, 1.1),
    // A byte of a profile is read, checked and written in any language: the yardstick is what it costs in Lua.
    atMost(
      `${row.kind}: instructions per byte of profile, against nginx + Lua`,
      (row.maximal - row.bare) / (row.luaMaximal - row.luaBare),
      1,
    ),
  ]);
}

/** Rows of cells, with the columns under each other. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => pad(cell, widths[column], column)).join(' | ').trimEnd();
  return [line(rows[0]), widths.map((width) => '-'.repeat(width)).join('-|-'), ...rows.slice(1).map(line)].join('\n');
}

function pad(cell, width, column) {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
