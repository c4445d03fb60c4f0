import { create, focus, viewOf } from './dom.js';
import { isText } from './fields.js';
import type { Model } from './machine.js';
import { errorText, type Texts } from './texts.js';
import type { Launch } from './types.js';

const STYLE =
  ':host{display:flex;flex-flow:column;min-block-size:20rem}' +
  ':host([hidden]),[hidden]{display:none!important}' +
  'iframe{flex:1;border:0}' +
  'div{padding:.5rem}' +
  'button{display:block;font:inherit;margin-block-start:.5rem}';

/** What a person can press. */
export type Press = 'open' | 'reload' | 'follow';

/** The inside of an element: a status, an error with a button, and at most one frame between them. */
export interface View {
  /** A style sheet belongs to the document that it was made for, and an element may move to another. */
  dress(): void;
  /** Shows this state. */
  render(model: Model, texts: Texts): void;
  /**
   * Puts a fresh frame into the document, once `listen` has had it. Its URL is set first: a change in the document would add
   * to the history. It gets its title by {@link render}.
   */
  mount(launch: Launch, listen: (frame: HTMLIFrameElement) => void): void;
  /** Removes the frame, if there is one. */
  unmount(): void;
  /** Where the focus goes that the element is given. */
  focusable(): HTMLElement | null;
}

/** A text and a button, which are there while they have something to say. */
type Line = readonly [box: HTMLElement, text: HTMLElement, button: HTMLElement];

/** The inside of this element. */
export function createView(host: HTMLElement, pressed: (press: Press) => void): View {
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, properties: object): HTMLElementTagNameMap[K] =>
    Object.assign(create(host.ownerDocument, tag), properties);

  const line = (part: string, role: string, name: string, press?: () => Press): Line => {
    const text = make('slot', { name });
    const button = make('button', { type: 'button', hidden: !press });
    button.addEventListener('click', () => press && pressed(press()));
    const box = make('div', { part, role });
    box.append(text, button);
    root.append(box);
    return [box, text, button];
  };

  const internals = host.attachInternals();
  internals.role = 'group';
  const root = host.attachShadow({ mode: 'closed' });
  let frame: HTMLIFrameElement | null = null;
  let press: Press = 'open';
  const status = line('status', 'status', 'placeholder');
  const failure = line('error', 'alert', 'error', () => press);
  const old = line('status', 'status', 'stale', () => 'reload');

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
      const opening = state === 'minting' || state === 'loading';
      const linked = error?.code === 'link_out';
      press = linked ? 'follow' : 'open';
      show(status, opening && texts.opening, '');
      show(failure, error && errorText(texts, error), linked && launch ? texts.openWindow : texts.retry);
      show(old, state === 'stale' && texts.stale, texts.reload);
      internals.ariaBusy = String(opening);
      internals.ariaLabel = texts.title;
      if (frame) {
        frame.title = texts.title;
      }
      internals.states?.clear();
      internals.states?.add(state);
    },

    mount(launch, listen) {
      frame = make('iframe', { part: 'frame', referrerPolicy: 'strict-origin', ...launch.frame, src: launch.url });
      listen(frame);
      old[0].before(frame);
    },

    unmount() {
      const focused = frame && root.activeElement === frame;
      frame?.remove();
      frame = null;
      if (focused && host.isConnected) {
        if (!host.hasAttribute('tabindex')) {
          host.tabIndex = -1;
        }
        focus(host, { preventScroll: true });
      }
    },

    focusable: () => frame ?? (failure[0].hidden ? null : failure[2]),
  };
}

/** Texts are set where they differ only: a live region reads aloud what is set. */
function show([box, text, button]: Line, words: string | false | null, label: string): void {
  box.hidden = !isText(words);
  set(text, words || '');
  set(button, label);
}

function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
