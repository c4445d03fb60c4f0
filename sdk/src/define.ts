import { ClinicalEmbedElement } from './element.js';

/** The element's name. */
export const TAG = 'clinical-embed';

/** Defines the element, unless a copy of this package already has. Does nothing on a server. */
export function register(): void {
  if (typeof customElements !== 'undefined' && !customElements.get(TAG)) {
    customElements.define(TAG, ClinicalEmbedElement);
  }
}
