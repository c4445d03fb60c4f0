import { Base } from './dom.js';
import type { EmbedError } from './errors.js';
import { type CloseAllReason } from './tabs.js';
import type { Texts } from './texts.js';
import type { CloseReason, Language, LaunchFunction, Settings, State } from './types.js';
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
export declare class ClinicalEmbedElement extends Base {
    #private;
    static readonly observedAttributes: readonly string[];
    /** Closes all elements in this tab, and in the profile's other tabs of this origin. */
    static closeAll(reason: CloseAllReason): void;
    /** Required. An opaque text that changes with the patient or the person. Set it before `launch` or after: both count. */
    contextKey: string;
    /** The `lang` of the element or its nearest ancestor, else English. */
    language: Language;
    /** The accessible name of the frame; never a patient's name. */
    frameTitle: string;
    /** A path of the page's origin, unless `launch` is set. */
    launchUrl: string | null;
    /** Seconds after which a shown app is called stale; 0 is never. Junction's never is: it continues its sessions. */
    staleAfter: number;
    /** The origin of the gateway, if its answers hold tickets. Default: where this script was served from, if by a gateway. */
    gateway: string | null;
    /** Where the element is between nothing and a shown app. */
    get state(): State;
    /** Why it is `failed`. */
    get error(): EmbedError | null;
    /** Requests a launch. It must be for the request's `contextKey`. */
    get launch(): LaunchFunction | null;
    set launch(launch: LaunchFunction | null);
    /** The vendor's origins that answers may name; empty, all. Throws a `TypeError` if one is not exactly an origin. */
    get allowedOrigins(): readonly string[];
    set allowedOrigins(origins: readonly string[]);
    /** The page's own texts, in place of some. */
    get texts(): Partial<Texts>;
    set texts(texts: Partial<Texts>);
    /** Changes settings. To change the context, pass what changes with it in the same call. */
    update(settings: Partial<Settings>): void;
    /** Opens the app, or retries. Resolves when it is shown; rejects with an {@link EmbedError}, or an `AbortError` if closed. */
    open(): Promise<void>;
    /** Closes the app. It stays closed until `open()` is called. */
    close(reason?: CloseReason): void;
    /** Opens the app anew; what a person has typed there is lost. Settles as `open()` does. */
    reload(): Promise<void>;
    /** Focuses the frame, or else the button. */
    focus(options?: FocusOptions): void;
}
