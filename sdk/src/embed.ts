import { register, TAG } from './define.js';
import { create } from './dom.js';
import type { ClinicalEmbedElement } from './element.js';
import { SETTINGS } from './properties.js';
import type { Settings } from './types.js';
import type { EmbedEventMap } from './typings.js';

/** The element's properties, and listeners for its events. */
export interface EmbedOptions extends Partial<Settings> {
  contextKey: string;
  onState?: (event: EmbedEventMap['embed-state']) => void;
  onMessage?: (event: EmbedEventMap['embed-message']) => void;
  onError?: (event: EmbedEventMap['embed-error']) => void;
  onStale?: (event: EmbedEventMap['embed-stale']) => void;
  onClose?: (event: EmbedEventMap['embed-close']) => void;
}

/** An app in a page, without markup: the element, whose `remove()` closes the app. */
export interface Embed extends ClinicalEmbedElement {
  /** Removes the element, and so closes the app. */
  [Symbol.dispose](): void;
}

/** Appends an element to a place in the document; it opens by itself. Throws a `TypeError` that names an unknown option. */
export function createEmbed(place: Element, options: EmbedOptions): Embed {
  register();
  const element = create(document, TAG) as Embed;
  // Own options only: what a script has put on Object.prototype is none.
  for (const [name, value] of Object.entries(options)) {
    if (/^on(State|Message|Error|Stale|Close)$/.test(name)) {
      element.addEventListener(name.toLowerCase().replace('on', 'embed-'), value as EventListener);
    } else if (!SETTINGS.includes(name)) {
      throw new TypeError(name);
    }
  }
  element.update(options);
  element[Symbol.dispose ?? Symbol.for('Symbol.dispose')] = () => element.remove();
  place.append(element);
  return element;
}
