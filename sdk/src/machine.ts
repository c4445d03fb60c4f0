import { EmbedError, type ErrorCode, type ErrorFacts } from './errors.js';
import type { CloseReason, Launch, Reason, State, StateChange } from './types.js';

/** What an element knows. Only {@link step} makes a new one. */
export interface Model {
  readonly state: State;
  /** Counts requests for a URL. What comes of an earlier one is dropped. */
  readonly generation: number;
  readonly contextKey: string;
  readonly connected: boolean;
  /** Between `pagehide` and `pageshow`. */
  readonly hidden: boolean;
  /** Whether the element opens by itself when it can: not after it was closed on purpose. */
  readonly wanted: boolean;
  /** Minting: whether the request has left. It waits for a microtask, so that all properties are set by then. */
  readonly sent: boolean;
  readonly armed: boolean;
  readonly reason: Reason;
  readonly launch: Launch | null;
  readonly error: EmbedError | null;
  /** Retries without a person since the last success. */
  readonly retries: number;
  /** Whether the shown app has sent a message: then nothing that the page notices later is about its loading. */
  readonly heard: boolean;
  /** Seconds; 0 is never. */
  readonly staleAfter: number;
}

/** Why a launch came to nothing. */
export interface Refusal {
  readonly error: EmbedError;
  /** Whether the element may retry by itself. */
  readonly automatic: boolean;
  /** Seconds, as the server asks. */
  readonly retryAfter: number;
}

/** What happens to an element. Those with a generation are dropped if it is not the current one. */
export type Input =
  | { type: 'connect' | 'disconnect' | 'open' | 'reload' | 'launcher' | 'follow' | 'hide' | 'show' | 'online' }
  | { type: 'settle'; launcher: boolean }
  | { type: 'close'; reason: CloseReason }
  | { type: 'context'; key: string }
  | { type: 'staleAfter'; seconds: number }
  | { type: 'answer'; generation: number; launch: Launch }
  /** `random` is from 0 to 1. */
  | { type: 'refusal'; generation: number; refusal: Refusal; random: number }
  | { type: 'load' | 'broken' | 'message' | 'timer' | 'aged'; generation: number }
  | { type: 'blocked'; generation: number; hosts: readonly string[] };

/** What an element does, in this order. What it takes besides is in the model. */
export type Effect =
  | { do: 'unmount' | 'abort' | 'disarm' | 'schedule' | 'mint' | 'mount' | 'aging' }
  /** `clock`: `wait` counts while the machine is awake, `age` through its sleep and changes of its clock. */
  | { do: 'arm'; clock: 'wait' | 'age'; seconds: number }
  | { do: 'window'; url: string }
  /** An event for the page. */
  | { do: 'tell'; type: 'embed-state' | 'embed-error' | 'embed-close'; detail: object };

/** A model, and what to do because of it. */
export type Step = readonly [model: Model, effects: readonly Effect[]];

/** The next model while it comes about, with what is to be done because of it. */
type Draft = { -readonly [Name in keyof Model]: Model[Name] } & { readonly effects: Effect[] };

/** For how many seconds the launching server and the frame may take. */
const LAUNCH_SECONDS = 30;
const LOAD_SECONDS = 20;
const LONGEST_PAUSE_SECONDS = 30;
const AUTOMATIC_RETRIES = 6;

/** An element that was created a moment ago. */
export const START: Model = {
  state: 'idle',
  generation: 0,
  contextKey: '',
  connected: false,
  hidden: false,
  wanted: true,
  sent: false,
  armed: false,
  reason: 'first',
  launch: null,
  error: null,
  retries: 0,
  heard: false,
  staleAfter: 0,
};

/** The one rule for all that happens. */
export function step(model: Model, input: Input): Step {
  if ('generation' in input && input.generation !== model.generation) {
    return [model, []];
  }
  const draft: Draft = { ...model, effects: [] };
  take(draft, input);
  const { effects, ...next } = draft;
  return [next, effects];
}

function take(now: Draft, input: Input): void {
  const { state, error } = now;
  switch (input.type) {
    case 'connect':
      now.connected = true;
      return act(now, { do: 'schedule' });
    case 'disconnect':
      now.connected = false;
      return close(now, 'removed', 'moved');
    case 'settle':
      return settle(now, input.launcher);
    case 'open':
    case 'reload':
      now.wanted = true;
      now.retries = 0;
      if (state === 'idle') {
        return request(now, now.reason);
      }
      return state === 'failed' || input.type === 'reload' ? request(now, state === 'failed' ? 'retry' : 'stale') : undefined;
    case 'close':
      now.wanted = false;
      now.reason = 'first';
      return close(now, input.reason, 'first');
    case 'context':
      return changeContext(now, input.key);
    case 'staleAfter':
      now.staleAfter = input.seconds;
      return state === 'shown' ? age(now) : undefined;
    case 'launcher':
      return error?.code === 'no_launch' ? request(now, now.reason) : undefined;
    case 'answer':
      return now.sent ? answer(now, input.launch) : undefined;
    case 'refusal':
      return now.sent ? refuse(now, input.refusal, input.random) : undefined;
    case 'message':
      now.heard = true;
      return state === 'loading' ? show(now) : undefined;
    case 'load':
      return state === 'loading' ? show(now) : undefined;
    case 'broken':
      return state === 'loading' ? fail(now, 'not_shown', { retryable: true }) : undefined;
    case 'blocked':
      // Engines differ in whether load, error or the violation comes first.
      return state === 'loading' || (state === 'shown' && !now.heard) || error?.code === 'not_shown'
        ? fail(now, 'blocked_by_csp', { hosts: input.hosts })
        : undefined;
    case 'timer':
      now.armed = false;
      return expire(now);
    case 'aged':
      return state === 'shown' ? enter(now, 'stale') : undefined;
    case 'follow':
      return error?.code === 'link_out' ? follow(now) : undefined;
    case 'hide':
      now.hidden = true;
      return close(now, 'pagehide', 'restored');
    case 'show':
      now.hidden = false;
      return act(now, { do: 'schedule' });
    case 'online':
      return error?.code === 'launch_unreachable' ? request(now, 'retry') : undefined;
  }
}

