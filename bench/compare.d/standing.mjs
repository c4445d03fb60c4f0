// Every figure that there is a row for, and what is wanted of it.

import { MIB, millis, oneDecimal, shown, spread, thousands, twoDecimals, whole } from './numbers.mjs';
import { AFTERNOON, AFTERNOON_WITH_AUDIT, ALONE, AUDIT, LIBRARIES } from './pairs.mjs';
import { atLeast, atMost, row } from './report.mjs';

const WANTED = {
  'drop-in': { own: 30_000, plainCpu: 1.05 },
  native: { own: 36_000, plainCpu: 1.1 },
};

/** The rows of all that was found, those about each kind of launch first. */
export function standing({ kinds, tls, memory, reuse, idle, growth }) {
  return [
    ...[...kinds].flatMap(([kind, found]) => kindRows(kind, found)),
    ...tlsRows(tls ?? {}),
    ...memoryRows(memory ?? {}, idle),
    row(
      'launches without a new connection to the upstream',
      [['gateway', percent(reuse)]],
      atLeast(reuse, 0.999, percent),
    ),
    ...(growth ?? [...kinds.keys()].map((kind) => ({ kind }))).flatMap(growthRows),
  ];
}

function kindRows(kind, found) {
  const { rounds, alone, instructions = new Map(), hashes = new Map(), pairs = new Map() } = found;
  const { own, plainCpu } = WANTED[kind];
  const ratioRow = (figure, pair, measure, target) => {
    const ratio = spread(pairs.get(pair)?.map(({ ours, theirs }) => ours[measure] / theirs[measure]));
    const cells = ratio && [[pair.ours, shown(ratio, twoDecimals)], [pair.theirs, '1']];
    return row(`${kind}: ${figure}`, cells ?? [], target(ratio?.median));
  };
  const instructionRatio = (name, against) => divided(instructions.get(name), instructions.get(against));
  const beyond = difference(instructions.get('gateway'), instructions.get('pass-through'));
  const added = difference(instructions.get('gateway-audit'), instructions.get('gateway'));
  const beyondWithoutHashes = difference(beyond, hashes.get('gateway'));
  const addedWithoutHashes = difference(added, difference(hashes.get('gateway-audit'), hashes.get('gateway')));
  const fromRounds = (name, against, measure, of = rounds) => roundRatio(of, name, against, measure);
  const fastifyCpu = fromRounds('gateway', 'fastify', 'cpu');
  return [
    row(`${kind}: instructions of a launch`, cellsOf(instructions, thousands)),
    row(`${kind}: … beyond pass-through`, [['gateway', written(beyond, thousands)]], atMost(beyond, own, thousands)),
    row(
      `${kind}: … and without SHA-256, for which processors have instructions`,
      [['gateway', written(beyondWithoutHashes, thousands)]],
      atMost(beyondWithoutHashes, own, thousands),
    ),
    row(
      `${kind}: … against nginx + Lua doing the same work`,
      [...instructions.keys()].map((name) => [name, written(instructionRatio(name, 'nginx-lua'), twoDecimals)]),
      atMost(instructionRatio('gateway', 'nginx-lua'), 0.8, twoDecimals),
    ),
    row(
      `${kind}: … against nginx + njs doing the same work`,
      [['gateway', written(instructionRatio('gateway', 'nginx-njs'), twoDecimals)]],
      atMost(instructionRatio('gateway', 'nginx-njs'), 0.8, twoDecimals),
    ),
    row(
      `${kind}: … that the durable audit adds`,
      [['gateway-audit', written(added, thousands)]],
      atMost(added, 12_000, thousands),
    ),
    row(
      `${kind}: … and without SHA-256, for which processors have instructions`,
      [['gateway-audit', written(addedWithoutHashes, thousands)]],
      atMost(addedWithoutHashes, 12_000, thousands),
    ),
    row(`${kind}: CPU time of a launch, µs`, cellsOfRounds(rounds, 'cpu', oneDecimal)),
    ratioRow("CPU time against the afternoon's nginx + Lua", AFTERNOON, 'cpu', (ratio) => atMost(ratio, plainCpu, twoDecimals)),
    ratioRow('… with the durable audit', AFTERNOON_WITH_AUDIT, 'cpu', (ratio) => atMost(ratio, 1.35, twoDecimals)),
    ratioRow('… of the two libraries alone', LIBRARIES, 'cpu', () => ({})),
    ratioRow('CPU time with the durable audit against without', AUDIT, 'cpu', (ratio) => atMost(ratio, 1.15, twoDecimals)),
    row(
      `${kind}: CPU time against fastify + undici`,
      [['gateway', fastifyCpu && shown(fastifyCpu, twoDecimals)]],
      atMost(fastifyCpu?.median, 0.5, twoDecimals),
    ),
    row(`${kind}: launches/s at 64 connections`, cellsOfRounds(rounds, 'perSecond', whole)),
    ratioRow('launches/s with the durable audit against without', AUDIT, 'perSecond', (ratio) => atLeast(ratio, 0.8, twoDecimals)),
    ratioAgainst(`${kind}: launches/s against fastify + undici`, rounds, 'fastify', 'perSecond', (ratio) => atLeast(ratio, 3, twoDecimals)),
    row(`${kind}: p50 / p99 at 64 connections, ms`, latencies(rounds)),
    ratioAgainst(`${kind}: p99 at 64 connections against nginx + Lua`, rounds, 'nginx-lua', 'p99', (ratio) => atMost(ratio, 1, twoDecimals)),
    row(`${kind}: p50 at one connection, ms`, cellsOfRounds(alone, 'p50', millis)),
    onePassThrough(),
    row(`${kind}: memory under 64 connections, MiB`, loaded(rounds), atMost(mostMemory(rounds), 40, oneDecimal)),
  ];

  /** nginx stands beside it from the rounds, as information: its own time there is another one's against pass-through. */
  function onePassThrough() {
    const made = ratioRow('p50 at one connection against pass-through', ALONE, 'p50', (ratio) => atMost(ratio, 1.15, twoDecimals));
    const nginx = roundRatio(alone, 'nginx-proxy', 'pass-through', 'p50');
    return nginx ? { ...made, cells: new Map([...made.cells, ['nginx-proxy', shown(nginx, twoDecimals)]]) } : made;
  }
}

