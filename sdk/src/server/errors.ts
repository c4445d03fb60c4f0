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
export class GatewayError extends Error {
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

  constructor(code: GatewayError['code'], facts: GatewayErrorFacts) {
    super(facts.message, 'cause' in facts ? { cause: facts.cause } : {});
    this.name = 'GatewayError';
    this.code = code;
    this.retryable = facts.retryable === true;
    this.requestId = facts.requestId;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
    this.source = facts.source;
    this.reason = facts.reason;
    this.next = facts.next;
    this.upstream = facts.upstream;
    this.errors = facts.errors ?? [];
  }

  /** Everything but the stack. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries([['message', this.message], ...Object.entries(this)]);
  }
}

/** The error that a response holds, or one that says that it is not the gateway's. */
export function errorOf(status: number, body: unknown, headers: Headers, sentId: string): GatewayError {
  const requestId = headers.get('x-request-id') ?? sentId;
  if (!isError(body)) {
    const message = 'The response is not the gateway’s: check the URL, and what is between here and there';
    return new GatewayError('client_bad_response', { message, requestId, status });
  }
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isSafeInteger(seconds) && seconds >= 0 ? { retryAfter: seconds } : {};
  return new GatewayError(body.code, { ...body, status, requestId, ...retryAfter });
}

/** What has a code of the contract is its error; what has another must have the rest of one too. */
function isError(body: unknown): body is Schemas['Error'] {
  if (typeof body !== 'object' || !body) {
    return false;
  }
  const { code, message, retryable, requestId } = body as Record<string, unknown>;
  const complete = typeof retryable === 'boolean' && typeof requestId === 'string';
  const known = CODES.some((one) => one === code) || (complete && typeof code === 'string' && /^[a-z_]{1,64}$/.test(code));
  return known && typeof message === 'string';
}
