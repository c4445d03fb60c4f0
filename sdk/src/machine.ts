import type { Clock } from './alarm.js';
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
  readonly reason: Reason;
  readonly launch: Launch | null;
  readonly error: EmbedError | null;
  /** Retries without a person since the last success. */
  readonly retries: number;
  /** Whether the shown app has sent a message: then nothing that the page notices later is about its loading. */
  readonly heard: boolean;
  /** Seconds; 0 is never. */
  readonly staleAfter: number;
  /** What to do because of the last input, in this order. */
  readonly effects: readonly Effect[];
}

/** Why a launch came to nothing. */
export interface Refusal {
  readonly error: EmbedError;
  /** Whether the element may retry by itself. */
  readonly automatic: boolean;
  /** Seconds, as the server asks. */
  readonly retryAfter: number;
}

/** What comes of a request; it is dropped if another has begun by then. */
interface Late {
  generation: number;
}

/** What the page has set. `launcher` is whether a launch can be requested. */
export interface Found {
  contextKey: string;
  staleAfter: number;
  launcher: boolean;
}

/** What happens to an element, and the details of it. */
export interface Inputs {
  connect: object;
  disconnect: object;
  /** The page has set something. */
  change: Found;
  /** A microtask after `schedule`. */
  settle: Found;
  open: object;
  reload: object;
  follow: object;
  close: { reason: CloseReason };
  hide: object;
  show: object;
  online: object;
  blocked: { hosts: readonly string[] };
  answer: Late & { launch: Launch };
  /** `random` is from 0 to 1. */
  refusal: Late & { refusal: Refusal; random: number };
  load: Late;
  broken: Late;
  message: Late;
  timer: Late;
  aged: Late;
}

/** What an element does, and with what; what it takes besides is in the model. */
export interface Effects {
  /** If there is a frame. */
  unmount: [];
  abort: [];
  arm: [clock: Clock, seconds: number];
  /** If something is armed. */
  disarm: [];
  schedule: [];
  mint: [];
  mount: [launch: Launch];
  aging: [];
  window: [url: string];
  /** An event for the page. */
  tell: [type: 'embed-state' | 'embed-error' | 'embed-close', detail: object];
}

/** An effect and what it takes. */
export type Effect = { [E in keyof Effects]: readonly [effect: E, ...details: Effects[E]] }[keyof Effects];

/** The next model while it comes about. */
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
  reason: 'first',
  launch: null,
  error: null,
  retries: 0,
  heard: false,
  staleAfter: 0,
  effects: [],
};

/** The one rule for all that happens. */
export function step<I extends keyof Inputs>(model: Model, input: I, details: Inputs[I]): Model {
  const next: Draft = { ...model, effects: [] };
  // Its own: what a script has put on Object.prototype would stop everything.
  const { generation } = { generation: model.generation, ...details };
  if (generation === model.generation) {
    RULES[input](next, details);
  }
  return next;
}

