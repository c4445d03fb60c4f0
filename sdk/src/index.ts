/**
 * Empego's and Junction's apps in an EHR's page. Importing this module has no effect on the page; `./register` defines the
 * element.
 *
 * @packageDocumentation
 */
export { type Embed, createEmbed, type EmbedOptions } from './embed.js';
export { register } from './define.js';
export { ClinicalEmbedElement } from './element.js';
export { EmbedError, type ErrorCode, type ErrorFacts } from './errors.js';
export type {
  EmpegoMessage,
  Export,
  Message,
  OrderCancelled,
  OrderCreated,
  UnknownMessage,
} from './messages.js';
export type { CloseAllReason } from './tabs.js';
export type { Texts } from './texts.js';
export type * from './types.js';
export type { ClinicalEmbedAttributes, EmbedEventMap } from './typings.js';
