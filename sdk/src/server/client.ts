import { OPERATIONS, type Operations, type Schemas } from './contract.js';
import { errorOf, GatewayError } from './errors.js';

/** Where the gateway is, and who calls. */
export type GatewayOptions = Credential & {
  /** The gateway's URL: https, or http on a loopback host. */
  url: string;
  /** Accepts http on other hosts too, for networks that encrypt by themselves. */
  allowHttp?: boolean;
  fetch?: typeof fetch;
  /** For how long a call may take, its retries included; 30,000 unless set. */
  timeoutMs?: number;
};

/** A host's key, or the clinician's token for each call. */
export type Credential = { key: string; token?: never } | { token: () => Promise<string>; key?: never };

/** What a single call may set. */
export interface CallOptions {
  signal?: AbortSignal;
  /** A UUID that ties the call to your own records; a new one unless set. */
  requestId?: string;
  /** The place in your trace, as the W3C's Trace Context has it. */
  traceparent?: string;
  timeoutMs?: number;
}

/** An operation of the contract. */
export type Operation = keyof Operations;

/** What an operation takes: its path, query, header and body, as far as it has them. */
export type Input<O extends Operation> = Omit<Operations[O], 'result'>;

/** What an operation resolves to. */
export type Result<O extends Operation> = Operations[O]['result'];

/** One of Empego's embeddable endpoints, such as `consultation/view`. */
export type Endpoint = { [O in Operation]: EndpointOf<(typeof OPERATIONS)[O]> }[Operation];

type EndpointOf<T> = T extends `POST /v1/embeddable/${infer E}` ? E : never;
type LaunchOf<E extends Endpoint> = {
  [O in Operation]: (typeof OPERATIONS)[O] extends `POST /v1/embeddable/${E}` ? Operations[O] : never;
}[Operation];
type BodyOf<T> = T extends { body: infer B } ? B : never;
type ExplainOf<E extends Endpoint> = {
  [O in Operation]: (typeof OPERATIONS)[O] extends `POST /v1/explain/${E}` ? Operations[O] : never;
}[Operation];

