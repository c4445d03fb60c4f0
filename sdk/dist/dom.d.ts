/**
 * A new element of this document.
 *
 * A member of document is shadowed by an element of its name, as `<img name="createElement">` is.
 */
export declare function create<K extends keyof HTMLElementTagNameMap>(place: Document, tag: K): HTMLElementTagNameMap[K];
/** The window of this document, if it has one. */
export declare function viewOf(place: Document): (Window & typeof globalThis) | null;
/** Focuses an element, which may have another `focus` of its own. */
export declare function focus(element: HTMLElement, options?: FocusOptions): void;
/** What custom elements extend. Servers import this module too, and have none. */
export declare const Base: typeof HTMLElement;