/** The former context's frame goes at once; the request waits until the page has set what else changes with it. */
function changeContext(now: Draft, contextKey: string): void {
  if (contextKey !== now.contextKey) {
    now.contextKey = contextKey;
    now.retries = 0;
    if (now.state !== 'idle') {
      request(now, 'context', 'context');
    } else if (now.generation > 0) {
      now.reason = 'context';
    }
  }
}

/** Begins a request for a URL, which leaves when {@link settle} comes. */
function request(now: Draft, reason: Reason, closed?: CloseReason): void {
  if (now.connected && !now.hidden) {
    leave(now, closed);
    now.reason = reason;
    act(now, { do: 'schedule' });
    enter(now, 'minting');
  }
}

function settle(now: Draft, launcher: boolean): void {
  if (now.state === 'idle' && now.wanted) {
    request(now, now.reason);
  }
  if (now.state !== 'minting' || now.sent) {
    return;
  }
  if (now.contextKey === '' || !launcher) {
    return fail(now, now.contextKey === '' ? 'no_context' : 'no_launch');
  }
  now.sent = true;
  arm(now, 'wait', LAUNCH_SECONDS);
  act(now, { do: 'mint' });
}

function answer(now: Draft, launch: Launch): void {
  now.sent = false;
  now.launch = launch;
  if (launch.modality !== 'link_out') {
    arm(now, 'wait', LOAD_SECONDS);
    act(now, { do: 'mount' });
    return enter(now, 'loading');
  }
  fail(now, 'link_out');
  now.launch = launch;
  if (launch.expiresIn !== undefined) {
    arm(now, 'age', launch.expiresIn);
  }
}

function refuse(now: Draft, { error, automatic, retryAfter }: Refusal, random: number): void {
  now.sent = false;
  failWith(now, error);
  if (automatic && now.retries < AUTOMATIC_RETRIES) {
    const pause = Math.min(2 ** now.retries, LONGEST_PAUSE_SECONDS) * (0.5 + random / 2);
    now.retries += 1;
    arm(now, 'wait', Math.max(pause, retryAfter));
  }
}

function show(now: Draft): void {
  now.retries = 0;
  enter(now, 'shown');
  age(now);
}

function expire(now: Draft): void {
  switch (now.state) {
    case 'minting':
      return fail(now, 'launch_timeout', { retryable: true });
    case 'loading':
      return fail(now, 'not_shown', { retryable: true });
    case 'shown':
      return act(now, { do: 'aging' });
    case 'failed':
      if (!now.launch) {
        return request(now, 'retry');
      }
      now.launch = null;
      return;
    case 'idle':
    case 'stale':
      return;
  }
}

/** The URL opens the app once: a second click requests another. */
function follow(now: Draft): void {
  if (!now.launch) {
    return request(now, 'retry');
  }
  disarm(now);
  act(now, { do: 'window', url: now.launch.url });
  now.launch = null;
}

/** Junction continues its sessions itself, and only its answers have a modality. */
function age(now: Draft): void {
  disarm(now);
  if (now.staleAfter > 0 && !now.launch?.modality) {
    arm(now, 'age', now.staleAfter);
  }
}

/** `reason` is why it opens again, if it does. */
function close(now: Draft, closed: CloseReason, reason: Reason): void {
  if (now.state !== 'idle') {
    leave(now, closed);
    now.reason = reason;
    enter(now, 'idle', closed);
  }
}

function fail(now: Draft, code: ErrorCode, facts: ErrorFacts = {}): void {
  failWith(now, new EmbedError(code, { requestId: now.launch?.requestId, ...facts }));
}

function failWith(now: Draft, error: EmbedError): void {
  clear(now);
  now.error = error;
  enter(now, 'failed');
  act(now, { do: 'tell', type: 'embed-error', detail: error });
}

/** A response that is still to come finds another generation. */
function leave(now: Draft, closed?: CloseReason): void {
  clear(now);
  now.generation += 1;
  if (closed) {
    act(now, { do: 'tell', type: 'embed-close', detail: { reason: closed } });
  }
}

/** The frame goes first: whatever else happens, no one may see it any more. */
function clear(now: Draft): void {
  if (now.state === 'loading' || now.state === 'shown' || now.state === 'stale') {
    act(now, { do: 'unmount' });
  }
  if (now.sent) {
    act(now, { do: 'abort' });
  }
  disarm(now);
  now.sent = now.heard = false;
  now.launch = now.error = null;
}

function disarm(now: Draft): void {
  if (now.armed) {
    now.armed = false;
    act(now, { do: 'disarm' });
  }
}

function arm(now: Draft, clock: 'wait' | 'age', seconds: number): void {
  now.armed = true;
  act(now, { do: 'arm', clock, seconds });
}

function enter(now: Draft, state: State, reason: Reason | CloseReason = now.reason): void {
  const detail: StateChange = { state, previous: now.state, reason };
  act(now, { do: 'tell', type: 'embed-state', detail });
  now.state = state;
}

function act(now: Draft, effect: Effect): void {
  now.effects.push(effect);
}
