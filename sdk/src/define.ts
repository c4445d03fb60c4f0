import { ClinicalEmbedElement } from './element.js';

/** The element's name. */
export const TAG = 'clinical-embed';

/** Defines the element, unless a copy of this package already has. Does nothing on a server. */
export function register(): void {
  const registry = globalThis.customElements;
  if (registry && !registry.get(TAG)) {
    registry.define(TAG, ClinicalEmbedElement);
  }
}