function tlsRows({ measured, instructions = new Map(), reuse }) {
  const against = (name) => divided(instructions.get(name), instructions.get('pass-through'));
  const cpu = measured && [...measured.keys()].map((name) => [name, roundRatio(measured, name, 'pass-through', 'cpu')]);
  return [
    row('TLS to the upstream, drop-in: instructions of a launch', cellsOf(instructions, thousands)),
    row(
      '… against pass-through with TLS',
      [...instructions.keys()].map((name) => [name, written(against(name), twoDecimals)]),
      atMost(against('gateway'), 1.35, twoDecimals),
    ),
    row('… CPU time against pass-through with TLS', (cpu ?? []).map(([name, ratio]) => [name, ratio && shown(ratio, twoDecimals)])),
    row('… launches without a new connection', [['gateway', percent(reuse)]], atLeast(reuse, 0.999, percent)),
  ];
}

function memoryRows({ idle, starts, withStore }, connections) {
  const first = spread(starts?.get('gateway'))?.median;
  const inMib = (bytes) => written(divided(bytes, MIB), oneDecimal);
  return [
    row(
      'memory idle, MiB',
      [...(idle ?? [])].map(([name, bytes]) => [name, inMib(bytes)]),
      atMost(divided(idle?.get('gateway'), MIB), 24, oneDecimal),
    ),
    row(
      'memory idle with the durable audit and a store in SQLite, MiB',
      [['gateway-audit', inMib(withStore)]],
      atMost(divided(withStore, MIB), 20, oneDecimal),
    ),
    row(
      `memory with ${whole(connections?.open ?? 10_000)} idle connections, MiB`,
      [['gateway', inMib(connections?.memory)]],
      atMost(divided(connections?.memory, MIB), 250, oneDecimal),
    ),
    row(
      'start to first answer, ms',
      [...(starts ?? [])].map(([name, all]) => [name, whole(spread(all).median)]),
      atMost(first, 100, whole),
    ),
  ];
}

