// What is measured beside the rounds that compare everybody.

import { setTimeout as pause } from 'node:timers/promises';

import { mistakes } from './checks.mjs';
import { Connection } from './client.mjs';
import { contender } from './contenders.mjs';
import { hashing } from './costs.mjs';
import { Instance } from './instance.mjs';
import { instructionsPerLaunch } from './instructions.mjs';
import { BARE, COMPLETE, MAXIMAL, launch, userHeader } from './launches.mjs';
import { rss } from './proc.mjs';
import { interleaved, round } from './rounds.mjs';

/** How long contenders take from their start to their first answer. */
export async function startTimes(scene, contenders, times, options) {
  const found = new Map(contenders.map(({ name }) => [name, []]));
  for (let left = times; left > 0; left -= 1) {
    for (const one of contenders) {
      const instance = await Instance.start(scene, one, options);
      found.get(one.name).push(instance.firstAnswerMs);
      await instance.stop();
    }
  }
  return found;
}

/**
 * The instructions per launch of each contender; two are counted at once, since that changes nothing about them. How many of them
 * compute SHA-256 is put into `hashes`, where that can be told.
 */
export async function instructionCounts(scene, meter, contenders, kind, { counts, options, say, hashes }) {
  const bytes = launch(kind, { key: scene.hostKey });
  const found = new Map();
  const waiting = contenders.filter(({ name }) => counts(name) !== undefined);
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const counted = { ...counts(one.name), options };
      const counter = meter();
      found.set(one.name, await instructionsPerLaunch(scene, counter, one, bytes, counted));
      if (counter.costs) {
        hashes?.set(one.name, hashing(counter.costs) / counted.count);
      }
      say(`  ${one.name}, ${kind}${options.tls ? ', TLS' : ''}: ${Math.round(found.get(one.name))}`);
    }
  };
  await Promise.all([work(), work()]);
  return found;
}

/** With TLS to the upstream: rounds of these contenders, the last of which is the gateway. */
export async function tlsRounds(scene, contenders, { rounds, seconds, binary }) {
  const bytes = launch('drop-in', { key: scene.hostKey });
  const instances = [];
  for (const one of contenders) {
    instances.push(await Instance.start(scene, one, { binary, tls: true }));
  }
  await interleaved(scene, instances, bytes, { rounds: 1, seconds, connections: 64 });
  const measured = await interleaved(scene, instances, bytes, { rounds, seconds, connections: 64 });
  const reuse = await reused(scene, instances.at(-1), bytes, 4 * seconds);
  await Promise.all(instances.map((instance) => instance.stop()));
  return { measured, reuse };
}

/** With TLS to the upstream: the instructions per launch, of contenders whose answers are right then. */
export async function tlsInstructions(scene, meter, contenders, { counts, binary, say }) {
  const options = { binary, tls: true };
  for (const one of contenders) {
    const instance = await Instance.start(scene, one, options);
    const found = await mistakes(scene, instance, ['drop-in']);
    await instance.stop();
    if (found.length > 0) {
      throw new Error(`with TLS: ${found.join('\n')}`);
    }
  }
  return instructionCounts(scene, meter, contenders, 'drop-in', { counts, options, say });
}

/** The share of launches that opened no connection to the upstream, once as many are open as are needed. */
export async function reused(scene, instance, bytes, seconds) {
  await round(scene, instance, bytes, { connections: 64, seconds: 1 });
  const before = await scene.accepted();
  const { requests } = await round(scene, instance, bytes, { connections: 64, seconds });
  return 1 - ((await scene.accepted()) - before) / requests;
}

/** The gateway's memory while so many connections are open that were used once. */
export async function idleConnections(scene, count, binary) {
  const instance = await Instance.start(scene, contender('gateway'), { binary });
  const bytes = launch('drop-in', { key: scene.hostKey });
  const connections = [];
  try {
    while (connections.length < count) {
      const some = Math.min(100, count - connections.length);
      const opened = await Promise.all(Array.from({ length: some }, () => Connection.open(instance.port)));
      connections.push(...opened);
      const answers = await Promise.all(opened.map((connection) => connection.send(bytes)));
      if (answers.some(({ status }) => status !== 200)) {
        throw new Error('a launch on a connection that was to idle failed');
      }
    }
    await pause(1000);
    const open = connections.filter((connection) => connection.isOpen).length;
    return { open, memory: rss(instance.program.pids) };
  } finally {
    connections.forEach((connection) => connection.close());
    await instance.stop();
  }
}

/** The gateway's memory with a durable audit trail and a store, once it has launched. */
export async function memoryWithStore(scene, binary) {
  const instance = await Instance.start(scene, contender('gateway-audit'), { binary, store: true });
  try {
    await pause(1000);
    return rss(instance.program.pids);
  } finally {
    await instance.stop();
  }
}

/**
 * How the gateway's instructions per launch grow: with connections and tenants, and unless it is to be quick with rates and the size
 * of a profile.
 */
export async function growth(scene, meter, kinds, { counts, binary, quick, say }) {
  const gateway = contender('gateway');
  const base = counts('gateway');
  const count = async (what, kind, { asked = {}, connections, options, of = gateway }) => {
    const bytes = launch(kind, { key: scene.hostKey, ...asked });
    const many = { ...base, connections, options: { binary, ...options } };
    const found = await instructionsPerLaunch(scene, meter(), of, bytes, many);
    say(`  ${what}, ${kind}: ${Math.round(found)}`);
    return found;
  };
  const found = [];
  for (const kind of kinds) {
    const [plain, connections, tenants] = await inPairs([
      () => count('64 connections, 1 tenant', kind, {}),
      () => count('1,024 connections', kind, { connections: 1024 }),
      () => count('1,000 tenants and hosts', kind, { options: { tenants: 1000 } }),
    ]);
    const few = { kind, plain, connections, tenants };
    if (quick) {
      found.push(few);
      continue;
    }
    const profile = (of, clinician, what) => () =>
      count(`${of.name}, ${what}`, kind, { of, asked: { clinician, intent: 'existing' } });
    const lua = contender('nginx-lua');
    const [rates, bare, complete, maximal, luaBare, luaMaximal] = await inPairs([
      () => count('rates for tenant, host and clinician', kind, { options: { rates: true } }),
      profile(gateway, BARE, 'bare userId'),
      profile(gateway, COMPLETE, 'complete profile'),
      profile(gateway, MAXIMAL, 'maximal profile'),
      profile(lua, BARE, 'bare userId'),
      profile(lua, MAXIMAL, 'maximal profile'),
    ]);
    const bytes = userHeader(MAXIMAL).length - userHeader(BARE).length;
    found.push({ ...few, rates, bare, complete, maximal, luaBare, luaMaximal, bytes });
  }
  return found;
}

/** Runs two at a time, and returns what each returns, in order. */
async function inPairs(works) {
  const results = [];
  const entries = [...works.entries()];
  const work = async () => {
    for (let next = entries.shift(); next !== undefined; next = entries.shift()) {
      results[next[0]] = await next[1]();
    }
  };
  await Promise.all([work(), work()]);
  return results;
}
