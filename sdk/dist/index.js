// src/alarm.ts
var LONGEST_MS = 2 ** 31 - 1;
var Alarm = class {
  #clocks;
  #timer;
  #look = null;
  constructor(clocks = globalThis) {
    this.#clocks = clocks;
  }
  /** Rings once. `age` takes the larger difference of both clocks, `wait` the timer's word. */
  set(clock, seconds, ring) {
    const { performance, Date: Date2 } = this.#clocks;
    const monotonic = performance.now();
    const wall = Date2.now();
    const finish = () => {
      this.clear();
      ring();
    };
    const look = () => {
      const left = seconds * 1e3 - Math.max(performance.now() - monotonic, Date2.now() - wall);
      if (left > 0) {
        this.#wait(left, look);
      } else {
        finish();
      }
    };
    this.#wait(seconds * 1e3, clock === "age" ? look : finish);
    this.#look = clock === "age" ? look : null;
  }
  /** Looks at the clocks now: timers may have slept. */
  check() {
    this.#look?.();
  }
  clear() {
    this.#clocks.clearTimeout(this.#timer);
    this.#look = null;
  }
  #wait(ms, run) {
    this.#clocks.clearTimeout(this.#timer);
    this.#timer = this.#clocks.setTimeout(run, Math.min(ms, LONGEST_MS));
  }
};

// src/csp.ts
function blockedHosts({ blockedURI, effectiveDirective, disposition }, { url, origin }) {
  const hosts = [.../* @__PURE__ */ new Set([new URL(url).origin, origin])];
  const named = URL.canParse(blockedURI) && hosts.includes(new URL(blockedURI).origin);
  return named && disposition === "enforce" && /^(frame|child)-src$/.test(effectiveDirective) ? hosts : null;
}

// src/dom.ts
function create(place, tag) {
  return Document.prototype.createElement.call(place, tag);
}
function viewOf(place) {
  return Reflect.get(Document.prototype, "defaultView", place);
}
var Base = globalThis.HTMLElement ?? class {
};

// src/errors.ts
var EmbedError = class extends Error {
  constructor(code, facts = {}) {
    super(code);
    Object.assign(this, { name: "EmbedError", code, retryable: false, ...facts });
  }
  /** Everything but the stack. */
  toJSON() {
    return { ...this };
  }
};