function growthRows({ kind, plain, connections, tenants, rates, bare, complete, maximal, luaBare, luaMaximal, bytes }) {
  const growth = (figure, number, hasLimit = true) => {
    const ratio = divided(number, plain);
    const target = hasLimit ? atMost(ratio, 1.1, twoDecimals) : {};
    return row(`${kind}: instructions, ${figure}`, [['gateway', written(ratio, twoDecimals)]], target);
  };
  const perByte = divided(difference(maximal, bare), bytes);
  const luaPerByte = divided(difference(luaMaximal, luaBare), bytes);
  return [
    growth('1,024 connections against 64', connections),
    growth('1,000 tenants and hosts against 1', tenants),
    growth('with rates against without', rates, false),
    row(`${kind}: instructions, existing, bare / complete / maximal profile`, [
      ['gateway', bare && [bare, complete, maximal].map(thousands).join(' / ')],
    ]),
    // A byte of a profile is read, checked and written in any language: the yardstick is what it costs in Lua.
    row(
      `${kind}: instructions for each byte more of the profile`,
      [['gateway', written(perByte, oneDecimal)], ['nginx-lua', written(luaPerByte, oneDecimal)]],
      perByte === undefined
        ? atMost(undefined, 1, (limit) => `${limit} × nginx + Lua`)
        : atMost(perByte / luaPerByte, 1, (limit) => `${limit} × nginx + Lua`),
    ),
  ];
}

/** One figure of each round of a contender. */
function values(rounds, name, measure) {
  return rounds?.get(name)?.map((one) => one[measure]);
}

/** The ratio of a figure to another contender's, round by round, so that what both suffered from falls out. */
function roundRatio(rounds, name, against, measure) {
  const [ours, theirs] = [values(rounds, name, measure), values(rounds, against, measure)];
  return ours && theirs && spread(ours.map((value, at) => value / theirs[at]));
}

function ratioAgainst(figure, rounds, against, measure, target) {
  const ratio = roundRatio(rounds, 'gateway', against, measure);
  return row(figure, ratio ? [['gateway', shown(ratio, twoDecimals)], [against, '1']] : [], target(ratio?.median));
}

function cellsOf(numbers, write) {
  return [...numbers].map(([name, number]) => [name, write(number)]);
}

function cellsOfRounds(rounds, measure, write) {
  return [...(rounds?.keys() ?? [])].map((name) => [name, shown(spread(values(rounds, name, measure)), write)]);
}

function latencies(rounds) {
  const both = (name) => ['p50', 'p99'].map((measure) => millis(spread(values(rounds, name, measure)).median));
  return [...(rounds?.keys() ?? [])].map((name) => [name, both(name).join(' / ')]);
}

function loaded(rounds) {
  return [...(rounds?.keys() ?? [])].map((name) => [name, oneDecimal(Math.max(...values(rounds, name, 'memory')) / MIB)]);
}

function mostMemory(rounds) {
  const all = values(rounds, 'gateway', 'memory');
  return all && Math.max(...all) / MIB;
}

const divided = (number, by) => (number === undefined || by === undefined ? undefined : number / by);
const difference = (number, less) => (number === undefined || less === undefined ? undefined : number - less);
const written = (number, write) => (number === undefined ? undefined : write(number));
const percent = (share) => (share === undefined ? undefined : `${(100 * share).toFixed(2)} %`);
