// The CPU time of the costliest requests that are still legal, beside that of a usual launch.
//
//   bench/worst [PATH_TO_THE_GATEWAYS_BINARY] [--times N]

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { cpuMicros } from '../compare.d/proc.mjs';
import { Program, temporaryFolder } from '../soak.d/children.mjs';
import { shippedBuild } from '../soak.d/shipped-build.mjs';
import { StandIn } from '../soak.d/stand-in.mjs';
import { ManyKeys } from './many-keys.mjs';
import { requests } from './requests.mjs';

const USAGE = 'usage: bench/worst [PATH_TO_THE_GATEWAYS_BINARY] [--times N]';
const BAD_USAGE = 64;
const API_KEY = 'api-key-of-the-worst';
const AUDIENCE = 'worst';

/** What is wanted of each of them. */
const WANTED_MICROS = 3000;

/** Enough to have every connection open and every key read. */
const WARM_UP = 20;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const { binary, times } = readArguments(process.argv.slice(2));
await measure(binary ?? shippedBuild(root) ?? fail('the binary could not be built'));
process.exit();

async function measure(program) {
  const key = `egw_${randomBytes(32).toString('base64url')}`;
  const issuer = await ManyKeys.start();
  const standIn = await StandIn.start(program, API_KEY);
  const { gateway, port } = await serve(program, { key, issuer, standIn });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const found = [];
  for (const { name, ...asked } of requests({ key, issuer, audience: AUDIENCE })) {
    await ask(agent, port, asked, WARM_UP);
    const before = cpuMicros([gateway.pid]);
    await ask(agent, port, asked, times);
    found.push({ name, micros: (cpuMicros([gateway.pid]) - before) / times });
  }
  report(found);
  agent.destroy();
  await gateway.stop();
  await standIn.stop();
}

/** One after the other, on one connection. */
async function ask(agent, port, asked, howOften) {
  for (let left = howOften; left > 0; left -= 1) {
    const { status, text } = await answer(agent, port, asked);
    if (status !== 200) {
      fail(`${asked.path.split('?')[0]} was answered with ${status}: ${text}`);
    }
  }
}

function answer(agent, port, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const request = send({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function serve(program, { key, issuer, standIn }) {
  const folder = temporaryFolder();
  const file = join(folder, 'gateway.toml');
  writeFileSync(join(folder, 'api-key'), API_KEY, { mode: 0o600 });
  writeFileSync(
    file,
    `
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
workers = 1
[log]
format = "json"
[empego]
base_url = "${standIn.baseUrl}"
embed_hosts = ["${standIn.host}"]
[[tenant]]
id = "t"
api_key_file = "api-key"
policy = "documented"
endpoints = ["*"]
[[host]]
id = "keys"
tenant = "t"
identity = "asserted"
key_sha256 = "${createHash('sha256').update(key).digest('hex')}"
[[host]]
id = "tokens"
tenant = "t"
identity = "token"
[host.jwt]
issuer = "${issuer.origin}"
audience = "${AUDIENCE}"
[host.jwt.claims]
first_name = "given_name"
last_name = "family_name"
email = "email"
`,
  );
  let tell;
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  const gateway = new Program(program, ['serve', '--config', file], (line) => {
    const entry = line.includes('"listening"') ? JSON.parse(line) : {};
    if (entry.message === 'listening') {
      tell(Number(entry.address.split(':').at(-1)));
    }
  });
  return { gateway, port: await gateway.beforeItEnds(told) };
}

function report(found) {
  const [usual] = found;
  say(`CPU time of the gateway's process, in the kernel too, over ${times} requests each`);
  say(`Wanted: under ${WANTED_MICROS} µs`);
  say('');
  say('| request | µs | times a usual launch |');
  say('| --- | --- | --- |');
  for (const { name, micros } of found) {
    say(`| ${name} | ${Math.round(micros)} | ${(micros / usual.micros).toFixed(1)} |`);
  }
}

function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { times: { type: 'string', default: '500' } },
    });
    const [path, ...more] = positionals;
    const howOften = Number(values.times);
    const fits = Number.isSafeInteger(howOften) && howOften > 0 && more.length === 0;
    if (fits && (path === undefined || existsSync(path))) {
      return { binary: path, times: howOften };
    }
  } catch {
    // An option that nobody knows.
  }
  return fail(USAGE, BAD_USAGE);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function fail(text, code = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}
