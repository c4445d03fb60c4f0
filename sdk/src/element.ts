import { Alarm } from './alarm.js';
import { readAnswer, readRefusal, type Trust } from './answer.js';
import { Base, viewOf } from './dom.js';
import { EmbedError } from './errors.js';
import { postTo } from './launcher.js';
import { type Effect, type Input, type Model, START, step } from './machine.js';
import { readMessage } from './messages.js';
import { closeAll, type CloseAllReason, closingsSoFar, join } from './tabs.js';
import { type Texts, textsIn } from './texts.js';
import type { CloseReason, Language, Launch, LaunchFunction, LaunchRequest, State } from './types.js';
import { isOrigin, webUrl } from './urls.js';
import { View } from './view.js';

/** What `open()` and `reload()` wait for. */
interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Properties that a page may have set before the element was defined. */
const PROPERTIES = [
  'texts',
  'gateway',
  'allowedOrigins',
  'staleAfter',
  'frameTitle',
  'language',
  'launch',
  'launchUrl',
  'contextKey',
] as const;

let servedBy: string | null = null;

/** The gateway whose tickets elements accept that name none. */
export function trustGateway(origin: string): void {
  servedBy = isOrigin(origin) ? origin : null;
}

/**
 * An app of Empego or Junction in a page. It opens by itself once it is in the document, and closes when it leaves it.
 *
 * @tagname clinical-embed
 * @attr context-key - Required. An opaque text that changes with the patient or the person; not an identifier.
 * @attr frame-title - The accessible name of the frame; never a patient's name.
 * @attr launch-url - A path of the page's origin, which responds to a POST with what the gateway responded.
 * @attr stale-after - Seconds after which a shown app is called stale; 0, the default, is never.
 * @attr gateway - The origin of the gateway, if its answers hold tickets.
 * @attr debug - Reports messages of the frame from another origin, as `foreign_message`.
 * @fires embed-state - A transition: `{state, previous, reason}`.
 * @fires embed-message - A message of the app: a `Message`.
 * @fires embed-error - The app is not shown: an `EmbedError`.
 * @fires embed-stale - `staleAfter` has passed: `{since}`. Cancelable; otherwise a button is offered.
 * @fires embed-close - The app was closed: `{reason}`.
 * @slot placeholder - While the app opens.
 * @slot error - The text of an error, beside the button.
 * @csspart frame - The iframe.
 * @csspart status - What is said about opening and about staleness.
 * @csspart error - What is said about an error.
 */
export class ClinicalEmbedElement extends Base {
  static readonly observedAttributes: readonly string[] = ['context-key', 'frame-title', 'launch-url', 'lang', 'stale-after'];

  /** Closes all elements in this tab, and in the profile's other tabs of this origin. */
  static closeAll(reason: CloseAllReason): void {
    closeAll(reason);
  }

