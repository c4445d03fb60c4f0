import { type Control, createControl } from './control.js';
import { Base, focus } from './dom.js';
import type { EmbedError } from './errors.js';
import { ATTRIBUTES, reflect, update, upgrade } from './properties.js';
import { closeAll, type CloseAllReason } from './tabs.js';
import type { Texts } from './texts.js';
import type { CloseReason, Language, LaunchFunction, Settings, State } from './types.js';
import { isOrigin } from './urls.js';

/**
 * An app of Empego or Junction in a page. It opens by itself once it is in the document, and closes when it leaves it.
 *
 * @tagname clinical-embed
 * @attr context-key - Required. An opaque text that changes with the patient or the person; not an identifier.
 * @attr frame-title - The accessible name of the frame; never a patient's name.
 * @attr launch-url - A path of the page's origin, which responds to a POST with what the gateway responded.
 * @attr stale-after - Seconds after which a shown app is called stale; 0, the default, is never.
 * @attr gateway - The origin of the gateway, if its answers hold tickets.
 * @attr debug - Reports messages of the frame from another origin, as `foreign_message`.
 * @fires embed-state - A transition: `{state, previous, reason}`.
 * @fires embed-message - A message of the app: a `Message`.
 * @fires embed-error - The app is not shown: an `EmbedError`.
 * @fires embed-stale - `staleAfter` has passed: `{since}`. Cancelable; otherwise a button is offered.
 * @fires embed-close - The app was closed: `{reason}`.
 * @slot placeholder - While the app opens.
 * @slot error - The text of an error, beside the button.
 * @slot stale - The text of staleness, beside the button.
 * @csspart frame - The iframe.
 * @csspart status - What is said about opening and about staleness.
 * @csspart error - What is said about an error.
 */
export class ClinicalEmbedElement extends Base {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  /** Closes all elements in this tab, and in the profile's other tabs of this origin. */
  static closeAll(reason: CloseAllReason): void {
    closeAll(reason);
  }

  readonly #control: Control = createControl(this);
  #launch: LaunchFunction | null = null;
  #allowedOrigins: readonly string[] = [];
  #texts: Partial<Texts> = {};

  static {
    reflect(this.prototype);
  }

  /** Required. An opaque text that changes with the patient or the person. Set it before `launch` or after: both count. */
  declare contextKey: string;

  /** The `lang` of the element or its nearest ancestor, else English. */
  declare language: Language;

  /** The accessible name of the frame; never a patient's name. */
  declare frameTitle: string;

  /** A path of the page's origin, unless `launch` is set. */
  declare launchUrl: string | null;

  /** Seconds after which a shown app is called stale; 0 is never. Junction's never is: it continues its sessions. */
  declare staleAfter: number;

  /** The origin of the gateway, if its answers hold tickets. Default: where this script was served from, if by a gateway. */
  declare gateway: string | null;

  /** Where the element is between nothing and a shown app. */
  get state(): State {
    return this.#control.model.state;
  }

  /** Why it is `failed`. */
  get error(): EmbedError | null {
    return this.#control.model.error;
  }

  /** Requests a launch. It must be for the request's `contextKey`. */
  get launch(): LaunchFunction | null {
    return this.#launch;
  }
  set launch(launch: LaunchFunction | null) {
    this.#launch = typeof launch === 'function' ? launch : null;
    this.#control.change();
  }

  /** The vendor's origins that answers may name; empty, all. Throws a `TypeError` if one is not exactly an origin. */
  get allowedOrigins(): readonly string[] {
    return this.#allowedOrigins;
  }
  set allowedOrigins(origins: readonly string[]) {
    if (!origins.every(isOrigin)) {
      throw new TypeError('allowedOrigins');
    }
    this.#allowedOrigins = Object.freeze([...origins]);
  }

  /** The page's own texts, in place of some. */
  get texts(): Partial<Texts> {
    return this.#texts;
  }
  set texts(texts: Partial<Texts>) {
    this.#texts = Object.freeze({ ...texts });
    this.#control.change();
  }

  /** Changes settings. To change the context, pass what changes with it in the same call. */
  update(settings: Partial<Settings>): void {
    update(this, settings);
  }

  /** Opens the app, or retries. Resolves when it is shown; rejects with an {@link EmbedError}, or an `AbortError` if closed. */
  open(): Promise<void> {
    return this.#control.want('open');
  }

  /** Closes the app. It stays closed until `open()` is called. */
  close(reason: CloseReason = 'caller'): void {
    this.#control.close(reason);
  }

  /** Opens the app anew; what a person has typed there is lost. Settles as `open()` does. */
  reload(): Promise<void> {
    return this.#control.want('reload');
  }

  /** Focuses the frame, or else the button. */
  override focus(options?: FocusOptions): void {
    focus(this.#control.focusable() ?? this, options);
  }

  /** @internal */
  connectedCallback(): void {
    upgrade(this);
    this.#control.connect();
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#control.disconnect();
  }

  /** Being there, it lets `moveBefore` keep the frame. @internal */
  connectedMoveCallback(): void {}

  /** @internal */
  attributeChangedCallback(): void {
    this.#control.change();
  }
}
