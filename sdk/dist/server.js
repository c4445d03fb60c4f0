// src/server/contract.ts
var OPERATIONS = {
  launchConsultationView: "POST /v1/embeddable/consultation/view",
  launchConsultationDashboard: "POST /v1/embeddable/consultation/dashboard",
  launchConsultationSpecific: "POST /v1/embeddable/consultation/specific",
  launchConsultationAnswer: "POST /v1/embeddable/consultation/answer",
  launchFollowupView: "POST /v1/embeddable/followup/view",
  launchFollowupDashboard: "POST /v1/embeddable/followup/dashboard",
  launchFollowupSpecific: "POST /v1/embeddable/followup/specific",
  launchFollowupPlan: "POST /v1/embeddable/followup/plan",
  launchAdministrationFranchiseManagement: "POST /v1/embeddable/administration/franchise-management",
  launchAdministrationFranchiseOnboarding: "POST /v1/embeddable/administration/franchise-onboarding",
  launchAdministrationFranchiseOffboarding: "POST /v1/embeddable/administration/franchise-offboarding",
  launchStatistics: "POST /v1/embeddable/statistics",
  explainConsultationView: "POST /v1/explain/consultation/view",
  explainConsultationDashboard: "POST /v1/explain/consultation/dashboard",
  explainConsultationSpecific: "POST /v1/explain/consultation/specific",
  explainConsultationAnswer: "POST /v1/explain/consultation/answer",
  explainFollowupView: "POST /v1/explain/followup/view",
  explainFollowupDashboard: "POST /v1/explain/followup/dashboard",
  explainFollowupSpecific: "POST /v1/explain/followup/specific",
  explainFollowupPlan: "POST /v1/explain/followup/plan",
  explainAdministrationFranchiseManagement: "POST /v1/explain/administration/franchise-management",
  explainAdministrationFranchiseOnboarding: "POST /v1/explain/administration/franchise-onboarding",
  explainAdministrationFranchiseOffboarding: "POST /v1/explain/administration/franchise-offboarding",
  explainStatistics: "POST /v1/explain/statistics",
  explainToken: "POST /v1/explain",
  explainJunction: "POST /v1/explain/junction/launch",
  launchJunction: "POST /v1/junction/launch",
  fastLaunchJunction: "GET /v1/junction/fast-launch",
  readOrderCoverage: "POST /v1/junction/coverage",
  listOrderTests: "GET /v1/junction/tests",
  placeOrder: "POST /v1/junction/orders",
  searchOrders: "POST /v1/junction/orders/search",
  readOrder: "GET /v1/junction/orders/{id}",
  listSlots: "POST /v1/junction/orders/{id}/slots",
  arrangeVisit: "POST /v1/junction/orders/{id}/visit",
  rescheduleVisit: "POST /v1/junction/orders/{id}/visit/reschedule",
  cancelVisit: "POST /v1/junction/orders/{id}/visit/cancel",
  cancelOrder: "POST /v1/junction/orders/{id}/cancel",
  readResults: "GET /v1/junction/orders/{id}/results",
  readResultsPdf: "GET /v1/junction/orders/{id}/results.pdf",
  readRequisitionPdf: "GET /v1/junction/orders/{id}/requisition.pdf",
  simulateOrder: "POST /v1/junction/orders/{id}/simulate",
  listCancellationReasons: "GET /v1/junction/cancellation-reasons",
  listOrderEvents: "GET /v1/junction/events",
  explainOrder: "POST /v1/explain/junction/orders",
  explainVisit: "POST /v1/explain/junction/orders/{id}/visit"
};
var CODES = [
  "header_repeated",
  "header_too_large",
  "header_not_base64",
  "header_not_utf8",
  "header_not_json",
  "header_schema",
  "user_fields_missing",
  "invalid_request",
  "identity_required",
  "intent_required",
  "user_unknown",
  "intent_conflict",
  "reserved_header",
  "clinician_not_accepted",
  "bad_target",
  "host_unauthenticated",
  "origin_denied",
  "endpoint_denied",
  "intent_denied",
  "owner_session_denied",
  "owner_clone_denied",
  "patient_denied",
  "claim_unusable",
  "feature_denied",
  "team_denied",
  "session_required",
  "session_mismatch",
  "confirmation_required",
  "continuation_loop",
  "ticket_spent",
  "not_found",
  "method_not_allowed",
  "request_timeout",
  "payload_too_large",
  "unsupported_media_type",
  "rate_limited",
  "upstream_header_rejected",
  "upstream_user_fields_missing",
  "upstream_authentication_failed",
  "upstream_rejected",
  "upstream_error",
  "upstream_bad_body",
  "upstream_bad_url",
  "upstream_unreachable",
  "upstream_busy",
  "overloaded",
  "audit_unavailable",
  "identity_provider_unavailable",
  "store_unavailable",
  "upstream_circuit_open",
  "upstream_connect_timeout",
  "upstream_timeout",
  "junction_forbidden",
  "junction_not_found",
  "junction_conflict",
  "idempotency_key_required",
  "idempotency_conflict",
  "name_not_orderable",
  "address_incomplete",
  "patient_is_minor",
  "area_not_served",
  "requisition_pending",
  "visit_active",
  "not_reschedulable",
  "not_cancellable",
  "late_cancellation",
  "slot_expired",
  "slot_taken",
  "slot_foreign",
  "results_not_ready",
  "outcome_unknown",
  "webhook_unverified",
  "internal"
];

