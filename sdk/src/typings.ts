import type { ClinicalEmbedElement } from './element.js';
import type { EmbedError } from './errors.js';
import type { Message } from './messages.js';
import type { CloseReason, Settings, StateChange } from './types.js';

/** The element's events, by name. */
export interface EmbedEventMap {
  'embed-state': CustomEvent<StateChange>;
  'embed-message': CustomEvent<Message>;
  'embed-error': CustomEvent<EmbedError>;
  'embed-stale': CustomEvent<{ readonly since: number }>;
  'embed-close': CustomEvent<{ readonly reason: CloseReason }>;
}

/** What JSX may say on `<clinical-embed>`, in React 19: properties, and `onembed-…` for events. */
export type ClinicalEmbedAttributes = Partial<Settings> & {
  contextKey: string;
  children?: unknown;
  className?: string;
  debug?: boolean;
  hidden?: boolean;
  id?: string;
  key?: string | number | null;
  lang?: string;
  slot?: string;
  style?: object;
  ref?: unknown;
} & { [K in keyof EmbedEventMap as `on${K}`]?: (event: EmbedEventMap[K]) => void };

declare global {
  interface HTMLElementTagNameMap {
    'clinical-embed': ClinicalEmbedElement;
  }
  interface HTMLElementEventMap extends EmbedEventMap {}
}
