/** What can go wrong, a closed list: the codes are part of the interface, the messages are not. */
const MESSAGES = {
  no_launch: 'Set launch, or launch-url to a path of this page’s origin',
  no_context: 'Set context-key: it changes with the patient and with the person',
  launch_failed: 'The launch was refused',
  launch_unreachable: 'The server that launches cannot be reached',
  launch_timeout: 'The server that launches did not respond in time',
  bad_answer: 'The response to the launch is not the gateway’s: pass it on as it is',
  bad_url: 'The URL is neither on the vendor’s origin nor a ticket of the gateway that the gateway attribute names',
  origin_not_allowed: 'The response names an origin that allowedOrigins does not list',
  blocked_by_csp: 'This page’s Content-Security-Policy blocks the frame: add the origins in hosts to frame-src',
  not_shown: 'The app did not load in time',
  link_out: 'The app opens in a window of its own',
  foreign_message: 'The frame sent a message from another origin than the vendor’s',
} as const;

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
export class EmbedError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  declare readonly gatewayCode?: string;
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly hosts?: readonly string[];

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    super(MESSAGES[code]);
    this.name = 'EmbedError';
    this.code = code;
    this.retryable = facts.retryable === true;
    for (const name of ['gatewayCode', 'status', 'requestId', 'hosts'] as const) {
      if (facts[name] !== undefined) {
        Object.defineProperty(this, name, { value: facts[name], enumerable: true });
      }
    }
  }

  /** Everything but the stack. */
  toJSON(): Record<string, unknown> {
    const { code, message, retryable, gatewayCode, status, requestId, hosts } = this;
    return { code, message, retryable, gatewayCode, status, requestId, hosts };
  }
}