const RULES: { readonly [I in keyof Inputs]: (now: Draft, details: Inputs[I]) => void } = {
  connect(now) {
    now.connected = true;
    act(now, 'schedule');
  },
  disconnect(now) {
    now.connected = false;
    close(now, 'removed', 'moved');
  },
  change(now, { contextKey, staleAfter, launcher }) {
    if (contextKey !== now.contextKey) {
      changeContext(now, contextKey);
    }
    if (staleAfter !== now.staleAfter) {
      now.staleAfter = staleAfter;
      if (now.state === 'shown') {
        age(now);
      }
    }
    if (launcher && now.error?.code === 'no_launch') {
      request(now, now.reason);
    }
  },
  settle(now, { launcher }) {
    if (now.state === 'idle' && now.wanted) {
      request(now, now.reason);
    }
    if (now.state === 'minting' && !now.sent) {
      if (now.contextKey && launcher) {
        now.sent = true;
        act(now, 'arm', 'wait', LAUNCH_SECONDS);
        act(now, 'mint');
      } else {
        fail(now, now.contextKey ? 'no_launch' : 'no_context');
      }
    }
  },
  open(now) {
    want(now);
  },
  reload(now) {
    want(now, 'stale');
  },
  close(now, { reason }) {
    now.wanted = false;
    now.reason = 'first';
    close(now, reason, 'first');
  },
  hide(now) {
    now.hidden = true;
    close(now, 'pagehide', 'restored');
  },
  show(now) {
    now.hidden = false;
    act(now, 'schedule');
  },
  online(now) {
    if (now.error?.code === 'launch_unreachable') {
      request(now, 'retry');
    }
  },
  answer(now, { launch }) {
    if (!now.sent) {
      return;
    }
    now.sent = false;
    now.launch = launch;
    if (launch.modality !== 'link_out') {
      act(now, 'arm', 'wait', LOAD_SECONDS);
      act(now, 'mount', launch);
      enter(now, 'loading');
    } else {
      fail(now, 'link_out');
      now.launch = launch;
      if (launch.expiresIn != null) {
        act(now, 'arm', 'age', launch.expiresIn);
      }
    }
  },
  refusal(now, { refusal: { error, automatic, retryAfter }, random }) {
    if (!now.sent) {
      return;
    }
    now.sent = false;
    failWith(now, error);
    if (automatic && now.retries < AUTOMATIC_RETRIES) {
      const pause = Math.min(2 ** now.retries, LONGEST_PAUSE_SECONDS) * (0.5 + random / 2);
      now.retries += 1;
      act(now, 'arm', 'wait', Math.max(pause, retryAfter));
    }
  },
  load(now) {
    if (now.state === 'loading') {
      now.retries = 0;
      enter(now, 'shown');
      age(now);
    }
  },
  message(now, details) {
    now.heard = true;
    RULES.load(now, details);
  },
  broken(now) {
    if (now.state === 'loading') {
      fail(now, 'not_shown', { retryable: true });
    }
  },
  blocked(now, { hosts }) {
    // Engines differ in whether load, error or the violation comes first.
    if (now.state === 'loading' || (now.state === 'shown' && !now.heard) || now.error?.code === 'not_shown') {
      fail(now, 'blocked_by_csp', { hosts });
    }
  },
  timer(now, details) {
    if (now.state === 'shown') {
      act(now, 'aging');
    } else if (now.sent) {
      fail(now, 'launch_timeout', { retryable: true });
    } else if (now.state !== 'failed') {
      RULES.broken(now, details);
    } else if (now.launch) {
      now.launch = null;
    } else {
      request(now, 'retry');
    }
  },
  aged(now) {
    if (now.state === 'shown') {
      enter(now, 'stale');
    }
  },
  // The URL opens the app once: a second click requests another.
  follow(now) {
    if (now.error?.code !== 'link_out') {
      return;
    }
    if (now.launch) {
      act(now, 'disarm');
      act(now, 'window', now.launch.url);
      now.launch = null;
    } else {
      request(now, 'retry');
    }
  },
};

/** The former context's frame goes at once; the request waits until the page has set what else changes with it. */
function changeContext(now: Draft, contextKey: string): void {
  now.contextKey = contextKey;
  now.retries = 0;
  if (now.state !== 'idle') {
    request(now, 'context', 'context');
  } else if (now.generation > 0) {
    now.reason = 'context';
  }
}

/** A person wants the app, `anew` even if it is there or on its way. */
function want(now: Draft, anew?: Reason): void {
  now.wanted = true;
  now.retries = 0;
  const reason = now.state === 'idle' ? now.reason : now.state === 'failed' ? 'retry' : anew;
  if (reason) {
    request(now, reason);
  }
}

/** Begins a request for a URL, which leaves when `settle` comes. */
function request(now: Draft, reason: Reason, closed?: CloseReason): void {
  if (now.connected && !now.hidden) {
    leave(now, closed);
    now.reason = reason;
    act(now, 'schedule');
    enter(now, 'minting');
  }
}

/** Junction continues its sessions itself, and only its answers have a modality. */
function age(now: Draft): void {
  act(now, 'disarm');
  if (now.staleAfter > 0 && !now.launch?.modality) {
    act(now, 'arm', 'age', now.staleAfter);
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

function fail(now: Draft, code: ErrorCode, facts?: ErrorFacts): void {
  failWith(now, new EmbedError(code, { requestId: now.launch?.requestId, ...facts }));
}

function failWith(now: Draft, error: EmbedError): void {
  clear(now);
  now.error = error;
  enter(now, 'failed');
  act(now, 'tell', 'embed-error', error);
}

/** A response that is still to come finds another generation. */
function leave(now: Draft, closed?: CloseReason): void {
  clear(now);
  now.generation += 1;
  if (closed) {
    act(now, 'tell', 'embed-close', { reason: closed });
  }
}

/** The frame goes first: whatever else happens, no one may see it any more. */
function clear(now: Draft): void {
  act(now, 'unmount');
  act(now, 'disarm');
  if (now.sent) {
    act(now, 'abort');
  }
  now.sent = now.heard = false;
  now.launch = now.error = null;
}

function enter(now: Draft, state: State, reason: Reason | CloseReason = now.reason): void {
  const detail: StateChange = { state, previous: now.state, reason };
  act(now, 'tell', 'embed-state', detail);
  now.state = state;
}

function act<E extends keyof Effects>(now: Draft, ...effect: readonly [E, ...Effects[E]]): void {
  now.effects.push(effect as unknown as Effect);
}
