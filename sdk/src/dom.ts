// An element with the name of a member of document shadows it, as <img name="createElement"> does.
const getView = typeof Document === 'function' ? Object.getOwnPropertyDescriptor(Document.prototype, 'defaultView')?.get : null;

/** A new element of this document. */
export function create<K extends keyof HTMLElementTagNameMap>(place: Document, tag: K): HTMLElementTagNameMap[K] {
  return Document.prototype.createElement.call(place, tag) as HTMLElementTagNameMap[K];
}

/** The window of this document, if it has one. */
export function viewOf(place: Document): (Window & typeof globalThis) | null {
  return (getView?.call(place) as (Window & typeof globalThis) | null | undefined) ?? null;
}

/** What custom elements extend. Servers import this module too, and have none. */
export const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);