/** Time and chance, for tests. */
export interface Surroundings {
  now(): number;
  random(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const RETRIES = 2;
const DEFAULT_TIMEOUT_MS = 30_000;
/** The gateway stops before the client does, so that its error arrives. */
const MARGIN_MS = 250;
const FIRST_PAUSE_MS = 200;

interface Sent {
  readonly headers: Record<string, string>;
  readonly requestId: string;
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly caller: AbortSignal | undefined;
}

/** A client of the gateway, for an EHR's server. Every failure is a {@link GatewayError}. */
export class GatewayClient {
  readonly #base: URL;
  readonly #credential: () => Promise<Record<string, string>>;
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  readonly #surroundings: Surroundings;

  /** Throws a `TypeError` if an option cannot be used, or if a key would be in a page. */
  constructor(options: GatewayOptions, surroundings: Surroundings = REAL) {
    this.#base = baseOf(options.url, options.allowHttp === true);
    this.#credential = credentialOf(options);
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#timeoutMs = timeoutOf(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#surroundings = surroundings;
  }

  /** Opens one of Empego's endpoints. Pass what it resolves to on to the page, and keep it out of logs. */
  async launch<E extends Endpoint>(
    endpoint: E,
    body: BodyOf<LaunchOf<E>>,
    options?: CallOptions,
  ): Promise<Schemas['EmbedDocument']> {
    return this.#named(`POST /v1/embeddable/${endpoint}`, { body }, options);
  }

  /** What a launch would come to; nothing is sent to Empego. */
  async explain<E extends Endpoint>(
    endpoint: E,
    body: BodyOf<ExplainOf<E>>,
    options?: CallOptions,
  ): Promise<Schemas['Explanation']> {
    return this.#named(`POST /v1/explain/${endpoint}`, { body }, options);
  }

  /** Opens a feature of Junction's app. */
  async launchJunction(body: Schemas['JunctionLaunch'], options?: CallOptions): Promise<Schemas['JunctionDocument']> {
    return (await this.call('launchJunction', { body }, options)).result;
  }

  /** An address for Junction's Fast Launch. */
  async fastLaunchJunction(
    query: Input<'fastLaunchJunction'>['query'],
    options?: CallOptions,
  ): Promise<Schemas['FastLaunchDocument']> {
    return (await this.call('fastLaunchJunction', { query }, options)).result;
  }

  /** Calls any operation of the contract by its `operationId`. */
  async call<O extends Operation>(
    operation: O,
    input: Input<O>,
    options: CallOptions = {},
  ): Promise<{ result: Result<O>; requestId: string }> {
    if (!Object.hasOwn(OPERATIONS, operation)) {
      throw new TypeError('The contract has no such operation');
    }
    const { result, requestId } = await this.#call(OPERATIONS[operation], input as Loose, options);
    return { result: result as Result<O>, requestId };
  }

  async #named<T>(operation: string, input: Loose, options: CallOptions = {}): Promise<T> {
    if (!Object.values(OPERATIONS).some((known) => known === operation)) {
      throw new TypeError('The contract has no such endpoint');
    }
    return (await this.#call(operation, input, options)).result as T;
  }

  async #call(operation: string, input: Loose, options: CallOptions): Promise<{ result: unknown; requestId: string }> {
    const [method = '', path = ''] = operation.split(' ');
    const url = addressOf(this.#base, path, input);
    const requestId = options.requestId ?? crypto.randomUUID();
    const timeoutMs = timeoutOf(options.timeoutMs ?? this.#timeoutMs);
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), timeoutMs);
    const sent: Sent = {
      requestId,
      headers: headersOf(input, options, requestId),
      deadline: this.#surroundings.now() + timeoutMs,
      signal: options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal,
      caller: options.signal,
    };
    const body = input.body === undefined ? null : JSON.stringify(input.body);
    try {
      return await this.#persist(() => this.#attempt(url, method, body, sent), sent);
    } finally {
      clearTimeout(timeout);
    }
  }

  /**
   * Retries what the contract calls retryable, and only while there is time to wait for it. If there is a `next`, something
   * else must happen first: the laboratory's work, for which seconds are too short, or another request.
   */
  async #persist<T>(attempt: () => Promise<T>, sent: Sent): Promise<T> {
    for (let retry = 0; ; retry += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof GatewayError) || !error.retryable || error.next || retry >= RETRIES) {
          throw error;
        }
        const { now, random, sleep } = this.#surroundings;
        const pause = FIRST_PAUSE_MS * 2 ** retry * (1 + random()) + (error.retryAfter ?? 0) * 1000;
        if (now() + pause >= sent.deadline) {
          throw error;
        }
        await sleep(pause, sent.signal).catch(() => {
          throw interrupted(sent);
        });
      }
    }
  }

  async #attempt(url: URL, method: string, body: string | null, sent: Sent): Promise<{ result: unknown; requestId: string }> {
    const credential = await unlessInterrupted(this.#credential(), sent).catch((cause: unknown) => {
      throw cause instanceof GatewayError ? cause : noToken(sent, cause);
    });
    const left = Math.max(1, Math.floor(sent.deadline - this.#surroundings.now() - MARGIN_MS));
    const headers = { ...sent.headers, ...credential, 'x-request-timeout-ms': String(left) };
    let response: Response;
    let bytes: Uint8Array;
    try {
      // A redirect would carry the credential elsewhere.
      response = await this.#fetch(url, { method, headers, body, redirect: 'manual', signal: sent.signal });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch {
      // What fetch throws may repeat what was sent.
      throw sent.signal.aborted ? interrupted(sent) : unreachable(sent);
    }
    return read(response, bytes, url.pathname.endsWith('.pdf'), sent.requestId);
  }
}

interface Loose {
  path?: object;
  query?: object;
  header?: object;
  body?: unknown;
}

/** What the contract calls a success, or the error that it is: a sign-in page of a proxy is a success too. */
function read(response: Response, bytes: Uint8Array, pdf: boolean, sentId: string): { result: unknown; requestId: string } {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim();
  const json = type === 'application/json' ? parsed(bytes) : undefined;
  const requestId = response.headers.get('x-request-id') ?? sentId;
  if (response.ok && pdf && type === 'application/pdf') {
    return { result: bytes, requestId };
  }
  if (response.ok && !pdf && isDocument(json)) {
    return { result: json, requestId };
  }
  throw errorOf(response.status, json, response.headers, sentId);
}

