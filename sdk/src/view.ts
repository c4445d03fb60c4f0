import { create, viewOf } from './dom.js';
import { type EmbedError } from './errors.js';
import { FINAL, type Model } from './machine.js';
import { errorText, type Texts } from './texts.js';
import type { Launch, State } from './types.js';

const STYLE = `
:host { display: flex; flex-direction: column; min-block-size: 20rem; }
:host([hidden]), [hidden] { display: none !important; }
iframe { flex: 1; inline-size: 100%; border: 0; }
p { margin: 0; }
[part~='status'], [part~='error'] { padding: 0.5rem; font: inherit; }
button { font: inherit; margin-block-start: 0.5rem; }
`;

const STATES: readonly State[] = ['idle', 'minting', 'loading', 'shown', 'stale', 'failed'];

/** What a person can press. */
export type Press = 'retry' | 'reload' | 'follow';

/** The inside of an element: a status, an error with a button, and at most one frame between them. */
export class View {
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #internals: ElementInternals;
  readonly #status: HTMLElement;
  readonly #statusText: HTMLElement;
  readonly #error: HTMLElement;
  readonly #errorText: HTMLElement;
  readonly #retry: HTMLButtonElement;
  readonly #old: HTMLElement;
  readonly #oldText: HTMLElement;
  readonly #reload: HTMLButtonElement;
  #frame: HTMLIFrameElement | null = null;
  #press: Press = 'retry';

  constructor(host: HTMLElement, internals: ElementInternals, pressed: (press: Press) => void) {
    const place = host.ownerDocument;
    const part = (name: string, role: string): HTMLElement => {
      const element = create(place, 'div');
      element.setAttribute('part', name);
      element.setAttribute('role', role);
      return element;
    };
    const slot = (name: string, text: HTMLElement): HTMLElement => {
      const element = create(place, 'slot');
      element.name = name;
      element.append(text);
      return element;
    };
    const button = (press: () => Press): HTMLButtonElement => {
      const element = create(place, 'button');
      element.type = 'button';
      element.addEventListener('click', () => pressed(press()));
      return element;
    };
    this.#host = host;
    this.#internals = internals;
    this.#status = part('status', 'status');
    this.#statusText = create(place, 'p');
    this.#status.append(slot('placeholder', this.#statusText));
    this.#error = part('error', 'alert');
    this.#errorText = create(place, 'p');
    this.#retry = button(() => this.#press);
    this.#error.append(slot('error', this.#errorText), this.#retry);
    this.#old = part('status', 'status');
    this.#oldText = create(place, 'p');
    this.#reload = button(() => 'reload');
    this.#old.append(this.#oldText, this.#reload);
    this.#root = host.attachShadow({ mode: 'closed' });
    this.#root.append(this.#status, this.#error, this.#old);
  }

  /** A style sheet belongs to the document that it was made for, and an element may move to another. */
  dress(): void {
    const view = viewOf(this.#host.ownerDocument);
    if (view && this.#root.adoptedStyleSheets.length === 0) {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
    }
  }

  /** Shows this state. Texts are set where they differ only: a live region reads aloud what is set. */
  render(model: Model, texts: Texts, title: string): void {
    const { state, error } = model;
    const opening = state === 'minting' || state === 'loading';
    this.#status.hidden = !opening;
    set(this.#statusText, opening ? texts.opening : '');
    this.#old.hidden = state !== 'stale';
    set(this.#oldText, state === 'stale' ? texts.stale : '');
    set(this.#reload, texts.reload);
    this.#error.hidden = !error;
    set(this.#errorText, error ? errorText(texts, error.code, error.hosts) : '');
    this.#renderRetry(model, error, texts);
    this.#internals.ariaBusy = String(opening);
    this.#internals.role = 'group';
    this.#internals.ariaLabel = title;
    if (this.#frame) {
      this.#frame.title = title;
    }
    for (const name of STATES) {
      this.#internals.states?.[name === state ? 'add' : 'delete'](name);
    }
  }

  /** A fresh frame for each URL, which is set first: a change in the document would add to the history. */
  mount({ url, frame = {} }: Launch, title: string): HTMLIFrameElement {
    const element = create(this.#host.ownerDocument, 'iframe');
    element.setAttribute('part', 'frame');
    element.title = title;
    element.referrerPolicy = frame.referrerPolicy ?? 'strict-origin';
    if (frame.allow !== undefined) {
      element.allow = frame.allow;
    }
    if (frame.sandbox !== undefined) {
      element.setAttribute('sandbox', frame.sandbox);
    }
    element.src = url;
    this.#frame = element;
    return element;
  }

  /** Puts the mounted frame into the document, once its listeners are there. */
  insert(): void {
    if (this.#frame) {
      this.#root.insertBefore(this.#frame, this.#old);
    }
  }

  unmount(): void {
    const focused = this.#frame !== null && this.#root.activeElement === this.#frame;
    this.#frame?.remove();
    this.#frame = null;
    if (focused && this.#host.isConnected) {
      if (!this.#host.hasAttribute('tabindex')) {
        this.#host.tabIndex = -1;
      }
      HTMLElement.prototype.focus.call(this.#host, { preventScroll: true });
    }
  }

  /** Where the focus goes that the element is given. */
  focusable(): HTMLElement | null {
    return this.#frame ?? (this.#error.hidden || this.#retry.hidden ? null : this.#retry);
  }

  #renderRetry(model: Model, error: EmbedError | null, texts: Texts): void {
    this.#press = error?.code === 'link_out' ? 'follow' : 'retry';
    this.#retry.hidden = !error || FINAL.includes(error.code);
    set(this.#retry, this.#press === 'follow' && model.launch ? texts.openWindow : texts.retry);
  }
}

function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
