/**
 * A new element of this document.
 *
 * A member of document is shadowed by an element of its name, as `<img name="createElement">` is.
 */
export function create<K extends keyof HTMLElementTagNameMap>(place: Document, tag: K): HTMLElementTagNameMap[K] {
  return Document.prototype.createElement.call(place, tag) as HTMLElementTagNameMap[K];
}

/** The window of this document, if it has one. */
export function viewOf(place: Document): (Window & typeof globalThis) | null {
  return Reflect.get(Document.prototype, 'defaultView', place) as (Window & typeof globalThis) | null;
}

/** Focuses an element, which may have another `focus` of its own. */
export function focus(element: HTMLElement, options?: FocusOptions): void {
  HTMLElement.prototype.focus.call(element, options);
}

/** What custom elements extend. Servers import this module too, and have none. */
export const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);
