/** What can go wrong, a closed list: the codes are part of the interface, the messages are not. */
declare const MESSAGES: {
    readonly no_launch: 'Set launch, or launch-url to a path of this page’s origin';
    readonly no_context: 'Set context-key: it changes with the patient and with the person';
    readonly launch_failed: 'The launch was refused';
    readonly launch_unreachable: 'The server that launches cannot be reached';
    readonly launch_timeout: 'The server that launches did not respond in time';
    readonly bad_answer: 'The response to the launch is not the gateway’s: pass it on as it is';
    readonly bad_url: 'The URL is neither on the vendor’s origin nor a ticket of the gateway that the gateway attribute names';
    readonly origin_not_allowed: 'The response names an origin that allowedOrigins does not list';
    readonly blocked_by_csp: 'This page’s Content-Security-Policy blocks the frame: add the origins in hosts to frame-src';
    readonly not_shown: 'The app did not load in time';
    readonly link_out: 'The app opens in a window of its own';
    readonly foreign_message: 'The frame sent a message from another origin than the vendor’s';
};
/** The code of an {@link EmbedError}. */
export type ErrorCode = keyof typeof MESSAGES;
/** What is known about an error besides its code. */
export interface ErrorFacts {
    /** Whether the same launch may succeed if it is retried. */
    retryable?: boolean | undefined;
    /** The gateway's code, for `launch_failed`. */
    gatewayCode?: string | undefined;
    /** The HTTP status, for `launch_failed`. */
    status?: number | undefined;
    /** The gateway's id of the request, for its operator. */
    requestId?: string | undefined;
    /** The origins to add to `frame-src`, for `blocked_by_csp`. */
    hosts?: readonly string[] | undefined;
}
/** Why an app is not shown. It holds no URL of a launch and nothing about a person, so it may be logged. */
export declare class EmbedError extends Error {
    readonly code: ErrorCode;
    readonly retryable: boolean;
    readonly gatewayCode?: string;
    readonly status?: number;
    readonly requestId?: string;
    readonly hosts?: readonly string[];
    constructor(code: ErrorCode, facts?: ErrorFacts);
    /** Everything but the stack. */
    toJSON(): Record<string, unknown>;
}
export {};