/** Every document of the contract names its request. */
function isDocument(json: unknown): json is { requestId: string } {
  return typeof json === 'object' && json !== null && 'requestId' in json && typeof json.requestId === 'string';
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

function addressOf(base: URL, path: string, { path: values = {}, query = {} }: Loose): URL {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value: unknown = Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined;
    // A segment of dots would be another path.
    if (typeof value !== 'string' || /^\.*$/.test(value)) {
      throw new TypeError(`The operation needs ${name} in its path`);
    }
    return encodeURIComponent(value);
  });
  const url = new URL(base.href.replace(/\/$/, '') + filled);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      url.searchParams.append(name, String(value));
    }
  }
  return url;
}

function headersOf(input: Loose, options: CallOptions, requestId: string): Record<string, string> {
  const stated = { ...input.header, traceparent: options.traceparent, 'x-request-id': requestId };
  const sendable = Object.entries(stated).flatMap(([name, value]) => (value === undefined ? [] : [[name, inUtf8(name, value)]]));
  return {
    accept: 'application/json, application/pdf',
    ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(Object.fromEntries(sendable) as Record<string, string>),
  };
}

/** `fetch` sends each character of a header as one byte, and the gateway reads those bytes as UTF-8. */
function inUtf8(name: string, value: unknown): string {
  if (typeof value !== 'string' || /[\r\n\0]/.test(value)) {
    throw new TypeError(`The header ${name} must be a text without line breaks`);
  }
  return String.fromCharCode(...new TextEncoder().encode(value));
}

function credentialOf({ key, token }: GatewayOptions): () => Promise<Record<string, string>> {
  if ((key === undefined) === (token === undefined)) {
    throw new TypeError('Set either key or token');
  }
  if (token) {
    return async () => ({ authorization: `Bearer ${visible(await token(), 'token')}` });
  }
  if (typeof document !== 'undefined') {
    throw new TypeError('A host key must stay on a server: in a page, everyone who opens it has the key');
  }
  const header = { 'api-key': visible(key, 'key') };
  return () => Promise.resolve(header);
}

/** What fetch would say about another text repeats it. */
function visible(secret: unknown, name: string): string {
  if (typeof secret !== 'string' || !/^[!-~]+$/.test(secret)) {
    throw new TypeError(`The ${name} must be visible ASCII characters`);
  }
  return secret;
}

function baseOf(text: string, allowHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && (allowHttp || loopback));
  if (!url || !secure || url.username || url.password || url.search || url.hash) {
    throw new TypeError('url must be the gateway’s https URL, without user, query or fragment');
  }
  return url;
}

function timeoutOf(ms: number): number {
  if (!Number.isFinite(ms) || ms < 1 || ms > 2 ** 31 - 1) {
    throw new TypeError('timeoutMs must be a number of milliseconds, at least 1');
  }
  return ms;
}

async function unlessInterrupted<T>(promise: Promise<T>, sent: Sent): Promise<T> {
  if (sent.signal.aborted) {
    throw interrupted(sent);
  }
  let stop = (): void => {};
  const interruption = new Promise<never>((_, reject) => {
    stop = () => reject(interrupted(sent));
    sent.signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, interruption]);
  } finally {
    sent.signal.removeEventListener('abort', stop);
  }
}

function interrupted({ requestId, caller }: Sent): GatewayError {
  return caller?.aborted
    ? new GatewayError('client_aborted', { message: 'The call was aborted', requestId })
    : new GatewayError('client_timeout', { message: 'The gateway did not respond in time', requestId });
}

/** The caller's own error is kept: what is wrong is in the caller's function. */
function noToken({ requestId }: Sent, cause: unknown): GatewayError {
  return new GatewayError('client_no_token', { message: 'token() failed, or resolved to what cannot be sent', requestId, cause });
}

function unreachable({ requestId }: Sent): GatewayError {
  return new GatewayError('client_unreachable', { message: 'The connection to the gateway failed or broke', requestId });
}

const REAL: Surroundings = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        return reject(new Error('interrupted'));
      }
      const stop = (): void => (clearTimeout(timer), reject(new Error('interrupted')));
      const timer = setTimeout(() => (signal.removeEventListener('abort', stop), resolve()), ms);
      signal.addEventListener('abort', stop, { once: true });
    }),
};
