// src/alarm.ts
var LONGEST_MS = 2 ** 31 - 1;
function createAlarm(clocks = globalThis) {
  let timer;
  let look;
  const clear2 = () => {
    clocks.clearTimeout(timer);
    look = void 0;
  };
  return {
    set(clock, seconds, ring) {
      const { performance, Date: Date2 } = clocks;
      const monotonic = performance.now();
      const wall = Date2.now();
      const wait = (ms) => {
        clear2();
        timer = clocks.setTimeout(finish, Math.min(ms, LONGEST_MS));
        look = clock === "age" ? finish : void 0;
      };
      const finish = () => {
        const left = look ? seconds * 1e3 - Math.max(performance.now() - monotonic, Date2.now() - wall) : 0;
        if (left > 0) {
          wait(left);
        } else {
          clear2();
          ring();
        }
      };
      wait(seconds * 1e3);
    },
    check: () => look?.(),
    clear: clear2
  };
}

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

// src/fields.ts
function isText(value) {
  return typeof value === "string";
}
function own(value) {
  try {
    return typeof value === "object" && value && !Array.isArray(value) ? Object.assign(/* @__PURE__ */ Object.create(null), value) : null;
  } catch {
    return null;
  }
}
function defined(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
function whole(value, most = Infinity) {
  return Number.isInteger(value) && value >= 0 && value <= most ? value : void 0;
}

// src/urls.ts
var LOOPBACK = /^((.+\.)?localhost|127[.\d]+|\[::1\])$/;
var TICKET = /^\/frame\/[\w.-]+$/;
var BEGINNING = /^https?:\/\/[^/?#@\\]+([/?#]|$)/i;
var LONGEST = 8192;
function parse(text, base) {
  return URL.canParse(text, base) ? new URL(text, base) : null;
}
function webUrl(text) {
  const url = isText(text) && text.length <= LONGEST && BEGINNING.test(text) ? parse(text) : null;
  return url && (url.protocol === "https:" || LOOPBACK.test(url.hostname)) ? url : null;
}
function isOrigin(text) {
  return !!text && webUrl(text)?.origin === text;
}
function isFramable(url, vendor, gateway) {
  return url.origin === vendor || url.origin === gateway && TICKET.test(url.pathname) && url.search === "";
}

// src/answer.ts
var POLICY = /^(no-referrer(-when-downgrade)?|(strict-)?origin(-when-cross-origin)?|same-origin|unsafe-url)$/;
function readAnswer(value, gateway, allowedOrigins) {
  const answer = own(value) ?? {};
  const { url, origin, code, modality } = answer;
  if (url === void 0 && isText(code)) {
    throw answer;
  }
  const requestId = word(answer["requestId"]);
  const refused = (why) => new EmbedError(why, { requestId });
  const frame = readFrame(answer["frame"]);
  const modalityKnown = [void 0, "feature_embed", "link_out"].includes(modality);
  if (!isText(url) || !isText(origin) || !frame || !modalityKnown) {
    throw refused("bad_answer");
  }
  const address = webUrl(url);
  if (!address || !isOrigin(origin) || !isFramable(address, origin, gateway)) {
    throw refused("bad_url");
  }
  if (allowedOrigins.length > 0 && !allowedOrigins.includes(origin)) {
    throw refused("origin_not_allowed");
  }
  const expiresIn = whole(answer["expiresIn"]);
  return defined({ url: address.href, origin, frame, modality, expiresIn, requestId });
}
function readRefusal(value) {
  if (value instanceof EmbedError) {
    return { error: value, automatic: false, retryAfter: 0 };
  }
  try {
    const { status: sent, code, retryable: promised, requestId, retryAfter } = Object(value);
    const status = whole(sent, 599);
    const unreachable = status === void 0 && value instanceof TypeError;
    const retryable = typeof promised === "boolean" ? promised : unreachable || status === 429 || status === 503;
    const facts = { retryable, status, gatewayCode: word(code), requestId: word(requestId) };
    const error = new EmbedError(unreachable ? "launch_unreachable" : "launch_failed", facts);
    return { error, automatic: retryable && !(status && status < 500), retryAfter: Math.min(whole(retryAfter) ?? 0, 3600) };
  } catch {
    return readRefusal(null);
  }
}
function readFrame(value = {}) {
  const { referrerPolicy, allow, sandbox } = own(value) ?? { allow: false };
  const frame = defined({ referrerPolicy, allow, sandbox });
  return Object.values(frame).every(isText) && POLICY.test(String(referrerPolicy ?? "origin")) ? frame : null;
}
function word(value) {
  return isText(value) && /^[\w-]{1,64}$/.test(value) ? value : void 0;
}

// src/csp.ts
function blockedHosts({ blockedURI, effectiveDirective, disposition }, { url, origin }) {
  const hosts = [.../* @__PURE__ */ new Set([new URL(url).origin, origin])];
  const blocked = parse(blockedURI)?.origin ?? "";
  return hosts.includes(blocked) && disposition === "enforce" && /^(frame|child)-src$/.test(effectiveDirective) ? hosts : null;
}

// src/dom.ts
function create(place, tag) {
  return Document.prototype.createElement.call(place, tag);
}
function viewOf(place) {
  return Reflect.get(Document.prototype, "defaultView", place);
}
function focus(element, options) {
  HTMLElement.prototype.focus.call(element, options);
}
var Base = globalThis.HTMLElement ?? class {
};

// src/launcher.ts
function postTo(launchUrl, { href, origin }) {
  const url = parse(launchUrl, href);
  return url?.origin === origin ? (request2) => post(url.href, request2) : null;
}
async function post(url, { signal, ...details }) {
  const response = await fetch(url, {
    // Nothing that a script has put on Object.prototype becomes an option.
    __proto__: null,
    method: "POST",
    credentials: "same-origin",
    redirect: "error",
    // Some browsers keep responses to a POST too, and this one holds a session.
    cache: "no-store",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(details),
    signal
  });
  const { ok, status, headers } = response;
  const answer = await response.json().catch((error) => {
    if (error.name === "SyntaxError") {
      return null;
    }
    throw error;
  });
  if (ok) {
    return answer;
  }
  throw { retryAfter: Number(headers.get("retry-after")), ...answer, status };
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
  reason: "first",
  launch: null,
  error: null,
  retries: 0,
  heard: false,
  staleAfter: 0,
  effects: []
};
function step(model, input, details) {
  const next = { ...model, effects: [] };
  const { generation } = { generation: model.generation, ...details };
  if (generation === model.generation) {
    RULES[input](next, details);
  }
  return next;
}
var RULES = {
  connect(now) {
    now.connected = true;
    act(now, "schedule");
  },
  disconnect(now) {
    now.connected = false;
    close(now, "removed", "moved");
  },
  change(now, { contextKey, staleAfter, launcher }) {
    if (contextKey !== now.contextKey) {
      changeContext(now, contextKey);
    }
    if (staleAfter !== now.staleAfter) {
      now.staleAfter = staleAfter;
      if (now.state === "shown") {
        age(now);
      }
    }
    if (launcher && now.error?.code === "no_launch") {
      request(now, now.reason);
    }
  },
  settle(now, { launcher }) {
    if (now.state === "idle" && now.wanted) {
      request(now, now.reason);
    }
    if (now.state === "minting" && !now.sent) {
      if (now.contextKey && launcher) {
        now.sent = true;
        act(now, "arm", "wait", LAUNCH_SECONDS);
        act(now, "mint");
      } else {
        fail(now, now.contextKey ? "no_launch" : "no_context");
      }
    }
  },
  open(now) {
    want(now);
  },
  reload(now) {
    want(now, "stale");
  },
  close(now, { reason }) {
    now.wanted = false;
    now.reason = "first";
    close(now, reason, "first");
  },
  hide(now) {
    now.hidden = true;
    close(now, "pagehide", "restored");
  },
  show(now) {
    now.hidden = false;
    act(now, "schedule");
  },
  online(now) {
    if (now.error?.code === "launch_unreachable") {
      request(now, "retry");
    }
  },
  answer(now, { launch }) {
    if (!now.sent) {
      return;
    }
    now.sent = false;
    now.launch = launch;
    if (launch.modality !== "link_out") {
      act(now, "arm", "wait", LOAD_SECONDS);
      act(now, "mount", launch);
      enter(now, "loading");
    } else {
      fail(now, "link_out");
      now.launch = launch;
      if (launch.expiresIn != null) {
        act(now, "arm", "age", launch.expiresIn);
      }
    }
  },
  refusal(now, { refusal: { error, automatic, retryAfter }, random }) {
    if (!now.sent) {
      return;
    }
    now.sent = false;
    failWith(now, error);
    if (automatic && now.retries < AUTOMATIC_RETRIES) {
      const pause = Math.min(2 ** now.retries, LONGEST_PAUSE_SECONDS) * (0.5 + random / 2);
      now.retries += 1;
      act(now, "arm", "wait", Math.max(pause, retryAfter));
    }
  },
  load(now) {
    if (now.state === "loading") {
      now.retries = 0;
      enter(now, "shown");
      age(now);
    }
  },
  message(now, details) {
    now.heard = true;
    RULES.load(now, details);
  },
  broken(now) {
    if (now.state === "loading") {
      fail(now, "not_shown", { retryable: true });
    }
  },
  blocked(now, { hosts }) {
    if (now.state === "loading" || now.state === "shown" && !now.heard || now.error?.code === "not_shown") {
      fail(now, "blocked_by_csp", { hosts });
    }
  },
  timer(now, details) {
    if (now.state === "shown") {
      act(now, "aging");
    } else if (now.sent) {
      fail(now, "launch_timeout", { retryable: true });
    } else if (now.state !== "failed") {
      RULES.broken(now, details);
    } else if (now.launch) {
      now.launch = null;
    } else {
      request(now, "retry");
    }
  },
  aged(now) {
    if (now.state === "shown") {
      enter(now, "stale");
    }
  },
  // The URL opens the app once: a second click requests another.
  follow(now) {
    if (now.error?.code !== "link_out") {
      return;
    }
    if (now.launch) {
      act(now, "disarm");
      act(now, "window", now.launch.url);
      now.launch = null;
    } else {
      request(now, "retry");
    }
  }
};
function changeContext(now, contextKey) {
  now.contextKey = contextKey;
  now.retries = 0;
  if (now.state !== "idle") {
    request(now, "context", "context");
  } else if (now.generation > 0) {
    now.reason = "context";
  }
}
function want(now, anew) {
  now.wanted = true;
  now.retries = 0;
  const reason = now.state === "idle" ? now.reason : now.state === "failed" ? "retry" : anew;
  if (reason) {
    request(now, reason);
  }
}
function request(now, reason, closed) {
  if (now.connected && !now.hidden) {
    leave(now, closed);
    now.reason = reason;
    act(now, "schedule");
    enter(now, "minting");
  }
}
function age(now) {
  act(now, "disarm");
  if (now.staleAfter > 0 && !now.launch?.modality) {
    act(now, "arm", "age", now.staleAfter);
  }
}
function close(now, closed, reason) {
  if (now.state !== "idle") {
    leave(now, closed);
    now.reason = reason;
    enter(now, "idle", closed);
  }
}
function fail(now, code, facts) {
  failWith(now, new EmbedError(code, { requestId: now.launch?.requestId, ...facts }));
}
function failWith(now, error) {
  clear(now);
  now.error = error;
  enter(now, "failed");
  act(now, "tell", "embed-error", error);
}
function leave(now, closed) {
  clear(now);
  now.generation += 1;
  if (closed) {
    act(now, "tell", "embed-close", { reason: closed });
  }
}
function clear(now) {
  act(now, "unmount");
  act(now, "disarm");
  if (now.sent) {
    act(now, "abort");
  }
  now.sent = now.heard = false;
  now.launch = now.error = null;
}
function enter(now, state, reason = now.reason) {
  const detail = { state, previous: now.state, reason };
  act(now, "tell", "embed-state", detail);
  now.state = state;
}
function act(now, ...effect) {
  now.effects.push(effect);
}

// src/messages.ts
var LONGEST2 = 255;
function readMessage(raw, vendor) {
  const sent = own(raw);
  return seal((sent && (junction(sent) ?? empego(sent))) ?? { vendor, kind: "unknown" }, raw);
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
  const fields = defined({
    vendor: "empego",
    kind,
    operation: short(operation),
    id: short(id),
    status: short(status),
    tenantKey: short(tenantKey),
    at: moment(createdAt),
    export: exported(own(data))
  });
  return kind && fields["operation"] && fields["id"] ? fields : null;
}
function exported(data) {
  const all = defined({ pdf: part(data?.["pdfSummary"], pdfOf), text: part(data?.["textualSummary"], textOf) });
  return Object.keys(all).length > 0 ? all : void 0;
}
function part(value, read) {
  const summary = own(value);
  return summary && (summary["status"] === "FAILURE" ? "failed" : read(summary));
}
function pdfOf({ fileURL: url, fileURLExpiry }) {
  const expiresAt = epoch(fileURLExpiry);
  return isText(url) && webUrl(url) && expiresAt ? { url, expiresAt } : void 0;
}
function textOf({ content }) {
  return isText(content) ? content : void 0;
}
function moment(value) {
  if (!isText(value)) {
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
  return isText(value) && value !== "" && value.length <= LONGEST2 ? value : void 0;
}
function seal(fields, raw) {
  const hidden = { raw: { value: raw }, toJSON: { value: () => ({ ...fields, export: outline(fields["export"]) }) } };
  return Object.freeze(Object.defineProperties({ ...fields }, hidden));
}
function outline(parts) {
  const state = ([name, part2]) => [name, part2 === "failed" ? part2 : "ready"];
  return parts ? Object.fromEntries(Object.entries(parts).map(state)) : void 0;
}

// src/news.ts
function createNews(target) {
  const waiting = [];
  let telling = false;
  return {
    add(...item) {
      waiting.push(item);
    },
    tell() {
      if (telling) {
        return;
      }
      telling = true;
      for (const [type, detail, otherwise] of waiting) {
        const cancelable = !!otherwise;
        const event = new CustomEvent(type, { bubbles: true, composed: true, cancelable, detail: Object.freeze(detail) });
        if (target.dispatchEvent(event)) {
          otherwise?.();
        }
      }
      waiting.length = 0;
      telling = false;
    }
  };
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
var STYLE = ":host{display:flex;flex-flow:column;min-block-size:20rem}:host([hidden]),[hidden]{display:none!important}iframe{flex:1;border:0}div{padding:.5rem}button{display:block;font:inherit;margin-block-start:.5rem}";
function createView(host, pressed) {
  const make = (tag, properties) => Object.assign(create(host.ownerDocument, tag), properties);
  const line = (part2, role, name, press2) => {
    const text = make("slot", { name });
    const button = make("button", { type: "button", hidden: !press2 });
    button.addEventListener("click", () => press2 && pressed(press2()));
    const box = make("div", { part: part2, role });
    box.append(text, button);
    root.append(box);
    return [box, text, button];
  };
  const internals = host.attachInternals();
  internals.role = "group";
  const root = host.attachShadow({ mode: "closed" });
  let frame = null;
  let press = "open";
  const status = line("status", "status", "placeholder");
  const failure = line("error", "alert", "error", () => press);
  const old = line("status", "status", "stale", () => "reload");
  return {
    dress() {
      const view = viewOf(host.ownerDocument);
      if (view) {
        const sheet = new view.CSSStyleSheet();
        sheet.replaceSync(STYLE);
        root.adoptedStyleSheets = [sheet];
      }
    },
    render({ state, error, launch }, texts) {
      const opening = state === "minting" || state === "loading";
      const linked = error?.code === "link_out";
      press = linked ? "follow" : "open";
      show(status, opening && texts.opening, "");
      show(failure, error && errorText(texts, error), linked && launch ? texts.openWindow : texts.retry);
      show(old, state === "stale" && texts.stale, texts.reload);
      internals.ariaBusy = String(opening);
      internals.ariaLabel = texts.title;
      if (frame) {
        frame.title = texts.title;
      }
      internals.states?.clear();
      internals.states?.add(state);
    },
    mount(launch, listen) {
      frame = make("iframe", { part: "frame", referrerPolicy: "strict-origin", ...launch.frame, src: launch.url });
      listen(frame);
      old[0].before(frame);
    },
    unmount() {
      const focused = frame && root.activeElement === frame;
      frame?.remove();
      frame = null;
      if (focused && host.isConnected) {
        if (!host.hasAttribute("tabindex")) {
          host.tabIndex = -1;
        }
        focus(host, { preventScroll: true });
      }
    },
    focusable: () => frame ?? (failure[0].hidden ? null : failure[2])
  };
}
function show([box, text, button], words, label) {
  box.hidden = !isText(words);
  set(text, words || "");
  set(button, label);
}
function set(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

// src/control.ts
function createControl(host) {
  const view = createView(host, (press) => send(press));
  const alarm = createAlarm();
  const news = createNews(host);
  let model = START;
  let untilAnswer;
  let untilUnmount;
  let untilDisconnect;
  let leaveTabs = () => {
  };
  let framed = null;
  let shownAt = 0;
  let closings2 = closingsSoFar();
  const waiters = [];
  function send(input, ...[details = {}]) {
    model = step(model, input, details);
    for (const [effect, ...details2] of model.effects) {
      effects[effect](...details2);
    }
    view.render(model, textsIn(host.language, host.texts, host.frameTitle));
    settle();
    news.tell();
  }
  const late = (input) => {
    const { generation } = model;
    return () => send(input, { generation });
  };
  const effects = {
    unmount() {
      untilUnmount?.abort();
      view.unmount();
    },
    abort: () => untilAnswer?.abort(),
    arm: (clock, seconds) => alarm.set(clock, seconds, late("timer")),
    disarm: alarm.clear,
    schedule: () => queueMicrotask(() => send("settle", found())),
    mint() {
      const { generation, reason, contextKey } = model;
      untilAnswer = new AbortController();
      const { signal } = untilAnswer;
      const answer = async () => {
        const value = await launcher()?.({ signal, reason, contextKey, language: host.language });
        return readAnswer(value, webUrl(host.gateway)?.origin, host.allowedOrigins);
      };
      answer().then(
        (launch) => send("answer", { generation, launch }),
        (thrown) => send("refusal", { generation, refusal: readRefusal(thrown), random: Math.random() })
      );
    },
    mount(launch) {
      framed = launch;
      untilUnmount = new AbortController();
      const { signal } = untilUnmount;
      view.mount(launch, (frame) => {
        frame.addEventListener("load", late("load"));
        frame.addEventListener("error", late("broken"));
        const heard = late("message");
        let foreign = !host.hasAttribute("debug");
        const hear = ({ source, origin, data }) => {
          if (!source || source !== frame.contentWindow) {
            return;
          }
          if (origin === launch.origin) {
            heard();
            news.add("embed-message", readMessage(data, launch.modality ? "junction" : "empego"));
          } else if (!foreign) {
            foreign = true;
            news.add("embed-error", new EmbedError("foreign_message", { requestId: launch.requestId }));
          }
          news.tell();
        };
        on(signal, "message", hear);
      });
    },
    aging: () => news.add("embed-stale", { since: shownAt }, late("aged")),
    window: (url) => viewOf(host.ownerDocument)?.open(url, "_blank", "noopener"),
    tell(type, detail) {
      if (model.state === "shown") {
        shownAt = Date.now();
      }
      news.add(type, detail);
    }
  };
  function on(signal, type, listener) {
    viewOf(host.ownerDocument)?.addEventListener(type, listener, { signal, capture: true });
  }
  const found = () => ({ contextKey: host.contextKey, staleAfter: host.staleAfter, launcher: !!launcher() });
  function launcher() {
    const window = viewOf(host.ownerDocument);
    return host.launch ?? (window && host.launchUrl !== null ? postTo(host.launchUrl, window.location) : null);
  }
  function enterTabs() {
    const closed = (reason) => {
      closings2 = closingsSoFar();
      close2(reason);
    };
    if (closings2 !== closingsSoFar()) {
      closed("logout");
    }
    leaveTabs = join(closed);
  }
  function settle() {
    const { state, error } = model;
    if (state === "minting" || state === "loading") {
      return;
    }
    for (const { resolve, reject } of waiters.splice(0)) {
      if (state === "idle") {
        reject(new DOMException("", "AbortError"));
      } else if (error) {
        reject(error);
      } else {
        resolve();
      }
    }
  }
  const close2 = (reason) => send("close", { reason });
  return {
    get model() {
      return model;
    },
    connect() {
      view.dress();
      untilDisconnect = new AbortController();
      const { signal } = untilDisconnect;
      enterTabs();
      on(signal, "pagehide", () => {
        leaveTabs();
        send("hide");
      });
      on(signal, "pageshow", ({ persisted }) => {
        if (persisted) {
          enterTabs();
          send("show");
        }
      });
      on(signal, "online", () => send("online"));
      on(signal, "securitypolicyviolation", (event) => {
        const hosts = framed && blockedHosts(event, framed);
        if (hosts) {
          send("blocked", { hosts });
        }
      });
      for (const type of ["pageshow", "focus", "visibilitychange"]) {
        on(signal, type, alarm.check);
      }
      send("connect");
    },
    disconnect() {
      untilDisconnect?.abort();
      leaveTabs();
      send("disconnect");
    },
    change() {
      send("change", found());
    },
    want(input) {
      const settled = new Promise((resolve, reject) => waiters.push({ resolve, reject }));
      settled.catch(() => {
      });
      send(input);
      return settled;
    },
    close: close2,
    focusable: view.focusable
  };
}

// src/gateway.ts
var servedBy = null;
function servingGateway() {
  return servedBy;
}

// src/properties.ts
var orEmpty = (text) => text ?? "";
var READERS = {
  gateway: (text) => text ?? servingGateway(),
  staleAfter: (text) => Math.max(0, Number(text)) || 0,
  frameTitle: orEmpty,
  language: (_, element) => languageOf(element),
  launchUrl: (text) => text,
  contextKey: orEmpty
};
var SETTINGS = ["texts", "allowedOrigins", "launch", ...Object.keys(READERS)];
var ATTRIBUTES = Object.keys(READERS).map(attributeOf);
function attributeOf(name) {
  return name === "language" ? "lang" : name.replace(/[A-Z]/, "-$&").toLowerCase();
}
function reflect(prototype) {
  for (const [name, read] of Object.entries(READERS)) {
    const attribute = attributeOf(name);
    Object.defineProperty(prototype, name, {
      configurable: true,
      get() {
        return read(this.getAttribute(attribute), this);
      },
      set(value) {
        if (value === null || value === void 0) {
          this.removeAttribute(attribute);
        } else {
          this.setAttribute(attribute, value);
        }
      }
    });
  }
}
function update(element, settings) {
  const given = own(settings) ?? {};
  for (const name of SETTINGS) {
    if (given[name] !== void 0) {
      Reflect.set(element, name, given[name]);
    }
  }
}
function upgrade(element) {
  const early = { ...element };
  for (const name of SETTINGS) {
    delete element[name];
  }
  update(element, early);
}
function languageOf(element) {
  const holder = element.closest("[lang]");
  const root = element.getRootNode();
  if (!holder && root instanceof ShadowRoot) {
    return languageOf(root.host);
  }
  return /^fr(-|$)/i.test(String(holder?.getAttribute("lang"))) ? "fr" : "en";
}

// src/element.ts
var ClinicalEmbedElement = class extends Base {
  static observedAttributes = ATTRIBUTES;
  /** Closes all elements in this tab, and in the profile's other tabs of this origin. */
  static closeAll(reason) {
    closeAll(reason);
  }
  #control = createControl(this);
  #launch = null;
  #allowedOrigins = [];
  #texts = {};
  static {
    reflect(this.prototype);
  }
  /** Where the element is between nothing and a shown app. */
  get state() {
    return this.#control.model.state;
  }
  /** Why it is `failed`. */
  get error() {
    return this.#control.model.error;
  }
  /** Requests a launch. It must be for the request's `contextKey`. */
  get launch() {
    return this.#launch;
  }
  set launch(launch) {
    this.#launch = typeof launch === "function" ? launch : null;
    this.#control.change();
  }
  /** The vendor's origins that answers may name; empty, all. Throws a `TypeError` if one is not exactly an origin. */
  get allowedOrigins() {
    return this.#allowedOrigins;
  }
  set allowedOrigins(origins) {
    if (!origins.every(isOrigin)) {
      throw new TypeError("allowedOrigins");
    }
    this.#allowedOrigins = Object.freeze([...origins]);
  }
  /** The page's own texts, in place of some. */
  get texts() {
    return this.#texts;
  }
  set texts(texts) {
    this.#texts = Object.freeze({ ...texts });
    this.#control.change();
  }
  /** Changes settings. To change the context, pass what changes with it in the same call. */
  update(settings) {
    update(this, settings);
  }
  /** Opens the app, or retries. Resolves when it is shown; rejects with an {@link EmbedError}, or an `AbortError` if closed. */
  open() {
    return this.#control.want("open");
  }
  /** Closes the app. It stays closed until `open()` is called. */
  close(reason = "caller") {
    this.#control.close(reason);
  }
  /** Opens the app anew; what a person has typed there is lost. Settles as `open()` does. */
  reload() {
    return this.#control.want("reload");
  }
  /** Focuses the frame, or else the button. */
  focus(options) {
    focus(this.#control.focusable() ?? this, options);
  }
  /** @internal */
  connectedCallback() {
    upgrade(this);
    this.#control.connect();
  }
  /** @internal */
  disconnectedCallback() {
    this.#control.disconnect();
  }
  /** Being there, it lets `moveBefore` keep the frame. @internal */
  connectedMoveCallback() {
  }
  /** @internal */
  attributeChangedCallback() {
    this.#control.change();
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
      throw new TypeError(name);
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