// src/server/errors.ts
var GatewayError = class extends Error {
  /**
   * What to decide by: part of the contract, as the message is not. A gateway that is newer than this client may have codes
   * that the list does not.
   */
  code;
  /** Whether the same request may succeed if it is sent again. */
  retryable;
  /** For the gateway's operator. */
  requestId;
  /** The HTTP status, if there was a response. */
  status;
  /** Seconds to wait for, if the gateway says so. */
  retryAfter;
  source;
  /** The exact reason, for hosts that the gateway explains itself to. */
  reason;
  next;
  upstream;
  /** Every error in the request's fields. */
  errors;
  constructor(code, facts) {
    super(facts.message, "cause" in facts ? { cause: facts.cause } : {});
    this.name = "GatewayError";
    this.code = code;
    this.retryable = facts.retryable === true;
    this.requestId = facts.requestId;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
    this.source = facts.source;
    this.reason = facts.reason;
    this.next = facts.next;
    this.upstream = facts.upstream;
    this.errors = facts.errors ?? [];
  }
  /** Everything but the stack. */
  toJSON() {
    return Object.fromEntries([["message", this.message], ...Object.entries(this)]);
  }
};
function errorOf(status, body, headers, sentId) {
  const requestId = headers.get("x-request-id") ?? sentId;
  if (!isError(body)) {
    const message = "The response is not the gateway’s: check the URL, and what is between here and there";
    return new GatewayError("client_bad_response", { message, requestId, status });
  }
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isSafeInteger(seconds) && seconds >= 0 ? { retryAfter: seconds } : {};
  return new GatewayError(body.code, { ...body, status, requestId, ...retryAfter });
}
function isError(body) {
  if (typeof body !== "object" || !body) {
    return false;
  }
  const { code, message, retryable, requestId } = body;
  const complete = typeof retryable === "boolean" && typeof requestId === "string";
  const known = CODES.some((one) => one === code) || complete && typeof code === "string" && /^[a-z_]{1,64}$/.test(code);
  return known && typeof message === "string";
}