  #model: Model = START;
  readonly #internals: ElementInternals = this.attachInternals();
  readonly #view: View = new View(this, this.#internals, (press) =>
    this.#send({ type: press === 'retry' ? 'open' : press }),
  );
  readonly #alarm: Alarm = new Alarm({
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
    clearTimeout: (timer) => clearTimeout(timer),
  });
  #launch: LaunchFunction | null = null;
  #allowedOrigins: readonly string[] = [];
  #texts: Partial<Texts> = {};
  #request: AbortController | null = null;
  #frame: AbortController | null = null;
  #presence: AbortController | null = null;
  #leaveTabs: () => void = () => {};
  /** What the last frame was for: its violation may come after its error. */
  #framed: Launch | null = null;
  #shownAt = 0;
  #closings: number = closingsSoFar();
  #waiters: Waiter[] = [];
  #news: (() => void)[] = [];
  #telling = false;

  /** Where the element is between nothing and a shown app. */
  get state(): State {
    return this.#model.state;
  }

  /** Why it is `failed`. */
  get error(): EmbedError | null {
    return this.#model.error;
  }

  /** Required. An opaque text that changes with the patient or the person. Set it before `launch` or after: both count. */
  get contextKey(): string {
    return this.getAttribute('context-key') ?? '';
  }
  set contextKey(key: string) {
    reflect(this, 'context-key', key);
  }

  /** The `lang` of the element or its nearest ancestor, else English. */
  get language(): Language {
    let place: Element | null = this;
    while (place) {
      const holder: Element | null = place.closest('[lang]');
      if (holder) {
        return /^fr(-|$)/i.test(holder.getAttribute('lang') ?? '') ? 'fr' : 'en';
      }
      const root = place.getRootNode();
      place = root instanceof ShadowRoot ? root.host : null;
    }
    return 'en';
  }
  set language(language: Language) {
    reflect(this, 'lang', language);
  }

  /** The accessible name of the frame; never a patient's name. */
  get frameTitle(): string {
    return this.getAttribute('frame-title') ?? '';
  }
  set frameTitle(title: string) {
    reflect(this, 'frame-title', title);
  }

  /** A path of the page's origin, unless `launch` is set. */
  get launchUrl(): string | null {
    return this.getAttribute('launch-url');
  }
  set launchUrl(url: string | null) {
    reflect(this, 'launch-url', url);
  }

  /** Requests a launch. It must be for the request's `contextKey`. */
  get launch(): LaunchFunction | null {
    return this.#launch;
  }
  set launch(launch: LaunchFunction | null) {
    if (launch != null && typeof launch !== 'function') {
      throw new TypeError('launch takes a function');
    }
    this.#launch = launch ?? null;
    this.#send({ type: 'launcher' });
  }

  /** The vendor's origins that answers may name; empty, all. */
  get allowedOrigins(): readonly string[] {
    return this.#allowedOrigins;
  }
  set allowedOrigins(origins: readonly string[]) {
    if (!Array.isArray(origins) || !origins.every(isOrigin)) {
      throw new TypeError('allowedOrigins takes origins, such as https://app.example');
    }
    this.#allowedOrigins = Object.freeze([...origins]);
  }

  /** Seconds after which a shown app is called stale; 0 is never. Junction's never is: it continues its sessions. */
  get staleAfter(): number {
    const seconds = Number(this.getAttribute('stale-after') ?? 0);
    return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
  }
  set staleAfter(seconds: number) {
    reflect(this, 'stale-after', seconds);
  }

  /** The origin of the gateway, if its answers hold tickets. Default: where this script was served from, if by a gateway. */
  get gateway(): string | null {
    return this.getAttribute('gateway') ?? servedBy;
  }
  set gateway(origin: string | null) {
    reflect(this, 'gateway', origin);
  }

  /** The page's own texts, in place of some. */
  get texts(): Partial<Texts> {
    return this.#texts;
  }
  set texts(texts: Partial<Texts>) {
    this.#texts = Object.freeze({ ...texts });
    this.#render();
  }

  /** Opens the app, or retries. Resolves when it is shown; rejects with an {@link EmbedError}, or an `AbortError` if closed. */
  open(): Promise<void> {
    return this.#wait('open');
  }

  /** Closes the app. It stays closed until `open()` is called. */
  close(reason: CloseReason = 'caller'): void {
    this.#send({ type: 'close', reason });
  }

  /** Opens the app anew; what a person has typed there is lost. Settles as `open()` does. */
  reload(): Promise<void> {
    return this.#wait('reload');
  }

  /** Focuses the frame, or else the button. */
  override focus(options?: FocusOptions): void {
    const target = this.#view.focusable();
    if (target) {
      target.focus(options);
    } else {
      super.focus(options);
    }
  }

  /** @internal */
  connectedCallback(): void {
    for (const name of PROPERTIES) {
      upgrade(this, name);
    }
    if (this.#closings !== closingsSoFar()) {
      // It was created for whom everything was closed.
      this.#closings = closingsSoFar();
      this.#model = { ...this.#model, wanted: false };
    }
    this.#view.dress();
    this.#listen();
    this.#send({ type: 'connect' });
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#presence?.abort();
    this.#leaveTabs();
    this.#send({ type: 'disconnect' });
  }

  /** Being there, it lets `moveBefore` keep the frame. @internal */
  connectedMoveCallback(): void {}

  /** @internal */
  attributeChangedCallback(name: string, previous: string | null, value: string | null): void {
    if (previous === value) {
      return;
    }
    if (name === 'context-key') {
      this.#send({ type: 'context', key: this.contextKey });
    } else if (name === 'stale-after') {
      this.#send({ type: 'staleAfter', seconds: this.staleAfter });
    } else if (name === 'launch-url') {
      this.#send({ type: 'launcher' });
    } else {
      this.#render();
    }
  }

  #listen(): void {
    const view = viewOf(this.ownerDocument);
    if (!view) {
      return;
    }
    this.#presence = new AbortController();
    const { signal } = this.#presence;
    this.#leaveTabs = join((reason) => this.#closeForAll(reason));
    view.addEventListener('pagehide', () => (this.#leaveTabs(), this.#send({ type: 'hide' })), { signal });
    view.addEventListener(
      'pageshow',
      ({ persisted }) => {
        if (persisted) {
          this.#leaveTabs = join((reason) => this.#closeForAll(reason));
        }
        this.#send({ type: 'show' });
        this.#alarm.check();
      },
      { signal },
    );
    view.addEventListener('online', () => this.#send({ type: 'online' }), { signal });
    view.addEventListener('focus', () => this.#alarm.check(), { signal });
    const look = { signal, capture: true };
    view.addEventListener('visibilitychange', () => this.#alarm.check(), look);
    view.addEventListener('securitypolicyviolation', (event) => this.#blocked(event), look);
  }

  #closeForAll(reason: CloseAllReason): void {
    this.#closings = closingsSoFar();
    this.close(reason);
  }

  #blocked({ blockedURI, effectiveDirective, disposition }: SecurityPolicyViolationEvent): void {
    const launch = this.#framed;
    const { generation } = this.#model;
    const frames = effectiveDirective === 'frame-src' || effectiveDirective === 'child-src';
    if (!launch || !frames || disposition !== 'enforce' || !URL.canParse(blockedURI)) {
      return;
    }
    const hosts = [...new Set([new URL(launch.url).origin, launch.origin])];
    if (hosts.includes(new URL(blockedURI).origin)) {
      this.#send({ type: 'blocked', generation, hosts });
    }
  }

  #wait(type: 'open' | 'reload'): Promise<void> {
    if (!this.isConnected) {
      return Promise.reject(new DOMException('The element is not in a document', 'InvalidStateError'));
    }
    const settled = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    // Who does not wait hears of it by events, and not by an unhandled rejection.
    settled.catch(() => {});
    this.#send({ type });
    return settled;
  }

  /** One input at a time into the model and the document; what listeners hear comes after, in order. */
  #send(input: Input): void {
    const [model, effects] = step(this.#model, input);
    const changed = model !== this.#model;
    this.#model = model;
    for (const effect of effects) {
      this.#perform(effect);
    }
    if (changed) {
      this.#render();
    }
    this.#settle();
    this.#tell();
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'unmount':
        this.#frame?.abort();
        this.#frame = null;
        return this.#view.unmount();
      case 'abort':
        return this.#request?.abort();
      case 'disarm':
        return this.#alarm.clear();
      case 'arm': {
        const { generation } = effect;
        return this.#alarm.set(effect.clock, effect.seconds, () => this.#send({ type: 'timer', generation }));
      }
      case 'schedule':
        return queueMicrotask(() => this.#send({ type: 'settle', launcher: this.#launcher() !== null }));
      case 'mint':
        return void this.#mint(effect);
      case 'mount':
        return this.#mount(effect.generation, effect.launch);
      case 'window':
        return void viewOf(this.ownerDocument)?.open(effect.url, '_blank', 'noopener');
      case 'aging':
        return this.#age();
      case 'closed':
        return this.#announce('embed-close', { reason: effect.reason });
      case 'failed':
        return this.#announce('embed-error', effect.error);
      case 'state': {
        const { state, previous, reason } = effect;
        this.#shownAt = state === 'shown' ? Date.now() : this.#shownAt;
        return this.#announce('embed-state', { state, previous, reason });
      }
    }
  }

  #launcher(): LaunchFunction | null {
    const view = viewOf(this.ownerDocument);
    const url = this.launchUrl;
    return this.#launch ?? (url === null || !view ? null : postTo(url, view.location.href, view.location.origin));
  }

  async #mint({ generation, reason, contextKey }: Extract<Effect, { do: 'mint' }>): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    const details: LaunchRequest = { signal: request.signal, reason, contextKey, language: this.language };
    const launcher = this.#launcher();
    let answer: Launch | EmbedError;
    try {
      answer = readAnswer(await launcher?.(Object.freeze(details)), this.#trust());
    } catch (thrown) {
      const refusal = readRefusal(thrown, 0);
      return this.#send({ type: 'refusal', generation, refusal, random: Math.random() });
    }
    if (answer instanceof EmbedError) {
      const refusal = { error: answer, automatic: false, retryAfter: 0 };
      this.#send({ type: 'refusal', generation, refusal, random: 0 });
    } else {
      this.#send({ type: 'answer', generation, launch: answer });
    }
  }

  #trust(): Trust {
    return { gateway: webUrl(this.gateway)?.origin ?? null, allowedOrigins: this.#allowedOrigins };
  }

  #mount(generation: number, launch: Launch): void {
    const frame = this.#view.mount(launch, this.#title());
    this.#framed = launch;
    this.#frame = new AbortController();
    const { signal } = this.#frame;
    const vendor = launch.modality === undefined ? 'empego' : 'junction';
    let foreign = false;
    frame.addEventListener('load', () => this.#send({ type: 'load', generation }), { signal });
    frame.addEventListener('error', () => this.#send({ type: 'broken', generation }), { signal });
    viewOf(this.ownerDocument)?.addEventListener(
      'message',
      (event) => {
        if (event.source === null || event.source !== frame.contentWindow) {
          return;
        }
        if (event.origin === launch.origin) {
          this.#send({ type: 'message', generation });
          this.#announce('embed-message', readMessage(event.data, vendor));
          this.#tell();
        } else if (!foreign && this.hasAttribute('debug')) {
          foreign = true;
          this.#announce('embed-error', new EmbedError('foreign_message', { requestId: launch.requestId }));
          this.#tell();
        }
      },
      { signal },
    );
    this.#view.insert();
  }

  #age(): void {
    const { generation } = this.#model;
    this.#news.push(() => {
      const event = new CustomEvent('embed-stale', {
        ...OUTWARD,
        cancelable: true,
        detail: Object.freeze({ since: this.#shownAt }),
      });
      if (this.dispatchEvent(event)) {
        this.#send({ type: 'aged', generation });
      }
    });
  }

  #announce(type: string, detail: object): void {
    this.#news.push(() => void this.dispatchEvent(new CustomEvent(type, { ...OUTWARD, detail: Object.freeze(detail) })));
  }

  #tell(): void {
    if (this.#telling) {
      return;
    }
    this.#telling = true;
    for (let news = this.#news.shift(); news; news = this.#news.shift()) {
      news();
    }
    this.#telling = false;
  }

  #settle(): void {
    const { state, error } = this.#model;
    if (this.#waiters.length === 0 || state === 'minting' || state === 'loading') {
      return;
    }
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (state === 'shown' || state === 'stale') {
        resolve();
      } else {
        reject(error ?? new DOMException('The app was closed', 'AbortError'));
      }
    }
  }

  #title(): string {
    return this.frameTitle || textsIn(this.language, this.#texts).title;
  }

  #render(): void {
    this.#view.render(this.#model, textsIn(this.language, this.#texts), this.#title());
  }
}

const OUTWARD = { bubbles: true, composed: true, cancelable: false };

function reflect(element: Element, attribute: string, value: unknown): void {
  if (value === null || value === undefined) {
    element.removeAttribute(attribute);
  } else {
    element.setAttribute(attribute, String(value));
  }
}

/** A property that was set before the definition hides the accessor. */
function upgrade(element: ClinicalEmbedElement, name: (typeof PROPERTIES)[number]): void {
  if (Object.hasOwn(element, name)) {
    const value: unknown = element[name];
    Reflect.deleteProperty(element, name);
    Reflect.set(element, name, value);
  }
}
