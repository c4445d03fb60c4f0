// Everything that takes part in a soak.

import { Program, temporaryFolder } from './children.mjs';
import { Client } from './client.mjs';
import { API_KEY, Configuration } from './configuration.mjs';
import { Crowd, OPEN_FILES } from './crowd.mjs';
import { Gauges } from './gauges.mjs';
import { Heads } from './heads.mjs';
import { Issuer } from './issuer.mjs';
import { Ledger } from './ledger.mjs';
import { Random } from './random.mjs';
import { StandIn } from './stand-in.mjs';
import { until } from './time.mjs';
import { Troubles } from './troubles.mjs';

/** So slow that callers can leave in mid-launch, and that a burst finds no place. */
const SLOW_MS = 80;

/** As the metrics tell the state of a breaker. */
const OPEN = 2;

const WAIT = { everyMs: 100, atMostMs: 10_000 };

/** Starts the stand-ins, the issuer and the gateway. Of `tools` are the stand-ins, which a program as it is shipped has not. */
export async function setUp(binary, { tools, seed, withLoiterers }) {
  const issuer = await Issuer.start();
  const standIns = {
    well: await StandIn.start(tools, API_KEY),
    slow: await StandIn.start(tools, API_KEY, { always: { delayMs: SLOW_MS } }),
    shaky: await StandIn.start(tools, API_KEY),
  };
  const configuration = new Configuration(temporaryFolder(), standIns, issuer);

  const isBreakerOpen = async (tenant) =>
    (await gauges.figures()).value('empego_gateway_breaker_state', { tenant }) === OPEN;
  const troubles = new Troubles(Random.stream(seed, 'troubles'), standIns, isBreakerOpen);
  const ledger = new Ledger((outcome) => troubles.explains(outcome));

  const { gateway, address, adminAddress } = await serve(
    withLoiterers ? withFewFiles(binary) : [binary],
    configuration.file,
    (line) => ledger.read(line),
  );
  const gauges = new Gauges(adminAddress, gateway.pid);
  // The gateway reads its file once more after it began to listen: a change before that would be the same as none.
  await until(async () => (await appliedReloads(gauges)) > 0, WAIT);
  const reloadsBefore = (await gauges.figures()).by('outcome', 'empego_gateway_reloads_total');

  const port = Number(address.split(':').at(-1));
  const ignored = { kind: 'a loiterer', outcomes: ['ok', 'not_found'] };
  const onAsked = (id) => ledger.ended({ id, ...ignored }, { gone: true }, Date.now());
  const heads = new Heads(port, Random.stream(seed, 'heads'), { onAsked, withLoiterers });
  const crowd = withLoiterers ? new Crowd(port, Random.stream(seed, 'crowd'), onAsked) : undefined;
  const client = new Client(port, (host) => configuration.keyOf(host), issuer);
  return { standIns, configuration, troubles, ledger, gateway, gauges, reloadsBefore, heads, crowd, client };
}

/** Stops all programs. The gateway's exit code comes back. */
export async function tearDown({ gateway, standIns }) {
  const exitCode = await gateway.stop();
  await Promise.all(Object.values(standIns).map((standIn) => standIn.stop()));
  return exitCode;
}

/** The program as it runs where hardly any files may be open, not even when it asks for more. */
function withFewFiles(binary) {
  return ['/bin/sh', '-c', `ulimit -n ${OPEN_FILES} && exec "$0" "$@"`, binary];
}

async function serve([program, ...before], file, onLine) {
  let tell;
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  const gateway = new Program(program, [...before, 'serve', '--config', file], (line) => {
    const entry = line.includes('"listening"') ? JSON.parse(line) : {};
    if (entry.message === 'listening') {
      tell({ address: entry.address, adminAddress: entry.admin_address });
    } else {
      onLine(line);
    }
  });
  return { gateway, ...(await gateway.beforeItEnds(told)) };
}

async function appliedReloads(gauges) {
  return (await gauges.figures()).value('empego_gateway_reloads_total', { outcome: 'applied' });
}
