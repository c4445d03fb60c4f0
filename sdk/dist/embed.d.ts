import type { ClinicalEmbedElement } from './element.js';
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
export declare function createEmbed(place: Element, options: EmbedOptions): Embed;
