// A real Prometheus that scrapes the gateway: what it finds there, and what alerts and dashboard make of it.
//
//   node prometheus.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { dataSourcesOf, listsOf, panelsOf, queriesOf } from './dashboard.mjs';
import { API_PATH, ENDPOINTS } from './empego.mjs';
import { metricsOf, samplesOf, seriesOf } from './exposition.mjs';
import { EVENTS_HOST, MonitoredGateway, TENANTS, TOKEN_HOST, WEBHOOK } from './monitored-gateway.mjs';
import { eventually } from './polling.mjs';
import { Prometheus, promtool } from './prometheus-server.mjs';
import { labelValues, metricNames } from './promql.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

const GOOD_LAUNCHES = 5;
const MOST_FAILURES = 40;
const HOSTILE_ROUNDS = 40;
const SCRAPE_INTERVAL = '500ms';

const [ALERTS, ALERT_TESTS, CONFIG, DASHBOARD, OPENAPI, ERRORS, METRICS, RUNBOOKS, JUNCTION] = [
  'deploy/alerts.yml',
  'deploy/alerts.test.yml',
  'deploy/prometheus.yml',
  'deploy/grafana-dashboard.json',
  'openapi.yaml',
  'docs/reference/errors.md',
  'docs/reference/metrics.md',
  'docs/operate/alerts.md',
  'docs/operate/junction.md',
].map((path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)));

const dashboard = JSON.parse(await readFile(DASHBOARD, 'utf8'));

/** Why tokens are refused. */
const TOKEN_REFUSALS = Array.from(
  (await readFile(ERRORS, 'utf8')).matchAll(/^\| `(token_[a-z_]+)` \| `host_unauthenticated` \|/gm),
  ([, reason]) => reason,
);

/** Why connections are ended without an attempt. */
const CUT_OFFS = ['head_malformed', 'head_too_large', 'head_too_slow', 'heads_too_many', 'response_too_slow', 'proxy_header', 'handshake_failed', 'handshake_too_slow'];

/** The calls that the page on Junction lists. */
const JUNCTION_CALLS = Array.from(
  (await readFile(JUNCTION, 'utf8')).matchAll(/^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| (?:management|team) \|/gm),
  ([, names]) => names.split(', ').map((name) => name.replaceAll('`', '')),
).flat();

/** Every value that a label may have: the program's words and the configured ids. */
const WORDS = {
  api: ['embeddable', 'management', 'team'],
  call: ['embeddable', ...JUNCTION_CALLS],
  cause: [
    ...['write', 'sync', 'removed', 'shortened', 'foreign', 'space', 'connection'],
    ...['queue_full', 'failed', 'late'],
  ],
  code: ['ok', 'explained', 'client_gone', ...(await errorCodes())],
  endpoint: [
    'none',
    ...ENDPOINTS.map(({ path }) => path),
    ...['junction/launch', 'junction/fast-launch', 'junction/session-continuation'],
    WEBHOOK,
  ],
  host: [TOKEN_HOST, EVENTS_HOST],
  kind: [
    ...['genesis', 'attempt', 'strangers', 'checkpoint', 'correction', 'recovered', 'read', 'pruned', 'stop'],
    ...['order', 'visit', 'result_critical', 'other', 'order_status', 'visit_status'],
  ],
  outcome: [
    ...['ok', 'explained', 'refused', 'failed', 'cut_short', 'client_gone', 'applied', 'delivered'],
    ...['passed', 'denied', 'seen', 'never_seen', 'unavailable', 'dead'],
  ],
  reason: ['overloaded', 'circuit_open', 'rate_limited', ...TOKEN_REFUSALS, ...CUT_OFFS],
  task: [
    'forward', 'keys', 'known_users', 'order_deliveries', 'order_reading', 'order_reconciling', 'order_upkeep', 'reload', 'retention',
    'shared_limits', 'shared_orders', 'sweep', 'watch', 'watchdog',
  ],
  tenant: ['none', ...TENANTS],
  upstream: ['empego', 'junction'],
  value: ['other'],
};
const PATTERNS = { fingerprint: /^[0-9a-f]{12}$/, forwarder: /^http:\/\/127\.0\.0\.1:\d+\/fhir$/, le: /^(\d+\.\d+|\+Inf)$/, version: /^\d+\.\d+\.\d+$/ };

/** Metrics that Prometheus makes itself. */
const PROMETHEUS_OWN = ['up'];

const binary = process.argv[2] ?? process.env.GATEWAY_BINARY;
assert.ok(binary, "name the gateway's binary, as the argument or in GATEWAY_BINARY");

