import { register, TAG } from './define.js';
import type { ClinicalEmbedElement } from './element.js';
import type { EmbedError } from './errors.js';
import type { Message } from './messages.js';
import { SETTINGS } from './properties.js';
import type { CloseReason, Settings, State, StateChange } from './types.js';

/** The element's properties, and functions for its events. */
export interface EmbedOptions extends Partial<Settings> {
  contextKey: string;
  onState?: (change: StateChange) => void;
  onMessage?: (message: Message) => void;
  onError?: (error: EmbedError) => void;
  onStale?: (event: CustomEvent<{ since: number }>) => void;
  onClose?: (reason: CloseReason) => void;
}

/** An app in a page, without markup. */
export interface Embed {
  readonly element: ClinicalEmbedElement;
  readonly state: State;
  readonly error: EmbedError | null;
  open(): Promise<void>;
  close(reason?: CloseReason): void;
  reload(): Promise<void>;
  /** Changes settings. To change the context, pass what changes with it in the same call. */
  update(settings: Partial<Settings>): void;
  /** Closes the app and removes the element. */
  remove(): void;
  [Symbol.dispose](): void;
}

const LISTENERS = {
  onState: ['embed-state', (event: CustomEvent) => event.detail as unknown],
  onMessage: ['embed-message', (event: CustomEvent) => event.detail as unknown],
  onError: ['embed-error', (event: CustomEvent) => event.detail as unknown],
  onStale: ['embed-stale', (event: CustomEvent) => event],
  onClose: ['embed-close', (event: CustomEvent) => (event.detail as { reason: CloseReason }).reason],
} as const;

/** Appends an element to a place in the document; it opens by itself. Throws a `TypeError` that names an unknown option. */
export function createEmbed(place: Element, options: EmbedOptions): Embed {
  const unknown = Object.keys(options).filter((name) => !SETTINGS.some((known) => known === name) && !(name in LISTENERS));
  if (unknown.length > 0) {
    throw new TypeError(`createEmbed does not know ${unknown.join(', ')}`);
  }
  register();
  const element = Document.prototype.createElement.call(document, TAG) as ClinicalEmbedElement;
  if (typeof element.reload !== 'function') {
    throw new TypeError(`${TAG} is defined, but not by this package`);
  }
  apply(element, options);
  for (const [name, [type, argument]] of Object.entries(LISTENERS)) {
    const listener = Object.hasOwn(options, name) ? options[name as keyof typeof LISTENERS] : undefined;
    if (listener) {
      element.addEventListener(type, (event) => (listener as (value: unknown) => void)(argument(event as CustomEvent)));
    }
  }
  place.append(element);
  const remove = (): void => element.remove();
  return {
    element,
    get state() {
      return element.state;
    },
    get error() {
      return element.error;
    },
    open: () => element.open(),
    close: (reason) => element.close(reason),
    reload: () => element.reload(),
    update: (settings) => apply(element, settings),
    remove,
    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: remove,
  } as Embed;
}

/** Own properties only: what a script has put on Object.prototype is not an option. */
function apply(element: ClinicalEmbedElement, settings: Partial<Settings>): void {
  for (const name of SETTINGS) {
    if (Object.hasOwn(settings, name) && settings[name] !== undefined) {
      Reflect.set(element, name, settings[name]);
    }
  }
}
