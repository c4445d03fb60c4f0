/**
 * What can go wrong, a closed list: the codes are part of the interface.
 *
 * - `no_launch`: neither `launch` nor a `launch-url` of this page's origin is set.
 * - `no_context`: `context-key` is not set. It changes with the patient and with the person.
 * - `launch_failed`: the launch was refused; `gatewayCode` and `status` say by what.
 * - `launch_unreachable`: the server that launches cannot be reached.
 * - `launch_timeout`: the server that launches did not respond in time.
 * - `bad_answer`: the response to the launch is not the gateway's. Pass that on as it is.
 * - `bad_url`: the URL is neither on the vendor's origin nor a ticket of the gateway that the `gateway` attribute names.
 * - `origin_not_allowed`: the response names an origin that `allowedOrigins` does not list.
 * - `blocked_by_csp`: this page's Content-Security-Policy blocks the frame. Add the origins in `hosts` to `frame-src`.
 * - `not_shown`: the app did not load in time.
 * - `link_out`: the app opens in a window of its own, by the button.
 * - `foreign_message`: the frame sent a message from another origin than the vendor's. For `debug` only.
 */
export type ErrorCode =
  | 'no_launch'
  | 'no_context'
  | 'launch_failed'
  | 'launch_unreachable'
  | 'launch_timeout'
  | 'bad_answer'
  | 'bad_url'
  | 'origin_not_allowed'
  | 'blocked_by_csp'
  | 'not_shown'
  | 'link_out'
  | 'foreign_message';

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
export class EmbedError extends Error {
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly gatewayCode?: string;
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly hosts?: readonly string[];

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    super(code);
    Object.assign(this, { name: 'EmbedError', code, retryable: false, ...facts });
  }

  /** Everything but the stack. */
  toJSON(): object {
    return { ...this };
  }
}