// src/server/client.ts
var RETRIES = 2;
var DEFAULT_TIMEOUT_MS = 3e4;
var MARGIN_MS = 250;
var FIRST_PAUSE_MS = 200;
var GatewayClient = class {
  #base;
  #credential;
  #fetch;
  #timeoutMs;
  #surroundings;
  /** Throws a `TypeError` if an option cannot be used, or if a key would be in a page. */
  constructor(options, surroundings = REAL) {
    this.#base = baseOf(options.url, options.allowHttp === true);
    this.#credential = credentialOf(options);
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#timeoutMs = timeoutOf(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#surroundings = surroundings;
  }
  /** Opens one of Empego's endpoints. Pass what it resolves to on to the page, and keep it out of logs. */
  async launch(endpoint, body, options) {
    return this.#named(`POST /v1/embeddable/${endpoint}`, { body }, options);
  }
  /** What a launch would come to; nothing is sent to Empego. */
  async explain(endpoint, body, options) {
    return this.#named(`POST /v1/explain/${endpoint}`, { body }, options);
  }
  /** Opens a feature of Junction's app. */
  async launchJunction(body, options) {
    return (await this.call("launchJunction", { body }, options)).result;
  }
  /** An address for Junction's Fast Launch. */
  async fastLaunchJunction(query, options) {
    return (await this.call("fastLaunchJunction", { query }, options)).result;
  }
  /** Calls any operation of the contract by its `operationId`. */
  async call(operation, input, options = {}) {
    if (!Object.hasOwn(OPERATIONS, operation)) {
      throw new TypeError("The contract has no such operation");
    }
    const { result, requestId } = await this.#call(OPERATIONS[operation], input, options);
    return { result, requestId };
  }
  async #named(operation, input, options = {}) {
    if (!Object.values(OPERATIONS).some((known) => known === operation)) {
      throw new TypeError("The contract has no such endpoint");
    }
    return (await this.#call(operation, input, options)).result;
  }
  async #call(operation, input, options) {
    const [method = "", path = ""] = operation.split(" ");
    const url = addressOf(this.#base, path, input);
    const requestId = options.requestId ?? crypto.randomUUID();
    const timeoutMs = timeoutOf(options.timeoutMs ?? this.#timeoutMs);
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), timeoutMs);
    const sent = {
      requestId,
      headers: headersOf(input, options, requestId),
      deadline: this.#surroundings.now() + timeoutMs,
      signal: options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal,
      caller: options.signal
    };
    const body = input.body === void 0 ? null : JSON.stringify(input.body);
    try {
      return await this.#persist(() => this.#attempt(url, method, body, sent), sent);
    } finally {
      clearTimeout(timeout);
    }
  }
  /**
   * Retries what the contract calls retryable, and only while there is time to wait for it. If there is a `next`, something
   * else must happen first: the laboratory's work, for which seconds are too short, or another request.
   */
  async #persist(attempt, sent) {
    for (let retry = 0; ; retry += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof GatewayError) || !error.retryable || error.next || retry >= RETRIES) {
          throw error;
        }
        const { now, random, sleep } = this.#surroundings;
        const pause = FIRST_PAUSE_MS * 2 ** retry * (1 + random()) + (error.retryAfter ?? 0) * 1e3;
        if (now() + pause >= sent.deadline) {
          throw error;
        }
        await sleep(pause, sent.signal).catch(() => {
          throw interrupted(sent);
        });
      }
    }
  }
  async #attempt(url, method, body, sent) {
    const credential = await unlessInterrupted(this.#credential(), sent).catch((cause) => {
      throw cause instanceof GatewayError ? cause : noToken(sent, cause);
    });
    const left = Math.max(1, Math.floor(sent.deadline - this.#surroundings.now() - MARGIN_MS));
    const headers = { ...sent.headers, ...credential, "x-request-timeout-ms": String(left) };
    let response;
    let bytes;
    try {
      response = await this.#fetch(url, { method, headers, body, redirect: "manual", signal: sent.signal });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch {
      throw sent.signal.aborted ? interrupted(sent) : unreachable(sent);
    }
    return read(response, bytes, url.pathname.endsWith(".pdf"), sent.requestId);
  }
};
function read(response, bytes, pdf, sentId) {
  const type = response.headers.get("content-type")?.split(";")[0]?.trim();
  const json = type === "application/json" ? parsed(bytes) : void 0;
  const requestId = response.headers.get("x-request-id") ?? sentId;
  if (response.ok && pdf && type === "application/pdf") {
    return { result: bytes, requestId };
  }
  if (response.ok && !pdf && isDocument(json)) {
    return { result: json, requestId };
  }
  throw errorOf(response.status, json, response.headers, sentId);
}
function isDocument(json) {
  return typeof json === "object" && json !== null && "requestId" in json && typeof json.requestId === "string";
}
function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return void 0;
  }
}
function addressOf(base, path, { path: values = {}, query = {} }) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const value = Object.hasOwn(values, name) ? values[name] : void 0;
    if (typeof value !== "string" || /^\.*$/.test(value)) {
      throw new TypeError(`The operation needs ${name} in its path`);
    }
    return encodeURIComponent(value);
  });
  const url = new URL(base.href.replace(/\/$/, "") + filled);
  for (const [name, value] of Object.entries(query)) {
    if (value !== void 0) {
      url.searchParams.append(name, String(value));
    }
  }
  return url;
}
function headersOf(input, options, requestId) {
  const stated = { ...input.header, traceparent: options.traceparent, "x-request-id": requestId };
  const sendable = Object.entries(stated).flatMap(([name, value]) => value === void 0 ? [] : [[name, inUtf8(name, value)]]);
  return {
    accept: "application/json, application/pdf",
    ...input.body === void 0 ? {} : { "content-type": "application/json" },
    ...Object.fromEntries(sendable)
  };
}
function inUtf8(name, value) {
  if (typeof value !== "string" || /[\r\n\0]/.test(value)) {
    throw new TypeError(`The header ${name} must be a text without line breaks`);
  }
  return String.fromCharCode(...new TextEncoder().encode(value));
}
function credentialOf({ key, token }) {
  if (key === void 0 === (token === void 0)) {
    throw new TypeError("Set either key or token");
  }
  if (token) {
    return async () => ({ authorization: `Bearer ${visible(await token(), "token")}` });
  }
  if (typeof document !== "undefined") {
    throw new TypeError("A host key must stay on a server: in a page, everyone who opens it has the key");
  }
  const header = { "api-key": visible(key, "key") };
  return () => Promise.resolve(header);
}
function visible(secret, name) {
  if (typeof secret !== "string" || !/^[!-~]+$/.test(secret)) {
    throw new TypeError(`The ${name} must be visible ASCII characters`);
  }
  return secret;
}
function baseOf(text, allowHttp) {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  const secure = url?.protocol === "https:" || url?.protocol === "http:" && (allowHttp || loopback);
  if (!url || !secure || url.username || url.password || url.search || url.hash) {
    throw new TypeError("url must be the gateway’s https URL, without user, query or fragment");
  }
  return url;
}
function timeoutOf(ms) {
  if (!Number.isFinite(ms) || ms < 1 || ms > 2 ** 31 - 1) {
    throw new TypeError("timeoutMs must be a number of milliseconds, at least 1");
  }
  return ms;
}
async function unlessInterrupted(promise, sent) {
  if (sent.signal.aborted) {
    throw interrupted(sent);
  }
  let stop = () => {
  };
  const interruption = new Promise((_, reject) => {
    stop = () => reject(interrupted(sent));
    sent.signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, interruption]);
  } finally {
    sent.signal.removeEventListener("abort", stop);
  }
}
function interrupted({ requestId, caller }) {
  return caller?.aborted ? new GatewayError("client_aborted", { message: "The call was aborted", requestId }) : new GatewayError("client_timeout", { message: "The gateway did not respond in time", requestId });
}
function noToken({ requestId }, cause) {
  return new GatewayError("client_no_token", { message: "token() failed, or resolved to what cannot be sent", requestId, cause });
}
function unreachable({ requestId }) {
  return new GatewayError("client_unreachable", { message: "The connection to the gateway failed or broke", requestId });
}
var REAL = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => new Promise((resolve, reject) => {
    if (signal.aborted) {
      return reject(new Error("interrupted"));
    }
    const stop = () => (clearTimeout(timer), reject(new Error("interrupted")));
    const timer = setTimeout(() => (signal.removeEventListener("abort", stop), resolve()), ms);
    signal.addEventListener("abort", stop, { once: true });
  })
};
export {
  GatewayClient,
  GatewayError
};