// src/urls.ts
var LOOPBACK = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/;
var TICKET = /^\/frame\/[\w-]+(\.[\w-]+)*$/;
var BEGINNING = /^https?:\/\/[^/?#@\\]+([/?#]|$)/i;
function webUrl(text) {
  if (typeof text !== "string" || text.length > 8192 || !BEGINNING.test(text) || !URL.canParse(text)) {
    return null;
  }
  const url = new URL(text);
  return url.protocol === "https:" || LOOPBACK.test(url.hostname) ? url : null;
}
function isOrigin(text) {
  return typeof text === "string" && webUrl(text)?.origin === text;
}
function isFramable(url, vendor, gateway) {
  return url.origin === vendor || url.origin === gateway && TICKET.test(url.pathname) && url.search === "";
}

// src/gateway.ts
var servedBy = null;
function servingGateway() {
  return servedBy;
}

// src/fields.ts
function own(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.assign(/* @__PURE__ */ Object.create(null), value) : null;
}
function defined(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
function whole(value, most = Number.MAX_SAFE_INTEGER) {
  return Number.isInteger(value) && value >= 0 && value <= most ? value : void 0;
}

// src/answer.ts
var POLICY = /^(no-referrer(-when-downgrade)?|(strict-)?origin(-when-cross-origin)?|same-origin|unsafe-url)$/;
function readAnswer(value, trust) {
  try {
    const answer2 = own(value);
    return answer2 ? read(answer2, trust) : new EmbedError("bad_answer");
  } catch {
    return new EmbedError("bad_answer");
  }
}
function readRefusal(value) {
  if (value instanceof EmbedError) {
    return { error: value, automatic: false, retryAfter: 0 };
  }
  const fields = refusalFields(value);
  const status = whole(fields["status"], 599);
  if (status === void 0 && value instanceof TypeError) {
    return { error: new EmbedError("launch_unreachable", { retryable: true }), automatic: true, retryAfter: 0 };
  }
  const sent = fields["retryable"];
  const retryable = typeof sent === "boolean" ? sent : status === 429 || status === 503;
  const error = new EmbedError("launch_failed", {
    retryable,
    status,
    gatewayCode: word(fields["code"]),
    requestId: word(fields["requestId"])
  });
  return { error, automatic: retryable && !(status && status < 500), retryAfter: Math.min(whole(fields["retryAfter"]) ?? 0, 3600) };
}
function refusalFields(value) {
  try {
    const { status, code, retryable, requestId, retryAfter } = Object(value);
    return { status, code, retryable, requestId, retryAfter };
  } catch {
    return {};
  }
}
function read(answer2, { gateway, allowedOrigins }) {
  const { url, origin, code, modality } = answer2;
  if (url === void 0 && typeof code === "string") {
    return readRefusal(answer2).error;
  }
  const requestId = word(answer2["requestId"]);
  const refused = (why) => new EmbedError(why, { requestId });
  const frame = readFrame(answer2["frame"]);
  const modalityKnown = [void 0, "feature_embed", "link_out"].includes(modality);
  if (typeof url !== "string" || typeof origin !== "string" || !frame || !modalityKnown) {
    return refused("bad_answer");
  }
  const address = webUrl(url);
  if (!address || !isOrigin(origin) || !isFramable(address, origin, gateway)) {
    return refused("bad_url");
  }
  if (allowedOrigins.length > 0 && !allowedOrigins.includes(origin)) {
    return refused("origin_not_allowed");
  }
  const expiresIn = whole(answer2["expiresIn"]);
  return defined({ url: address.href, origin, frame, modality, expiresIn, requestId });
}
function readFrame(value = {}) {
  const { referrerPolicy, allow, sandbox } = own(value) ?? { allow: null };
  const frame = { referrerPolicy, allow, sandbox };
  const good = Object.values(frame).every((text) => text === void 0 || typeof text === "string");
  return good && (referrerPolicy === void 0 || POLICY.test(referrerPolicy)) ? defined(frame) : null;
}
function word(value) {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : void 0;
}

// src/launcher.ts
async function requestLaunch(launcher, request2, trust) {
  try {
    const answer2 = readAnswer(await launcher?.(request2), trust());
    return answer2 instanceof EmbedError ? readRefusal(answer2) : answer2;
  } catch (thrown) {
    return readRefusal(thrown);
  }
}
function postTo(launchUrl, { href, origin }) {
  const url = URL.canParse(launchUrl, href) ? new URL(launchUrl, href) : null;
  return url?.origin === origin ? (request2) => post(url.href, request2) : null;
}
async function post(url, { signal, ...details }) {
  const response = await fetch(url, {
    // Nothing that a script has put on Object.prototype becomes an option.
    __proto__: null,
    method: "POST",
    credentials: "same-origin",
    redirect: "error",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(details),
    signal
  });
  const { ok, status, headers } = response;
  const answer2 = await response.json().catch((error) => {
    if (error.name === "SyntaxError") {
      return null;
    }
    throw error;
  });
  if (ok) {
    return answer2;
  }
  throw { retryAfter: Number(headers.get("retry-after") ?? Number.NaN), ...answer2, status };
}

// src/machine.ts
var LAUNCH_SECONDS = 30;
var LOAD_SECONDS = 20;
var LONGEST_PAUSE_SECONDS = 30;
var AUTOMATIC_RETRIES = 6;
var START = {
  state: "idle",
  generation: 0,
  contextKey: "",
  connected: false,
  hidden: false,
  wanted: true,
  sent: false,
  armed: false,
  reason: "first",
  launch: null,
  error: null,
  retries: 0,
  heard: false,
  staleAfter: 0
};
function step(model, input) {
  if ("generation" in input && input.generation !== model.generation) {
    return [model, []];
  }
  const draft = { ...model, effects: [] };
  take(draft, input);
  const { effects, ...next } = draft;
  return [next, effects];
}
function take(now, input) {
  const { state, error } = now;
  switch (input.type) {
    case "connect":
      now.connected = true;
      return act(now, { do: "schedule" });
    case "disconnect":
      now.connected = false;
      return close(now, "removed", "moved");
    case "settle":
      return settle(now, input.launcher);
    case "open":
    case "reload":
      now.wanted = true;
      now.retries = 0;
      if (state === "idle") {
        return request(now, now.reason);
      }
      return state === "failed" || input.type === "reload" ? request(now, state === "failed" ? "retry" : "stale") : void 0;
    case "close":
      now.wanted = false;
      now.reason = "first";
      return close(now, input.reason, "first");
    case "context":
      return changeContext(now, input.key);
    case "staleAfter":
      now.staleAfter = input.seconds;
      return state === "shown" ? age(now) : void 0;
    case "launcher":
      return error?.code === "no_launch" ? request(now, now.reason) : void 0;
    case "answer":
      return now.sent ? answer(now, input.launch) : void 0;
    case "refusal":
      return now.sent ? refuse(now, input.refusal, input.random) : void 0;
    case "message":
      now.heard = true;
      return state === "loading" ? show(now) : void 0;
    case "load":
      return state === "loading" ? show(now) : void 0;
    case "broken":
      return state === "loading" ? fail(now, "not_shown", { retryable: true }) : void 0;
    case "blocked":
      return state === "loading" || state === "shown" && !now.heard || error?.code === "not_shown" ? fail(now, "blocked_by_csp", { hosts: input.hosts }) : void 0;
    case "timer":
      now.armed = false;
      return expire(now);
    case "aged":
      return state === "shown" ? enter(now, "stale") : void 0;
    case "follow":
      return error?.code === "link_out" ? follow(now) : void 0;
    case "hide":
      now.hidden = true;
      return close(now, "pagehide", "restored");
    case "show":
      now.hidden = false;
      return act(now, { do: "schedule" });
    case "online":
      return error?.code === "launch_unreachable" ? request(now, "retry") : void 0;
  }
}
function changeContext(now, contextKey) {
  if (contextKey !== now.contextKey) {
    now.contextKey = contextKey;
    now.retries = 0;
    if (now.state !== "idle") {
      request(now, "context", "context");
    } else if (now.generation > 0) {
      now.reason = "context";
    }
  }
}
function request(now, reason, closed) {
  if (now.connected && !now.hidden) {
    leave(now, closed);
    now.reason = reason;
    act(now, { do: "schedule" });
    enter(now, "minting");
  }
}
function settle(now, launcher) {
  if (now.state === "idle" && now.wanted) {
    request(now, now.reason);
  }
  if (now.state !== "minting" || now.sent) {
    return;
  }
  if (now.contextKey === "" || !launcher) {
    return fail(now, now.contextKey === "" ? "no_context" : "no_launch");
  }
  now.sent = true;
  arm(now, "wait", LAUNCH_SECONDS);
  act(now, { do: "mint" });
}
function answer(now, launch) {
  now.sent = false;
  now.launch = launch;
  if (launch.modality !== "link_out") {
    arm(now, "wait", LOAD_SECONDS);
    act(now, { do: "mount" });
    return enter(now, "loading");
  }
  fail(now, "link_out");
  now.launch = launch;
  if (launch.expiresIn !== void 0) {
    arm(now, "age", launch.expiresIn);
  }
}
function refuse(now, { error, automatic, retryAfter }, random) {
  now.sent = false;
  failWith(now, error);
  if (automatic && now.retries < AUTOMATIC_RETRIES) {
    const pause = Math.min(2 ** now.retries, LONGEST_PAUSE_SECONDS) * (0.5 + random / 2);
    now.retries += 1;
    arm(now, "wait", Math.max(pause, retryAfter));
  }
}
function show(now) {
  now.retries = 0;
  enter(now, "shown");
  age(now);
}
function expire(now) {
  switch (now.state) {
    case "minting":
      return fail(now, "launch_timeout", { retryable: true });
    case "loading":
      return fail(now, "not_shown", { retryable: true });
    case "shown":
      return act(now, { do: "aging" });
    case "failed":
      if (!now.launch) {
        return request(now, "retry");
      }
      now.launch = null;
      return;
    case "idle":
    case "stale":
      return;
  }
}
function follow(now) {
  if (!now.launch) {
    return request(now, "retry");
  }
  disarm(now);
  act(now, { do: "window", url: now.launch.url });
  now.launch = null;
}
function age(now) {
  disarm(now);
  if (now.staleAfter > 0 && !now.launch?.modality) {
    arm(now, "age", now.staleAfter);
  }
}
function close(now, closed, reason) {
  if (now.state !== "idle") {
    leave(now, closed);
    now.reason = reason;
    enter(now, "idle", closed);
  }
}
function fail(now, code, facts = {}) {
  failWith(now, new EmbedError(code, { requestId: now.launch?.requestId, ...facts }));
}
function failWith(now, error) {
  clear(now);
  now.error = error;
  enter(now, "failed");
  act(now, { do: "tell", type: "embed-error", detail: error });
}
function leave(now, closed) {
  clear(now);
  now.generation += 1;
  if (closed) {
    act(now, { do: "tell", type: "embed-close", detail: { reason: closed } });
  }
}
function clear(now) {
  if (now.state === "loading" || now.state === "shown" || now.state === "stale") {
    act(now, { do: "unmount" });
  }
  if (now.sent) {
    act(now, { do: "abort" });
  }
  disarm(now);
  now.sent = now.heard = false;
  now.launch = now.error = null;
}
function disarm(now) {
  if (now.armed) {
    now.armed = false;
    act(now, { do: "disarm" });
  }
}
function arm(now, clock, seconds) {
  now.armed = true;
  act(now, { do: "arm", clock, seconds });
}
function enter(now, state, reason = now.reason) {
  const detail = { state, previous: now.state, reason };
  act(now, { do: "tell", type: "embed-state", detail });
  now.state = state;
}
function act(now, effect) {
  now.effects.push(effect);
}

// src/messages.ts
var LONGEST = 255;
function readMessage(raw, vendor) {
  let fields = null;
  try {
    const sent = own(raw);
    fields = sent && (junction(sent) ?? empego(sent));
  } catch {
  }
  return seal(fields ?? { vendor, kind: "unknown" }, raw);
}
function junction({ type, data }) {
  const { order_id, user_id, team_id } = own(data) ?? {};
  const orderId = short(order_id);
  const userId = short(user_id) ?? null;
  const teamId = short(team_id);
  if (type === "urn:junction:order:created" && orderId && userId && teamId) {
    return { vendor: "junction", kind: "order.created", orderId, userId, teamId };
  }
  return type === "urn:junction:order:creation_cancelled" && teamId && (userId || user_id === null) ? { vendor: "junction", kind: "order.creation_cancelled", userId, teamId } : null;
}
function empego({ eventType, evenType, operation, id, status, tenantKey, createdAt, data }) {
  const type = short(eventType) ?? short(evenType) ?? "";
  const kind = /^(consultation|follow[uU]p)$/.test(type) && type.toLowerCase();
  const known = { vendor: "empego", kind, operation: short(operation), id: short(id) };
  const more = { status: short(status), tenantKey: short(tenantKey), at: moment(createdAt), export: exported(own(data)) };
  return known.kind && known.operation && known.id ? defined({ ...known, ...more }) : null;
}
function exported(data) {
  const all = defined({ pdf: part(data?.["pdfSummary"], pdfOf), text: part(data?.["textualSummary"], textOf) });
  return Object.keys(all).length > 0 ? all : void 0;
}
function part(value, read2) {
  const summary = own(value);
  return summary && (summary["status"] === "FAILURE" ? "failed" : read2(summary));
}
function pdfOf({ fileURL: url, fileURLExpiry }) {
  const expiresAt = epoch(fileURLExpiry);
  return typeof url === "string" && webUrl(url) && expiresAt ? { url, expiresAt } : void 0;
}
function textOf({ content }) {
  return typeof content === "string" ? content : void 0;
}
function moment(value) {
  if (typeof value !== "string") {
    return epoch(value);
  }
  const iso = `${value.replace(" ", "T")}Z`;
  const at = epoch(Date.parse(iso));
  return at && new Date(at).toISOString() === iso ? at : void 0;
}
function epoch(value) {
  return whole(value, 864e13) || void 0;
}
function short(value) {
  return typeof value === "string" && value !== "" && value.length <= LONGEST ? value : void 0;
}
function seal(fields, raw) {
  const hidden = { raw: { value: raw }, toJSON: { value: () => outline(fields) } };
  return Object.freeze(Object.defineProperties({ ...fields }, hidden));
}
function outline(fields) {
  const { export: parts, ...rest } = fields;
  const states = Object.entries(parts ?? {}).map(([name, state]) => [name, state === "failed" ? state : "ready"]);
  return parts ? { ...rest, export: Object.fromEntries(states) } : rest;
}

// src/news.ts
var News = class {
  #target;
  #waiting = [];
  #telling = false;
  constructor(target) {
    this.#target = target;
  }
  /** With `otherwise`, which is done unless a listener cancels the event, the event is cancelable. */
  add(type, detail, otherwise) {
    this.#waiting.push([type, Object.freeze(detail), otherwise]);
  }
  tell() {
    if (this.#telling) {
      return;
    }
    this.#telling = true;
    for (const [type, detail, otherwise] of this.#waiting) {
      const event = new CustomEvent(type, { bubbles: true, composed: true, cancelable: Boolean(otherwise), detail });
      if (this.#target.dispatchEvent(event)) {
        otherwise?.();
      }
    }
    this.#waiting.length = 0;
    this.#telling = false;
  }
};

// src/properties.ts
var SETTINGS = [
  "texts",
  "gateway",
  "allowedOrigins",
  "staleAfter",
  "frameTitle",
  "language",
  "launch",
  "launchUrl",
  "contextKey"
];
function reflect(element, attribute, value) {
  if (value === null || value === void 0) {
    element.removeAttribute(attribute);
  } else {
    element.setAttribute(attribute, String(value));
  }
}
function update(element, settings) {
  for (const name of SETTINGS) {
    if (Object.hasOwn(settings, name) && settings[name] !== void 0) {
      Reflect.set(element, name, settings[name]);
    }
  }
}
function upgrade(element) {
  const early = { ...element };
  for (const name of SETTINGS) {
    Reflect.deleteProperty(element, name);
  }
  update(element, early);
}
function languageOf(element) {
  const holder = element.closest("[lang]");
  const root = element.getRootNode();
  if (!holder && root instanceof ShadowRoot) {
    return languageOf(root.host);
  }
  return /^fr(-|$)/i.test(holder?.getAttribute("lang") ?? "") ? "fr" : "en";
}

// src/tabs.ts
var listeners = /* @__PURE__ */ new Set();
var channel = null;
var closings = 0;
function join(listener) {
  listeners.add(listener);
  if (!channel) {
    channel = open();
    channel.onmessage = ({ data }) => {
      if (isReason(data)) {
        closeHere(data);
      }
    };
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      channel?.close();
      channel = null;
    }
  };
}
function closeAll(reason) {
  if (!isReason(reason)) {
    throw new TypeError("closeAll");
  }
  closeHere(reason);
  const sender = channel ?? open();
  sender.postMessage(reason);
  if (!channel) {
    sender.close();
  }
}
function closingsSoFar() {
  return closings;
}
function open() {
  return new BroadcastChannel("clinical-embed");
}
function isReason(value) {
  return value === "logout" || value === "lock";
}
function closeHere(reason) {
  closings += 1;
  for (const listener of [...listeners]) {
    listener(reason);
  }
}

// src/texts.ts
var TEXTS = {
  en: {
    title: "Clinical app",
    opening: "Opening…",
    stale: "The app has been open for a long time. Save your work, then reload it.",
    retry: "Retry",
    reload: "Reload",
    openWindow: "Open in a new window",
    failed: "The app cannot be opened. Contact support.",
    unreachable: "The app does not respond. Check your connection.",
    blocked: "This page blocks the app. Support can allow {hosts}."
  },
  fr: {
    title: "Application clinique",
    opening: "Ouverture en cours…",
    stale: "L’application est ouverte depuis longtemps. Enregistrez votre travail, puis rechargez-la.",
    retry: "Réessayer",
    reload: "Recharger",
    openWindow: "Ouvrir dans une nouvelle fenêtre",
    failed: "Impossible d’ouvrir l’application. Communiquez avec le soutien.",
    unreachable: "L’application ne répond pas. Vérifiez votre connexion.",
    blocked: "Cette page bloque l’application. Le soutien peut autoriser {hosts}."
  }
};
var OF_ERRORS = {
  launch_unreachable: "unreachable",
  launch_timeout: "unreachable",
  blocked_by_csp: "blocked",
  not_shown: "unreachable",
  link_out: "openWindow"
};
function textsIn(language, own2, title) {
  return { ...TEXTS[language], ...own2, ...title && { title } };
}
function errorText(texts, { code, hosts }) {
  return texts[OF_ERRORS[code] ?? "failed"].replace("{hosts}", () => String(hosts));
}

// src/view.ts
var STYLE = `:host{display:flex;flex-direction:column;min-block-size:20rem}
:host([hidden]),[hidden]{display:none!important}
iframe{flex:1;inline-size:100%;border:0}
div{padding:.5rem}
button{display:block;font:inherit;margin-block-start:.5rem}`;
var View = class {
  #host;
  #root;
  #internals;
  #status;
  #error;
  #old;
  #frame = null;
  #press = "open";
  constructor(host, pressed) {
    const line = (part2, role, name, press) => {
      const text = this.#create("slot", { name });
      const button = this.#create("button", { type: "button", hidden: !press });
      button.addEventListener("click", () => press && pressed(press()));
      const box = this.#create("div", { part: part2, role });
      box.append(text, button);
      return { box, text, button };
    };
    this.#host = host;
    this.#internals = host.attachInternals();
    this.#internals.role = "group";
    this.#status = line("status", "status", "placeholder");
    this.#error = line("error", "alert", "error", () => this.#press);
    this.#old = line("status", "status", "stale", () => "reload");
    this.#root = host.attachShadow({ mode: "closed" });
    this.#root.append(this.#status.box, this.#error.box, this.#old.box);
  }
  /** A style sheet belongs to the document that it was made for, and an element may move to another. */
  dress() {
    const view = viewOf(this.#host.ownerDocument);
    if (view && this.#root.adoptedStyleSheets.length === 0) {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
    }
  }
  /** Shows this state. */
  render({ state, error, launch }, texts) {
    const opening = state === "minting" || state === "loading";
    const linked = error?.code === "link_out";
    this.#press = linked ? "follow" : "open";
    show2(this.#status, opening ? texts.opening : null, "");
    show2(this.#error, error && errorText(texts, error), linked && launch ? texts.openWindow : texts.retry);
    show2(this.#old, state === "stale" ? texts.stale : null, texts.reload);
    this.#internals.ariaBusy = String(opening);
    this.#internals.ariaLabel = texts.title;
    if (this.#frame) {
      this.#frame.title = texts.title;
    }
    this.#internals.states?.clear();
    this.#internals.states?.add(state);
  }
  /**
   * A fresh frame for each URL, which is set first: a change in the document would add to the history. It gets its title
   * by {@link render}.
   */
  mount({ url, frame }) {
    this.#frame = this.#create("iframe", { part: "frame", referrerPolicy: "strict-origin", ...frame, src: url });
    return this.#frame;
  }
  /** Puts the mounted frame into the document, once its listeners are there. */
  insert() {
    if (this.#frame) {
      this.#root.insertBefore(this.#frame, this.#old.box);
    }
  }
  unmount() {
    const focused = this.#frame && this.#root.activeElement === this.#frame;
    this.#frame?.remove();
    this.#frame = null;
    if (focused && this.#host.isConnected) {
      if (!this.#host.hasAttribute("tabindex")) {
        this.#host.tabIndex = -1;
      }
      HTMLElement.prototype.focus.call(this.#host, { preventScroll: true });
    }
  }
  /** Where the focus goes that the element is given. */
  focusable() {
    const { box, button } = this.#error;
    return this.#frame ?? (box.hidden ? null : button);
  }
  #create(tag, properties) {
    return Object.assign(create(this.#host.ownerDocument, tag), properties);
  }
};
function show2({ box, text, button }, words, label) {
  box.hidden = words === null;
  set(text, words ?? "");
  set(button, label);
}
function set(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

// src/element.ts
var ClinicalEmbedElement = class extends Base {
  static observedAttributes = ["context-key", "frame-title", "launch-url", "lang", "stale-after"];
  /** Closes all elements in this tab, and in the profile's other tabs of this origin. */
  static closeAll(reason) {
    closeAll(reason);
  }
  #model = START;
  #view = new View(this, (press) => this.#send({ type: press }));
  #alarm = new Alarm();
  #launch = null;
  #allowedOrigins = [];
  #texts = {};
  /** What ends with the request, with the frame, and with the element's stay in the document. */
  #request = new AbortController();
  #frame = new AbortController();
  #presence = new AbortController();
  #leaveTabs = () => {
  };
  /** What the last frame was for: its violation may come after its error. */
  #framed = null;
  #shownAt = 0;
  #closings = closingsSoFar();
  #waiters = [];
  #news = new News(this);
  /** Where the element is between nothing and a shown app. */
  get state() {
    return this.#model.state;
  }
  /** Why it is `failed`. */
  get error() {
    return this.#model.error;
  }
  /** Required. An opaque text that changes with the patient or the person. Set it before `launch` or after: both count. */
  get contextKey() {
    return this.getAttribute("context-key") ?? "";
  }
  set contextKey(key) {
    reflect(this, "context-key", key);
  }
  /** The `lang` of the element or its nearest ancestor, else English. */
  get language() {
    return languageOf(this);
  }
  set language(language) {
    reflect(this, "lang", language);
  }
  /** The accessible name of the frame; never a patient's name. */
  get frameTitle() {
    return this.getAttribute("frame-title") ?? "";
  }
  set frameTitle(title) {
    reflect(this, "frame-title", title);
  }
  /** A path of the page's origin, unless `launch` is set. */
  get launchUrl() {
    return this.getAttribute("launch-url");
  }
  set launchUrl(url) {
    reflect(this, "launch-url", url);
  }
  /** Requests a launch. It must be for the request's `contextKey`. */
  get launch() {
    return this.#launch;
  }
  set launch(launch) {
    this.#launch = typeof launch === "function" ? launch : null;
    this.#send({ type: "launcher" });
  }
  /** The vendor's origins that answers may name; empty, all. */
  get allowedOrigins() {
    return this.#allowedOrigins;
  }
  set allowedOrigins(origins) {
    this.#allowedOrigins = Object.freeze([...origins]);
  }
  /** Seconds after which a shown app is called stale; 0 is never. Junction's never is: it continues its sessions. */
  get staleAfter() {
    return Math.max(0, Number(this.getAttribute("stale-after"))) || 0;
  }
  set staleAfter(seconds) {
    reflect(this, "stale-after", seconds);
  }
  /** The origin of the gateway, if its answers hold tickets. Default: where this script was served from, if by a gateway. */
  get gateway() {
    return this.getAttribute("gateway") ?? servingGateway();
  }
  set gateway(origin) {
    reflect(this, "gateway", origin);
  }
  /** The page's own texts, in place of some. */
  get texts() {
    return this.#texts;
  }
  set texts(texts) {
    this.#texts = Object.freeze({ ...texts });
    this.#render();
  }
  /** Changes settings. To change the context, pass what changes with it in the same call. */
  update(settings) {
    update(this, settings);
  }
  /** Opens the app, or retries. Resolves when it is shown; rejects with an {@link EmbedError}, or an `AbortError` if closed. */
  open() {
    return this.#wait("open");
  }
  /** Closes the app. It stays closed until `open()` is called. */
  close(reason = "caller") {
    this.#send({ type: "close", reason });
  }
  /** Opens the app anew; what a person has typed there is lost. Settles as `open()` does. */
  reload() {
    return this.#wait("reload");
  }
  /** Focuses the frame, or else the button. */
  focus(options) {
    HTMLElement.prototype.focus.call(this.#view.focusable() ?? this, options);
  }
  /** @internal */
  connectedCallback() {
    upgrade(this);
    if (this.#closings !== closingsSoFar()) {
      this.#closings = closingsSoFar();
      this.#model = { ...this.#model, wanted: false };
    }
    this.#view.dress();
    this.#listen();
    this.#send({ type: "connect" });
  }
  /** @internal */
  disconnectedCallback() {
    this.#presence.abort();
    this.#leaveTabs();
    this.#send({ type: "disconnect" });
  }
  /** Being there, it lets `moveBefore` keep the frame. @internal */
  connectedMoveCallback() {
  }
  /** @internal */
  attributeChangedCallback(name, previous, value) {
    if (previous === value) {
      return;
    }
    if (name === "context-key") {
      this.#send({ type: "context", key: this.contextKey });
    } else if (name === "stale-after") {
      this.#send({ type: "staleAfter", seconds: this.staleAfter });
    } else if (name === "launch-url") {
      this.#send({ type: "launcher" });
    } else {
      this.#render();
    }
  }
  #listen() {
    this.#presence = new AbortController();
    this.#join();
    this.#on("pagehide", () => (this.#leaveTabs(), this.#send({ type: "hide" })));
    this.#on("pageshow", ({ persisted }) => {
      if (persisted) {
        this.#join();
        this.#send({ type: "show" });
      }
    });
    this.#on("online", () => this.#send({ type: "online" }));
    this.#on("securitypolicyviolation", (event) => this.#blocked(event));
    for (const type of ["pageshow", "focus", "visibilitychange"]) {
      this.#on(type, () => this.#alarm.check());
    }
  }
  /** Listens at the window while the element is in its document, or while it shows this frame. */
  #on(type, listener, { signal } = this.#presence) {
    viewOf(this.ownerDocument)?.addEventListener(type, listener, { signal, capture: true });
  }
  #join() {
    this.#leaveTabs = join((reason) => {
      this.#closings = closingsSoFar();
      this.close(reason);
    });
  }
  #blocked(event) {
    const hosts = this.#framed && blockedHosts(event, this.#framed);
    if (hosts) {
      this.#send({ type: "blocked", generation: this.#model.generation, hosts });
    }
  }
  #wait(type) {
    const settled = new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    settled.catch(() => {
    });
    this.#send({ type });
    return settled;
  }
  /** One input at a time into the model and the document; what listeners hear comes after, in order. */
  #send(input) {
    const [model, effects] = step(this.#model, input);
    this.#model = model;
    for (const effect of effects) {
      this.#perform(effect);
    }
    this.#render();
    this.#settle();
    this.#news.tell();
  }
  #perform(effect) {
    const { generation, state } = this.#model;
    switch (effect.do) {
      case "unmount":
        this.#frame.abort();
        return this.#view.unmount();
      case "abort":
        return this.#request.abort();
      case "disarm":
        return this.#alarm.clear();
      case "arm":
        return this.#alarm.set(effect.clock, effect.seconds, () => this.#send({ type: "timer", generation }));
      case "schedule":
        return queueMicrotask(() => this.#send({ type: "settle", launcher: this.#launcher() !== null }));
      case "mint":
        return void this.#mint(this.#model);
      case "mount":
        return this.#mount(this.#model);
      case "window":
        return void viewOf(this.ownerDocument)?.open(effect.url, "_blank", "noopener");
      case "aging":
        return this.#news.add("embed-stale", { since: this.#shownAt }, () => this.#send({ type: "aged", generation }));
      case "tell":
        this.#shownAt = state === "shown" ? Date.now() : this.#shownAt;
        return this.#news.add(effect.type, effect.detail);
    }
  }
  #launcher() {
    const view = viewOf(this.ownerDocument);
    return this.#launch ?? (view && this.launchUrl !== null ? postTo(this.launchUrl, view.location) : null);
  }
  async #mint({ generation, reason, contextKey }) {
    this.#request = new AbortController();
    const details = { signal: this.#request.signal, reason, contextKey, language: this.language };
    const answer2 = await requestLaunch(this.#launcher(), details, () => ({
      gateway: webUrl(this.gateway)?.origin ?? null,
      allowedOrigins: this.#allowedOrigins
    }));
    this.#send(
      "error" in answer2 ? { type: "refusal", generation, refusal: answer2, random: Math.random() } : { type: "answer", generation, launch: answer2 }
    );
  }
  #mount({ generation, launch }) {
    if (!launch) {
      return;
    }
    const frame = this.#view.mount(launch);
    this.#framed = launch;
    this.#frame = new AbortController();
    const { signal } = this.#frame;
    let foreign = !this.hasAttribute("debug");
    frame.addEventListener("load", () => this.#send({ type: "load", generation }), { signal });
    frame.addEventListener("error", () => this.#send({ type: "broken", generation }), { signal });
    const hear = ({ source, origin, data }) => {
      if (!source || source !== frame.contentWindow) {
        return;
      }
      if (origin === launch.origin) {
        this.#send({ type: "message", generation });
        this.#news.add("embed-message", readMessage(data, launch.modality ? "junction" : "empego"));
      } else if (!foreign) {
        foreign = true;
        this.#news.add("embed-error", new EmbedError("foreign_message", { requestId: launch.requestId }));
      }
      this.#news.tell();
    };
    this.#on("message", hear, this.#frame);
    this.#view.insert();
  }
  #settle() {
    const { state, error } = this.#model;
    if (state === "minting" || state === "loading") {
      return;
    }
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (state === "shown" || state === "stale") {
        resolve();
      } else {
        reject(error ?? new DOMException("", "AbortError"));
      }
    }
  }
  #render() {
    this.#view.render(this.#model, textsIn(this.language, this.#texts, this.frameTitle));
  }
};

// src/define.ts
var TAG = "clinical-embed";
function register() {
  const registry = globalThis.customElements;
  if (registry && !registry.get(TAG)) {
    registry.define(TAG, ClinicalEmbedElement);
  }
}

// src/embed.ts
function createEmbed(place, options) {
  register();
  const element = create(document, TAG);
  for (const [name, value] of Object.entries(options)) {
    if (/^on(State|Message|Error|Stale|Close)$/.test(name)) {
      element.addEventListener(name.toLowerCase().replace("on", "embed-"), value);
    } else if (!SETTINGS.includes(name)) {
      throw new TypeError(`createEmbed does not know ${name}`);
    }
  }
  element.update(options);
  element[Symbol.dispose ?? /* @__PURE__ */ Symbol.for("Symbol.dispose")] = () => element.remove();
  place.append(element);
  return element;
}
export {
  ClinicalEmbedElement,
  EmbedError,
  createEmbed,
  register
};