describe('what the operator is given', () => {
  it('is a configuration that Prometheus takes', () => promtool('check', 'config', CONFIG));

  it('is alerting rules that Prometheus takes', () => promtool('check', 'rules', ALERTS));

  it('is alerts that fire when they should and not otherwise', () => promtool('test', 'rules', ALERT_TESTS));

  it('is a dashboard that can be imported anywhere', () => {
    const { uid, title, id, templating } = dashboard;
    assert.ok(uid && title && id === null);
    const [choice] = templating.list;
    assert.deepEqual([choice.type, choice.query], ['datasource', 'prometheus']);
    const chosen = { type: 'prometheus', uid: `\${${choice.name}}` };
    assert.deepEqual(dataSourcesOf(dashboard).filter((source) => !isDeepStrictEqual(source, chosen)), []);
    assert.ok(queriesOf(dashboard).length > 0);
  });

  it('is a dashboard whose panels are told apart, explained and measured in something', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { title, description, type, fieldConfig } of panelsOf(dashboard)) {
      assert.ok(title && description, title);
      assert.ok(fieldConfig.defaults.unit || type === 'state-timeline', title);
    }
    assertNothingOverlaps(dashboard.panels);
  });
});

describe('a Prometheus that scrapes the gateway', () => {
  let folder;
  let gateway;
  let prometheus;
  let launched;
  before(async () => {
    folder = await temporaryFolder();
    gateway = await MonitoredGateway.start(binary, folder.path);
    prometheus = await Prometheus.start(folder.path, await configFor(gateway.adminAddress));
    launched = await playEverythingOnce(gateway);
    await eventually('what is counted of events', async () => {
      assert.ok((await gateway.metrics()).includes('empego_gateway_events_pending{'));
    });
  });
  after(async () => {
    await Promise.allSettled([prometheus?.stop(), gateway?.stop()]);
    folder?.remove();
  });

  it('finds it up, and nothing to complain about', () =>
    eventually('the first scrape', async () => {
      const [target, ...others] = await prometheus.targets();
      assert.deepEqual(others, []);
      assert.equal(target.health, 'up', target.lastError);
      assert.equal(target.lastError, '');
      assert.equal(await prometheus.number('up'), 1);
    }));

  it('counts every launch by what became of it', () =>
    eventually('all launches', async () => {
      for (const [code, count] of Object.entries(launched)) {
        const sum = `sum(empego_gateway_launches_total{endpoint="statistics", code="${code}"})`;
        assert.equal(await prometheus.number(sum), count, code);
      }
      const repeated = 'empego_gateway_upstream_retries_total{tenant="clinic"}';
      assert.equal(await prometheus.number(repeated), 1);
    }));

  it('takes every alert, and each asks for metrics and words that there are', async () => {
    const text = await gateway.metrics();
    const rules = await eventually('the first evaluation', async () => {
      const evaluated = await prometheus.alertingRules();
      assert.ok(evaluated.length > 0);
      assert.deepEqual(evaluated.filter(({ health }) => health !== 'ok').map(({ lastError }) => lastError), []);
      return evaluated;
    });
    for (const { name, query } of rules) {
      await prometheus.query(query);
      assertKnown(name, query, text);
    }
  });

  it('takes every query of the dashboard, and has an answer to each', async () => {
    for (const { name, expression } of queriesOf(dashboard)) {
      assertKnown(name, expression, await gateway.metrics());
      await eventually(`an answer to ${name}`, async () => {
        assert.notDeepEqual(await prometheus.query(expression), [], expression);
      });
    }
  });

  it("knows the values of the dashboard's variables", async () => {
    for (const { name, label, expression } of listsOf(dashboard)) {
      const values = (await prometheus.query(expression)).map(({ labels }) => labels[label]);
      assert.ok(values.length > 0 && values.every(Boolean), name);
      if (label === 'tenant') {
        assert.deepEqual(values.toSorted(), TENANTS.toSorted());
      }
    }
  });

  it('is about to alert while a breaker is open, and not any more when it has closed', async () => {
    const pending = async () => {
      const alerts = await prometheus.alerts();
      return alerts.filter(({ labels }) => labels.alertname === 'EmpegoGatewayBreakerOpen').map(({ labels }) => labels.tenant);
    };
    await gateway.fault({ status: 500 });
    await eventually('the alert', async () => {
      await gateway.launch('clinic');
      assert.deepEqual(await pending(), ['clinic']);
    });
    assert.match(await gateway.readiness(), /^ready\ntenant clinic: /);

    await gateway.noFault();
    await eventually('a launch that goes well', async () => {
      assert.equal((await gateway.launch('clinic')).code, 'ok');
    });
    await eventually('the end of the alert', async () => assert.deepEqual(await pending(), []));
  });

  it('is answered while a hung upstream has the only place of a tenant', async () => {
    const caller = new AbortController();
    const hung = gateway.launch('hanging', 'statistics', { signal: caller.signal });
    const ended = assert.rejects(hung, { name: 'AbortError' });
    await eventually('the place taken', async () => {
      const full = 'empego_gateway_tenant_in_flight / empego_gateway_tenant_max_in_flight == 1';
      const taken = (await prometheus.query(full)).map(({ labels }) => labels.tenant);
      assert.deepEqual(taken, ['hanging']);
    });
    assert.equal((await gateway.launch('hanging')).code, 'overloaded');
    assert.equal((await gateway.launch('clinic')).code, 'ok');
    assert.ok((await gateway.metrics()).includes('empego_gateway_tenant_in_flight{tenant="hanging"} 1'));
    assert.equal(await prometheus.number('min_over_time(up[1m])'), 1);

    caller.abort();
    await ended;
    await eventually('the caller gone, and the place still taken', async () => {
      assert.equal(await prometheus.number('empego_gateway_launches_total{code="client_gone"}'), 1);
      assert.equal(await prometheus.number('empego_gateway_in_flight'), 1);
    });
    gateway.endHungCalls();
    await eventually('the place free', async () => {
      assert.equal(await prometheus.number('empego_gateway_in_flight'), 0);
    });
  });

  it('finds no series more, and no word of theirs, whatever strangers and callers make up', async () => {
    await playHostile(gateway);
    const earlier = seriesOf(samplesOf(await gateway.metrics()));

    for (let round = 0; round < HOSTILE_ROUNDS; round += 1) {
      await playHostile(gateway);
    }

    const text = await gateway.metrics();
    assert.deepEqual(seriesOf(samplesOf(text)), earlier);
    assert.ok(!text.toLowerCase().includes(CANARY));
    for (const { name, labels } of samplesOf(text)) {
      for (const [label, value] of Object.entries(labels)) {
        const isOurs = WORDS[label]?.includes(value) ?? PATTERNS[label]?.test(value);
        assert.ok(isOurs, `${name} has ${label}="${value}"`);
      }
    }
  });

  it('has fired no alert about all this', async () => {
    const firing = await prometheus.query('max_over_time(ALERTS{alertstate="firing"}[1h])');
    assert.deepEqual(firing.map(({ labels }) => labels.alertname), []);
  });

  it("finds the metrics that the reference lists, and no others", async () => {
    const listed = Array.from((await readFile(METRICS, 'utf8')).matchAll(/^\| `((?:empego_gateway|process)_\w+)` \|/gm), ([, name]) => name);
    assert.deepEqual(listed.toSorted(), metricsOf(await gateway.metrics()));
  });

  it("has alerts that are tested both ways, and a runbook for each and for no other", async () => {
    const rules = await prometheus.alertingRules();
    const tests = await readFile(ALERT_TESTS, 'utf8');
    for (const { name, annotations, labels } of rules) {
      assert.equal(annotations.runbook, `docs/operate/alerts.md#${name.toLowerCase()}`);
      assert.ok(annotations.summary && annotations.description, name);
      assert.ok(['critical', 'warning'].includes(labels.severity), name);
      const [, ...cases] = tests.split(`alertname: ${name}\n`);
      const quiet = cases.filter((text) => text.trimStart().startsWith('exp_alerts: []'));
      assert.ok(quiet.length > 0 && quiet.length < cases.length, `${name} is not tested both ways`);
    }
    const sections = Array.from((await readFile(RUNBOOKS, 'utf8')).matchAll(/^#+ (EmpegoGateway\w+)$/gm), ([, name]) => name);
    assert.deepEqual(sections, rules.map(({ name }) => name));
  });
});

/** The example configuration, for this gateway, with the example's alerts and no time to lose. */
async function configFor(target) {
  const replacements = [
    ['127.0.0.1:9090', target],
    ['- alerts.yml', `- ${ALERTS}`],
    ['scrape_interval: 15s', `scrape_interval: ${SCRAPE_INTERVAL}`],
    ['evaluation_interval: 15s', `evaluation_interval: ${SCRAPE_INTERVAL}`],
  ];
  return replacements.reduce((text, [example, ours]) => {
    assert.equal(text.split(example).length, 2, `${CONFIG} has "${example}" once`);
    return text.replace(example, ours);
  }, await readFile(CONFIG, 'utf8'));
}

/** Launches that go well, that are refused, that are repeated, and that fail until they are paused: how many, by code. */
async function playEverythingOnce(gateway) {
  const launched = {};
  const launch = async (expected, ...launching) => {
    const { code } = await gateway.launch(...launching);
    assert.equal(code, expected);
    launched[code] = (launched[code] ?? 0) + 1;
  };
  for (let launches = 0; launches < GOOD_LAUNCHES; launches += 1) {
    await launch('ok', 'clinic');
    assert.equal((await gateway.launchJunction()).code, 'ok');
  }
  await launch('host_unauthenticated', 'clinic', 'statistics', { headers: { 'Api-Key': 'egw_unknown' } });
  await launch('header_not_base64', 'clinic', 'statistics', { headers: { 'x-integration-user': '{' } });
  await gateway.fault({ count: 1, status: 401 });
  await launch('upstream_authentication_failed', 'clinic');
  await gateway.fault({ count: 1, status: 503, headers: { 'Retry-After': '0' } });
  await launch('ok', 'clinic');
  assert.equal((await gateway.request('/elsewhere')).code, 'not_found');

  await gateway.fault({ status: 500 });
  for (let failures = 0; ; failures += 1) {
    assert.ok(failures < MOST_FAILURES, 'the breaker opens');
    const { code } = await gateway.launch('clinic');
    launched[code] = (launched[code] ?? 0) + 1;
    if (code !== 'upstream_error') {
      assert.equal(code, 'upstream_circuit_open');
      return launched;
    }
  }
}

const CANARY = 'canary';

/** Everything that a caller can make up, made up anew, each in a request of its own. */
async function playHostile(gateway) {
  const word = () => `${CANARY}-${randomBytes(6).toString('hex')}`;
  const endpoint = `${API_PATH}/embeddable/statistics`;
  const requests = [
    gateway.request(`/${word()}/${word()}`),
    gateway.request(`${API_PATH}/embeddable/${word()}`),
    gateway.request(`/v1/embeddable/statistics/${word()}`, { method: 'POST' }),
    gateway.request(endpoint, { method: word().toUpperCase() }),
    gateway.request(`/${word()}`, { method: word().toUpperCase() }),
    gateway.request(`${endpoint}?${word()}=${word()}`),
    gateway.request(endpoint, { headers: { 'Api-Key': `egw_${word()}`, 'X-Tenant-Key': word() } }),
    gateway.request(endpoint, { headers: { Authorization: `Bearer ${word()}.${word()}.${word()}` } }),
    gateway.request(endpoint, { headers: { 'X-Request-Id': randomUUID(), 'User-Agent': word() } }),
    gateway.request(endpoint, { method: 'OPTIONS', headers: { Origin: `https://${word()}.example`, 'Access-Control-Request-Method': 'POST' } }),
    gateway.launch('clinic', 'statistics', { headers: { 'X-Tenant-Key': word() } }),
    gateway.launch('clinic', 'statistics', { headers: { 'X-Request-Id': word(), 'x-integration-intent': word() } }),
    gateway.launch('clinic', 'statistics', { headers: { 'x-integration-user': word() } }),
    gateway.launch('clinic', 'statistics', { headers: { Origin: `https://${word()}.example` } }),
    gateway.launch('clinic', 'statistics', { headers: { 'x-request-timeout-ms': word() } }),
    gateway.launch('clinic', `statistics?${word()}=${word()}`),
    gateway.launch('clinic', `statistics?locale=${word()}`),
  ];
  for (const { code } of await Promise.all(requests)) {
    assert.notEqual(code, 'ok');
  }
}

function assertKnown(name, expression, text) {
  const known = new Set([...samplesOf(text).map((sample) => sample.name), ...PROMETHEUS_OWN]);
  const asked = metricNames(expression);
  assert.ok(asked.length > 0, name);
  assert.deepEqual(asked.filter((metric) => !known.has(metric)), [], `metrics of ${name} that there are not`);
  for (const { label, pattern } of labelValues(expression)) {
    const words = WORDS[label];
    assert.ok(!words || words.some((word) => new RegExp(`^(?:${pattern})$`).test(word)), `${name}: no ${label} is ${pattern}`);
  }
}

function assertNothingOverlaps(panels) {
  const places = new Map();
  for (const { title, gridPos } of panels) {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(!places.has(`${x},${y}`), `${title} lies over ${places.get(`${x},${y}`)}`);
        places.set(`${x},${y}`, title);
      }
    }
  }
}

async function errorCodes() {
  const contract = await readFile(OPENAPI, 'utf8');
  const [, list] = /\n {4}ErrorCode:\n[^]*?\n {6}enum:\n((?: {8}- \w+\n)+)/.exec(contract);
  return list.trim().split(/\s*- /).filter(Boolean);
}
