import type { Texts } from './texts.js';
/** Where an element is between nothing and a shown app. */
export type State = 'idle' | 'minting' | 'loading' | 'shown' | 'stale' | 'failed';
/** Why a URL is requested. */
export type Reason = 'first' | 'context' | 'retry' | 'stale' | 'restored' | 'moved';
/** Why a frame was closed. */
export type CloseReason = 'removed' | 'context' | 'logout' | 'lock' | 'pagehide' | 'caller';
/** A language that the element's own texts exist in. */
export type Language = 'en' | 'fr';
/** Attributes for the iframe, as the gateway says. */
export interface FrameAttributes {
    /** Default: `strict-origin`. Junction derives the target of its messages from the referrer. */
    referrerPolicy?: ReferrerPolicy;
    /** Default: no permission. */
    allow?: string;
    /** Default: no `sandbox` attribute. */
    sandbox?: string;
}
/** What the gateway responds to a launch, passed on by the EHR's server as it is. More members are ignored. */
export interface Launch {
    /** The vendor's URL, or a ticket of the gateway. It carries a session: treat it as a secret. */
    url: string;
    /** Where messages come from: always the vendor's origin. */
    origin: string;
    frame?: FrameAttributes;
    /** Junction only: `link_out` is for a window of its own. */
    modality?: 'feature_embed' | 'link_out';
    /** For how many seconds the URL opens the app. */
    expiresIn?: number;
    /** The gateway's id of the request, for its operator. */
    requestId?: string;
}
/** What a launch function gets. */
export interface LaunchRequest {
    /** Aborted when the answer is no longer wanted. */
    signal: AbortSignal;
    reason: Reason;
    /** Launch for this context, and for no other: it may have changed since the function was created. */
    contextKey: string;
    language: Language;
}
/** Requests a launch from the EHR's server. Reject with a `Response`'s `status` to keep it in the error. */
export type LaunchFunction = (request: LaunchRequest) => Promise<Launch>;
/** The detail of `embed-state`. */
export interface StateChange {
    readonly state: State;
    readonly previous: State;
    /** Why the URL was requested, or why the frame was closed. */
    readonly reason: Reason | CloseReason;
}
/** The settings of an element that are properties too. */
export interface Settings {
    contextKey: string;
    language: Language;
    frameTitle: string;
    launchUrl: string | null;
    launch: LaunchFunction | null;
    allowedOrigins: readonly string[];
    staleAfter: number;
    gateway: string | null;
    texts: Partial<Texts>;
}
