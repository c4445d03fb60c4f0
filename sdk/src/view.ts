import { create, viewOf } from './dom.js';
import type { Model } from './machine.js';
import { errorText, type Texts } from './texts.js';
import type { Launch } from './types.js';

const STYLE = `:host{display:flex;flex-direction:column;min-block-size:20rem}
:host([hidden]),[hidden]{display:none!important}
iframe{flex:1;inline-size:100%;border:0}
div{padding:.5rem}
button{display:block;font:inherit;margin-block-start:.5rem}`;

/** What a person can press. */
export type Press = 'open' | 'reload' | 'follow';

/** A text and a button, which are there while they have something to say. */
interface Line {
  readonly box: HTMLElement;
  readonly text: HTMLElement;
  readonly button: HTMLElement;
}

/** The inside of an element: a status, an error with a button, and at most one frame between them. */
export class View {
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #internals: ElementInternals;
  readonly #status: Line;
  readonly #error: Line;
  readonly #old: Line;
  #frame: HTMLIFrameElement | null = null;
  #press: Press = 'open';

  constructor(host: HTMLElement, pressed: (press: Press) => void) {
    const line = (part: string, role: string, name: string, press?: () => Press): Line => {
      const text = this.#create('slot', { name });
      const button = this.#create('button', { type: 'button', hidden: !press });
      button.addEventListener('click', () => press && pressed(press()));
      const box = this.#create('div', { part, role });
      box.append(text, button);
      return { box, text, button };
    };
    this.#host = host;
    this.#internals = host.attachInternals();
    this.#internals.role = 'group';
    this.#status = line('status', 'status', 'placeholder');
    this.#error = line('error', 'alert', 'error', () => this.#press);
    this.#old = line('status', 'status', 'stale', () => 'reload');
    this.#root = host.attachShadow({ mode: 'closed' });
    this.#root.append(this.#status.box, this.#error.box, this.#old.box);
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

  /** Shows this state. */
  render({ state, error, launch }: Model, texts: Texts): void {
    const opening = state === 'minting' || state === 'loading';
    const linked = error?.code === 'link_out';
    this.#press = linked ? 'follow' : 'open';
    show(this.#status, opening ? texts.opening : null, '');
    show(this.#error, error && errorText(texts, error), linked && launch ? texts.openWindow : texts.retry);
    show(this.#old, state === 'stale' ? texts.stale : null, texts.reload);
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
  mount({ url, frame }: Launch): HTMLIFrameElement {
    this.#frame = this.#create('iframe', { part: 'frame', referrerPolicy: 'strict-origin', ...frame, src: url });
    return this.#frame;
  }

  /** Puts the mounted frame into the document, once its listeners are there. */
  insert(): void {
    if (this.#frame) {
      this.#root.insertBefore(this.#frame, this.#old.box);
    }
  }

  unmount(): void {
    const focused = this.#frame && this.#root.activeElement === this.#frame;
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
    const { box, button } = this.#error;
    return this.#frame ?? (box.hidden ? null : button);
  }

  #create<K extends keyof HTMLElementTagNameMap>(tag: K, properties: object): HTMLElementTagNameMap[K] {
    return Object.assign(create(this.#host.ownerDocument, tag), properties);
  }
}

/** Texts are set where they differ only: a live region reads aloud what is set. */
function show({ box, text, button }: Line, words: string | null, label: string): void {
  box.hidden = words === null;
  set(text, words ?? '');
  set(button, label);
}

function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
