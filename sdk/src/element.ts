import { Alarm } from './alarm.js';
import { blockedHosts } from './csp.js';
import { Base, viewOf } from './dom.js';
import { EmbedError } from './errors.js';
import { servingGateway } from './gateway.js';
import { postTo, requestLaunch } from './launcher.js';
import { type Effect, type Input, type Model, START, step } from './machine.js';
import { readMessage } from './messages.js';
import { News } from './news.js';
import { languageOf, reflect, update, upgrade } from './properties.js';
import { closeAll, type CloseAllReason, closingsSoFar, join } from './tabs.js';
import { type Texts, textsIn } from './texts.js';
import type { CloseReason, Language, Launch, LaunchFunction, LaunchRequest, Settings, State } from './types.js';
import { webUrl } from './urls.js';
import { View } from './view.js';

/** The events of a window that an element listens to. */
type Heard = WindowEventMap & { visibilitychange: Event };

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
 * @slot stale - The text of staleness, beside the button.
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
  readonly #view: View = new View(this, (press) => this.#send({ type: press }));
  readonly #alarm: Alarm = new Alarm();
  #launch: LaunchFunction | null = null;
  #allowedOrigins: readonly string[] = [];
  #texts: Partial<Texts> = {};
  /** What ends with the request, with the frame, and with the element's stay in the document. */
  #request: AbortController = new AbortController();
  #frame: AbortController = new AbortController();
  #presence: AbortController = new AbortController();
  #leaveTabs: () => void = () => {};
  /** What the last frame was for: its violation may come after its error. */
  #framed: Launch | null = null;
  #shownAt = 0;
  #closings: number = closingsSoFar();
  #waiters: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  readonly #news: News = new News(this);

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
    return languageOf(this);
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
    this.#launch = typeof launch === 'function' ? launch : null;
    this.#send({ type: 'launcher' });
  }

  /** The vendor's origins that answers may name; empty, all. */
  get allowedOrigins(): readonly string[] {
    return this.#allowedOrigins;
  }
  set allowedOrigins(origins: readonly string[]) {
    this.#allowedOrigins = Object.freeze([...origins]);
  }

  /** Seconds after which a shown app is called stale; 0 is never. Junction's never is: it continues its sessions. */
  get staleAfter(): number {
    return Math.max(0, Number(this.getAttribute('stale-after'))) || 0;
  }
  set staleAfter(seconds: number) {
    reflect(this, 'stale-after', seconds);
  }

  /** The origin of the gateway, if its answers hold tickets. Default: where this script was served from, if by a gateway. */
  get gateway(): string | null {
    return this.getAttribute('gateway') ?? servingGateway();
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

  /** Changes settings. To change the context, pass what changes with it in the same call. */
  update(settings: Partial<Settings>): void {
    update(this, settings);
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
    HTMLElement.prototype.focus.call(this.#view.focusable() ?? this, options);
  }

  /** @internal */
  connectedCallback(): void {
    upgrade(this);
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
    this.#presence.abort();
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
    this.#presence = new AbortController();
    this.#join();
    this.#on('pagehide', () => (this.#leaveTabs(), this.#send({ type: 'hide' })));
    this.#on('pageshow', ({ persisted }) => {
      if (persisted) {
        this.#join();
        this.#send({ type: 'show' });
      }
    });
    this.#on('online', () => this.#send({ type: 'online' }));
    this.#on('securitypolicyviolation', (event) => this.#blocked(event));
    // After a sleep, one of them comes first.
    for (const type of ['pageshow', 'focus', 'visibilitychange'] as const) {
      this.#on(type, () => this.#alarm.check());
    }
  }

  /** Listens at the window while the element is in its document, or while it shows this frame. */
  #on<K extends keyof Heard>(type: K, listener: (event: Heard[K]) => void, { signal }: AbortController = this.#presence): void {
    viewOf(this.ownerDocument)?.addEventListener(type, listener as EventListener, { signal, capture: true });
  }

  #join(): void {
    this.#leaveTabs = join((reason) => {
      this.#closings = closingsSoFar();
      this.close(reason);
    });
  }

  #blocked(event: SecurityPolicyViolationEvent): void {
    const hosts = this.#framed && blockedHosts(event, this.#framed);
    if (hosts) {
      this.#send({ type: 'blocked', generation: this.#model.generation, hosts });
    }
  }

  #wait(type: 'open' | 'reload'): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    // Who does not wait hears of it by events, and not by an unhandled rejection.
    settled.catch(() => {});
    this.#send({ type });
    return settled;
  }

  /** One input at a time into the model and the document; what listeners hear comes after, in order. */
  #send(input: Input): void {
    const [model, effects] = step(this.#model, input);
    this.#model = model;
    for (const effect of effects) {
      this.#perform(effect);
    }
    this.#render();
    this.#settle();
    this.#news.tell();
  }

  #perform(effect: Effect): void {
    const { generation, state } = this.#model;
    switch (effect.do) {
      case 'unmount':
        this.#frame.abort();
        return this.#view.unmount();
      case 'abort':
        return this.#request.abort();
      case 'disarm':
        return this.#alarm.clear();
      case 'arm':
        return this.#alarm.set(effect.clock, effect.seconds, () => this.#send({ type: 'timer', generation }));
      case 'schedule':
        return queueMicrotask(() => this.#send({ type: 'settle', launcher: this.#launcher() !== null }));
      case 'mint':
        return void this.#mint(this.#model);
      case 'mount':
        return this.#mount(this.#model);
      case 'window':
        return void viewOf(this.ownerDocument)?.open(effect.url, '_blank', 'noopener');
      case 'aging':
        return this.#news.add('embed-stale', { since: this.#shownAt }, () => this.#send({ type: 'aged', generation }));
      case 'tell':
        this.#shownAt = state === 'shown' ? Date.now() : this.#shownAt;
        return this.#news.add(effect.type, effect.detail);
    }
  }

  #launcher(): LaunchFunction | null {
    const view = viewOf(this.ownerDocument);
    return this.#launch ?? (view && this.launchUrl !== null ? postTo(this.launchUrl, view.location) : null);
  }

  async #mint({ generation, reason, contextKey }: Model): Promise<void> {
    this.#request = new AbortController();
    const details: LaunchRequest = { signal: this.#request.signal, reason, contextKey, language: this.language };
    const answer = await requestLaunch(this.#launcher(), details, () => ({
      gateway: webUrl(this.gateway)?.origin ?? null,
      allowedOrigins: this.#allowedOrigins,
    }));
    this.#send(
      'error' in answer
        ? { type: 'refusal', generation, refusal: answer, random: Math.random() }
        : { type: 'answer', generation, launch: answer },
    );
  }

  #mount({ generation, launch }: Model): void {
    if (!launch) {
      return;
    }
    const frame = this.#view.mount(launch);
    this.#framed = launch;
    this.#frame = new AbortController();
    const { signal } = this.#frame;
    let foreign = !this.hasAttribute('debug');
    frame.addEventListener('load', () => this.#send({ type: 'load', generation }), { signal });
    frame.addEventListener('error', () => this.#send({ type: 'broken', generation }), { signal });
    const hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
      if (!source || source !== frame.contentWindow) {
        return;
      }
      if (origin === launch.origin) {
        this.#send({ type: 'message', generation });
        this.#news.add('embed-message', readMessage(data, launch.modality ? 'junction' : 'empego'));
      } else if (!foreign) {
        foreign = true;
        this.#news.add('embed-error', new EmbedError('foreign_message', { requestId: launch.requestId }));
      }
      this.#news.tell();
    };
    this.#on('message', hear, this.#frame);
    this.#view.insert();
  }

  #settle(): void {
    const { state, error } = this.#model;
    if (state === 'minting' || state === 'loading') {
      return;
    }
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (state === 'shown' || state === 'stale') {
        resolve();
      } else {
        reject(error ?? new DOMException('', 'AbortError'));
      }
    }
  }

  #render(): void {
    this.#view.render(this.#model, textsIn(this.language, this.#texts, this.frameTitle));
  }
}
