// Rounds of load with wrk. They are interleaved, so that what the machine does beside them hits every contender alike.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './programs.mjs';
import { cpuMicros, rss } from './proc.mjs';
import { OTHER_CORE } from './scene.mjs';

/** Prints the outcome as one line of JSON. */
const WRK_DONE = `
function done(summary, latency)
  local errors = summary.errors
  print(string.format('{"requests":%d,"micros":%d,"failed":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`;

/** Puts load on an instance for so many seconds. Anything but 200 fails. */
export async function round(scene, instance, bytes, { connections, seconds }) {
  const { program, port } = instance;
  const { pids } = program;
  const script = join(scene.folder, 'wrk.lua');
  writeFileSync(script, `${wrkRequest(bytes)}${WRK_DONE}`);
  let memory = 0;
  // Once, and late: the memory is what it will be, and looking at it costs hardly anything.
  const look = setTimeout(() => {
    memory = rss(pids);
  }, 700 * seconds);
  const before = cpuMicros(pids);
  const wrk = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`];
  const output = await run('wrk', wrk, { core: OTHER_CORE });
  clearTimeout(look);
  const outcome = JSON.parse(/^\{.*\}$/m.exec(output)[0]);
  if (outcome.failed > 0 || outcome.requests === 0) {
    throw new Error(`${instance.name}: of ${outcome.requests} launches ${outcome.failed} failed under load`);
  }
  return {
    requests: outcome.requests,
    perSecond: (1_000_000 * outcome.requests) / outcome.micros,
    cpu: (cpuMicros(pids) - before) / outcome.requests,
    p50: outcome.p50,
    p99: outcome.p99,
    memory,
  };
}

/** The same request for wrk: it is formed once, so that wrk does next to nothing for each. */
function wrkRequest(bytes) {
  const [head, body] = bytes.toString().split('\r\n\r\n');
  const [[method, path], ...headers] = head.split('\r\n').map((line, at) => line.split(at === 0 ? ' ' : ': '));
  const lines = headers
    .filter(([name]) => name !== 'Content-Length')
    .map(([name, value]) => `wrk.headers[${quoted(name)}] = ${quoted(value)}\n`);
  return [
    `wrk.method = ${quoted(method)}\n`,
    `wrk.path = ${quoted(path)}\n`,
    ...lines,
    body === '' ? '' : `wrk.body = ${quoted(body)}\n`,
  ].join('');
}

/** A string as Lua writes it. */
function quoted(text) {
  return ` [==[${text}]==] `;
}

/** Every instance in turn, round after round; gives for each name its rounds in order. */
export async function interleaved(scene, instances, bytes, { rounds, ...options }) {
  const all = new Map(instances.map(({ name }) => [name, []]));
  for (let left = rounds; left > 0; left -= 1) {
    for (const instance of instances) {
      all.get(instance.name).push(await round(scene, instance, bytes, options));
      // Counted between the rounds, and taken away.
      instance.lines();
    }
  }
  return all;
}
