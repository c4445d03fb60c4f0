// The launch in nginx's njs: rules.js decides, nginx calls the upstream and writes the record.

import crypto from 'crypto';
import rules from 'rules.js';

const decoder = new TextDecoder('utf-8', { fatal: true });
const DROP_IN = rules.DROP_IN_PREFIX.length;
const NATIVE = rules.NATIVE_PREFIX.length;

const settings = {
  sha256: (key) => crypto.createHash('sha256').update(key).digest('hex'),
  hosts: { '{{keySha256}}': { id: 'ehr', tenant: 'clinic' } },
};
const embedHosts = { '{{embedHost}}': true };

function textOf(base64) {
  try {
    return decoder.decode(Buffer.from(base64, 'base64'));
  } catch (error) {
    return null;
  }
}

/** The request as rules.js wants it. nginx has joined what came several times, which is nobody's key and no base64. */
function requestOf(r) {
  const headers = r.headersIn;
  return {
    apiKey: headers['Api-Key'],
    authorization: headers['Authorization'],
    origin: headers['Origin'],
    managementKey: headers['X-Management-Key'],
    userHeader: headers['X-Integration-User'],
    intentHeader: headers['X-Integration-Intent'],
    query: r.variables.args,
  };
}

function requestId(r) {
  const sent = r.headersIn['X-Request-Id'];
  if (rules.isUuid(sent)) {
    return sent;
  }
  const hex = r.variables.request_id;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function answer(r, status, id, contentType, body) {
  const headers = r.headersOut;
  headers['Content-Type'] = contentType;
  headers['x-request-id'] = id;
  r.return(status, body);
}

function answerRefusal(r, id, endpoint, refusal) {
  if (refusal.code === undefined) {
    r.error(`${refusal}`);
  }
  const code = refusal.code || 'internal';
  const problem = rules.problem(code, refusal.errors || [], r.uri, id);
  const shown = rules.isEndpoint(endpoint) ? endpoint : '';
  r.variables.launch_record =
    `"request_id":"${id}","endpoint":"${shown}","code":"${code}","source":"${problem.source}"`;
  if (code === 'host_unauthenticated') {
    r.headersOut['WWW-Authenticate'] = 'Bearer';
  }
  answer(r, problem.status, id, 'application/json', problem.body);
}

async function launch(r, endpoint, method, read, write) {
  const id = requestId(r);
  try {
    if (!rules.isEndpoint(endpoint)) {
      rules.refuse('not_found');
    }
    const request = requestOf(r);
    const host = rules.authenticate(request, settings);
    if (r.method !== method) {
      rules.refuse('method_not_allowed');
    }
    const asked = read(r, request, endpoint);
    const plan = rules.decide(asked);
    r.variables.user_header = asked.clinician === null ? '' : rules.userHeader(asked.clinician);
    const started = Date.now();
    const reply = await r.subrequest(`/empego/${endpoint}`, { args: rules.writeQuery(asked.stated), method: 'GET' });
    const embed = rules.readUrl(reply.status, reply.responseText, embedHosts);
    r.variables.launch_record =
      `"request_id":"${id}","endpoint":"${endpoint}","host":"${host.id}","tenant":"${host.tenant}",` +
      `"intent":"${asked.intent}","identity":"${plan.identity}","code":"ok","attempts":1,` +
      `"upstream_ms":${Date.now() - started}`;
    write(r, id, asked, plan, embed);
  } catch (refusal) {
    answerRefusal(r, id, endpoint, refusal);
  }
}

function readDropIn(r, request, endpoint) {
  return rules.readDropIn(request, endpoint, textOf);
}

function writeDropIn(r, id, asked, plan, embed) {
  r.headersOut['Vary'] = 'Accept';
  if (plan.warnings.length > 0) {
    r.headersOut['x-gateway-warnings'] = plan.warnings.join(', ');
  }
  if (rules.takesJsonOnly(r.headersIn['Accept'])) {
    writeDocument(r, id, asked, plan, embed);
  } else {
    answer(r, 200, id, 'text/plain; charset=utf-8', embed.url);
  }
}

function readNative(r, request, endpoint) {
  if (!rules.isJson(r.headersIn['Content-Type'])) {
    rules.refuse('unsupported_media_type', rules.mediaTypeErrors());
  }
  request.body = r.requestText || '';
  return rules.readNative(request, endpoint);
}

function writeDocument(r, id, asked, plan, embed) {
  answer(r, 200, id, 'application/json', JSON.stringify(rules.document(asked, plan, embed, id)));
}

function dropIn(r) {
  return launch(r, r.uri.slice(DROP_IN), 'GET', readDropIn, writeDropIn);
}

function native(r) {
  return launch(r, r.uri.slice(NATIVE), 'POST', readNative, writeDocument);
}

export default { dropIn, native };
