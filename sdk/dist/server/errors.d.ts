import { CODES, type Schemas } from './contract.js';
/** A code of the gateway's, as `openapi.yaml` lists them. */
export type GatewayCode = (typeof CODES)[number];
/**
 * What goes wrong without the gateway: it cannot be reached, did not respond in time, was not waited for, responded with
 * something that is not in its contract, or was sent nothing because there is no token: `cause` is then what `token()` threw.
 */
export type ClientCode = 'client_unreachable' | 'client_timeout' | 'client_aborted' | 'client_bad_response' | 'client_no_token';
type Facts = Partial<Omit<Schemas['Error'], 'code' | 'message' | 'retryable' | 'requestId' | 'status'>>;
/** What an error knows besides its code. */
export interface GatewayErrorFacts extends Facts {
    message: string;
    requestId: string;
    status?: number;
    retryable?: boolean;
    /** Seconds. */
    retryAfter?: number;
    cause?: unknown;
}
/** Every failure of the client. It holds no key, no token, no URL of a launch and nothing about a person. */
export declare class GatewayError extends Error {
    /**
     * What to decide by: part of the contract, as the message is not. A gateway that is newer than this client may have codes
     * that the list does not.
     */
    readonly code: GatewayCode | ClientCode | (string & {});
    /** Whether the same request may succeed if it is sent again. */
    readonly retryable: boolean;
    /** For the gateway's operator. */
    readonly requestId: string;
    /** The HTTP status, if there was a response. */
    readonly status: number | undefined;
    /** Seconds to wait for, if the gateway says so. */
    readonly retryAfter: number | undefined;
    readonly source: Facts['source'];
    /** The exact reason, for hosts that the gateway explains itself to. */
    readonly reason: Facts['reason'];
    readonly next: Facts['next'];
    readonly upstream: Facts['upstream'];
    /** Every error in the request's fields. */
    readonly errors: Schemas['FieldError'][];
    constructor(code: GatewayError['code'], facts: GatewayErrorFacts);
    /** Everything but the stack. */
    toJSON(): Record<string, unknown>;
}
/** The error that a response holds, or one that says that it is not the gateway's. */
export declare function errorOf(status: number, body: unknown, headers: Headers, sentId: string): GatewayError;
export {};
