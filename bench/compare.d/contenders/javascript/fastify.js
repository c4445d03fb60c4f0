// The launch in fastify with undici: rules.js decides. Settings come in the environment.

import { isUtf8 } from 'node:buffer';
import crypto from 'node:crypto';

import Fastify from 'fastify';
import pino from 'pino';
import { Pool, errors as undiciErrors } from 'undici';

import rules from './rules.js';

const { API_KEY, EMBED_HOST, KEY_SHA256, LOG, PORT, UPSTREAM } = process.env;
const BASE = '/empego-integrations/R4/embeddable/';

const settings = {
  sha256: (key) => crypto.hash('sha256', key, 'hex'),
  hosts: { [KEY_SHA256]: { id: 'ehr', tenant: 'clinic' } },
};
const embedHosts = { [EMBED_HOST]: true };

// One line for a launch, by a logger of its own: fastify's makes a child logger for every request.
const destination = pino.destination({ dest: LOG, minLength: 4096, sync: false });
const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
setInterval(() => destination.flush(), 1000).unref();

const pool = new Pool(UPSTREAM, {
  connections: 128,
  pipelining: 1,
  connect: { timeout: 2000 },
  headersTimeout: 10_000,
  bodyTimeout: 10_000,
  keepAliveTimeout: 15_000,
});

const app = Fastify({
  logger: false,
  bodyLimit: 16_384,
  keepAliveTimeout: 75_000,
  exposeHeadRoutes: false,
  // The query is read by the rules of a launch, which fastify's reader does not know.
  querystringParser: (text) => text,
  genReqId: (request) => {
    const sent = request.headers['x-request-id'];
    return rules.isUuid(sent) ? sent : crypto.randomUUID();
  },
});

app.decorateRequest('asked', null);
app.decorateRequest('caller', null);

/** Nothing of a body is read before the caller is known. */
app.addHook('onRequest', async (request) => {
  const endpoint = request.params['*'];
  if (endpoint === undefined || !rules.isEndpoint(endpoint)) {
    rules.refuse('not_found');
  }
  const { headers } = request;
  request.asked = {
    apiKey: headers['api-key'],
    authorization: headers.authorization,
    origin: headers.origin,
    managementKey: headers['x-management-key'],
    userHeader: headers['x-integration-user'],
    intentHeader: headers['x-integration-intent'],
    query: typeof request.query === 'string' ? request.query : '',
  };
  request.caller = rules.authenticate(request.asked, settings);
});

app.get(`${rules.DROP_IN_PREFIX}*`, async (request, reply) => {
  const launch = rules.readDropIn(request.asked, request.params['*'], textOf);
  const { plan, embed } = await mint(request, launch);
  reply.header('Vary', 'Accept');
  if (plan.warnings.length > 0) {
    reply.header('x-gateway-warnings', plan.warnings.join(', '));
  }
  addHeaders(request, reply);
  if (rules.takesJsonOnly(request.headers.accept)) {
    return rules.document(launch, plan, embed, request.id);
  }
  reply.type('text/plain; charset=utf-8');
  return embed.url;
});

const TEXT = { type: 'string' };
const DOCUMENT = {
  type: 'object',
  properties: {
    url: TEXT,
    origin: TEXT,
    identity: TEXT,
    audience: TEXT,
    warnings: { type: 'array', items: TEXT },
    requestId: TEXT,
    frame: { type: 'object', properties: { referrerPolicy: TEXT } },
  },
};

app.post(`${rules.NATIVE_PREFIX}*`, { schema: { response: { 200: DOCUMENT } } }, async (request, reply) => {
  if (!rules.isJson(request.headers['content-type'])) {
    rules.refuse('unsupported_media_type', rules.mediaTypeErrors());
  }
  request.asked.body = request.body;
  const launch = rules.readNative(request.asked, request.params['*']);
  const { plan, embed } = await mint(request, launch);
  addHeaders(request, reply);
  return rules.document(launch, plan, embed, request.id);
});

app.setNotFoundHandler(() => rules.refuse('not_found'));

app.setErrorHandler((refusal, request, reply) => {
  // The rules throw no errors, but what is to be answered.
  const isOurs = !(refusal instanceof Error);
  const code = isOurs ? refusal.code : (CODES[refusal.code] ?? 'internal');
  const errors = isOurs ? refusal.errors : (ERRORS[code] ?? []);
  const problem = rules.problem(code, errors, path(request), request.id);
  log.info({ request_id: request.id, code: problem.code, source: problem.source, status: problem.status }, 'attempt');
  addHeaders(request, reply);
  if (problem.code === 'host_unauthenticated') {
    reply.header('WWW-Authenticate', 'Bearer');
  }
  return reply.code(problem.status).type('application/json').send(problem.body);
});

/** fastify's own errors that are the caller's. */
const CODES = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_request',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
};

/** What stands in the errors of those. */
const ERRORS = {
  invalid_request: [{ field: '', code: 'not_json', message: 'Not valid JSON' }],
  unsupported_media_type: rules.mediaTypeErrors(),
};

async function mint(request, launch) {
  const plan = rules.decide(launch);
  const headers = { 'Api-Key': API_KEY };
  if (launch.clinician !== null) {
    headers['x-integration-user'] = rules.userHeader(launch.clinician);
  }
  const started = performance.now();
  const { status, body } = await call(`${BASE}${launch.endpoint}?${rules.writeQuery(launch.stated)}`, headers);
  const embed = rules.readUrl(status, body, embedHosts);
  const now = performance.now();
  log.info(
    {
      request_id: request.id,
      endpoint: launch.endpoint,
      host: request.caller.id,
      tenant: request.caller.tenant,
      intent: launch.intent,
      identity: plan.identity,
      status: 200,
      code: 'ok',
      attempts: 1,
      upstream_ms: now - started,
    },
    'attempt',
  );
  return { plan, embed };
}

async function call(path, headers) {
  try {
    const { statusCode, body } = await pool.request({ path, method: 'GET', headers });
    return { status: statusCode, body: await body.text() };
  } catch (error) {
    const isLate =
      error instanceof undiciErrors.HeadersTimeoutError || error instanceof undiciErrors.BodyTimeoutError;
    return rules.refuse(isLate ? 'upstream_timeout' : 'upstream_unreachable');
  }
}

function textOf(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString() : null;
}

function addHeaders(request, reply) {
  reply.header('Cache-Control', 'no-store');
  reply.header('Referrer-Policy', 'no-referrer');
  reply.header('X-Content-Type-Options', 'nosniff');
  reply.header('x-request-id', request.id);
}

function path(request) {
  const end = request.url.indexOf('?');
  return end < 0 ? request.url : request.url.slice(0, end);
}

process.once('SIGTERM', async () => {
  await app.close();
  await pool.close();
  destination.flushSync();
  process.exit(0);
});

await app.listen({ port: Number(PORT), host: '127.0.0.1', backlog: 4096 });
