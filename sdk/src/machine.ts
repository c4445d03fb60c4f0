import { EmbedError, type ErrorCode } from './errors.js';
import type { CloseReason, Launch, Reason, State } from './types.js';

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

/** What an element does, in this order. */
export type Effect =
  | { do: 'unmount' | 'abort' | 'disarm' | 'schedule' | 'aging' }
  /** `clock`: `wait` counts while the machine is awake, `age` through its sleep and changes of its clock. */
  | { do: 'arm'; clock: 'wait' | 'age'; seconds: number; generation: number }
  | { do: 'mint'; generation: number; reason: Reason; contextKey: string }
  | { do: 'mount'; generation: number; launch: Launch }
  | { do: 'window'; url: string }
  | { do: 'closed'; reason: CloseReason }
  | { do: 'state'; state: State; previous: State; reason: Reason | CloseReason }
  | { do: 'failed'; error: EmbedError };

/** A model, and what to do because of it. */
export type Step = readonly [model: Model, effects: readonly Effect[]];

/** For how many seconds the launching server and the frame may take. */
export const LIMITS = { launch: 30, load: 20, retry: 30, automaticRetries: 6 } as const;

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
  switch (input.type) {
    case 'connect':
      return [{ ...model, connected: true }, [{ do: 'schedule' }]];
    case 'disconnect':
      return disconnect(model);
    case 'settle':
      return settle(model, input.launcher);
    case 'open':
      return open(model);
    case 'reload':
      return request({ ...model, wanted: true, retries: 0 }, reloadReason(model));
    case 'close':
      return close({ ...model, wanted: false, reason: 'first' }, input.reason);
    case 'context':
      return changeContext(model, input.key);
    case 'staleAfter':
      return changeStaleAfter(model, input.seconds);
    case 'launcher':
      return model.error?.code === 'no_launch' ? request(model, model.reason) : [model, []];
    case 'answer':
      return answer(model, input.launch);
    case 'refusal':
      return model.state === 'minting' ? refuse(model, input.refusal, input.random) : [model, []];
    case 'load':
      return model.state === 'loading' ? show(model) : [model, []];
    case 'message':
      return hear(model);
    case 'broken':
      return model.state === 'loading' ? fail(model, new EmbedError('not_shown', facts(model, true))) : [model, []];
    case 'blocked':
      return block(model, input.hosts);
    case 'timer':
      return expire({ ...model, armed: false });
    case 'aged':
      return model.state === 'shown' ? enter(model, 'stale', model.reason, []) : [model, []];
    case 'follow':
      return follow(model);
    case 'hide':
      return close({ ...model, hidden: true, reason: model.state === 'idle' ? model.reason : 'restored' }, 'pagehide');
    case 'show':
      return model.hidden ? [{ ...model, hidden: false }, [{ do: 'schedule' }]] : [model, []];
    case 'online':
      return model.error?.code === 'launch_unreachable' ? request(model, 'retry') : [model, []];
  }
}

function disconnect(model: Model): Step {
  const reason = model.state === 'idle' ? model.reason : 'moved';
  return close({ ...model, connected: false, reason }, 'removed');
}

function open(model: Model): Step {
  const opened = { ...model, wanted: true, retries: 0 };
  if (model.state === 'idle') {
    return request(opened, model.reason);
  }
  return model.state === 'failed' ? request(opened, 'retry') : [opened, []];
}

function reloadReason(model: Model): Reason {
  if (model.state === 'idle') {
    return model.reason;
  }
  return model.state === 'failed' ? 'retry' : 'stale';
}

/** The former context's frame goes at once; the request waits until the page has set what else changes with it. */
function changeContext(model: Model, contextKey: string): Step {
  if (contextKey === model.contextKey) {
    return [model, []];
  }
  const changed = { ...model, contextKey, retries: 0 };
  if (model.state === 'idle') {
    return [{ ...changed, reason: model.generation === 0 ? 'first' : 'context' }, []];
  }
  const [next, effects] = request(changed, 'context');
  return [next, insertClosed(effects, 'context')];
}

/** Begins a request for a URL, which leaves when {@link settle} comes. */
function request(model: Model, reason: Reason): Step {
  if (!model.connected || model.hidden) {
    return [model, []];
  }
  const cleared = { ...clear(model), generation: model.generation + 1, sent: false };
  return enter(cleared, 'minting', reason, leave(model), [{ do: 'schedule' }]);
}

function settle(model: Model, launcher: boolean): Step {
  if (model.state === 'idle' && model.wanted && model.connected && !model.hidden) {
    const [minting, effects] = request(model, model.reason);
    const [next, more] = send(minting, launcher);
    return [next, [...effects.filter((effect) => effect.do !== 'schedule'), ...more]];
  }
  return model.state === 'minting' && !model.sent ? send(model, launcher) : [model, []];
}

function send(model: Model, launcher: boolean): Step {
  if (model.contextKey === '') {
    return fail(model, new EmbedError('no_context'));
  }
  if (!launcher) {
    return fail(model, new EmbedError('no_launch'));
  }
  const { generation, reason, contextKey } = model;
  const arm: Effect = { do: 'arm', clock: 'wait', seconds: LIMITS.launch, generation };
  return [{ ...model, sent: true, armed: true }, [arm, { do: 'mint', generation, reason, contextKey }]];
}

function answer(model: Model, launch: Launch): Step {
  if (model.state !== 'minting' || !model.sent) {
    return [model, []];
  }
  const answered = { ...model, sent: false, launch };
  const { generation } = model;
  if (launch.modality === 'link_out') {
    const [failed, effects] = fail(answered, new EmbedError('link_out', { requestId: launch.requestId }));
    const linked = { ...failed, launch };
    return launch.expiresIn === undefined ? [linked, effects] : arm(linked, effects, 'age', launch.expiresIn);
  }
  return enter({ ...answered, armed: true, heard: false }, 'loading', model.reason, [
    { do: 'arm', clock: 'wait', seconds: LIMITS.load, generation },
    { do: 'mount', generation, launch },
  ]);
}

function refuse(model: Model, refusal: Refusal, random: number): Step {
  const [failed, effects] = fail({ ...model, sent: false }, refusal.error);
  if (!refusal.automatic || model.retries >= LIMITS.automaticRetries) {
    return [failed, effects];
  }
  const pause = Math.min(2 ** model.retries, LIMITS.retry) * (0.5 + random / 2);
  return arm({ ...failed, retries: model.retries + 1 }, effects, 'wait', Math.max(pause, refusal.retryAfter));
}

function show(model: Model): Step {
  const shown: Model = { ...model, armed: false, retries: 0 };
  const [next, effects] = enter(shown, 'shown', model.reason, [{ do: 'disarm' }]);
  return ages(next) ? arm(next, effects, 'age', next.staleAfter) : [next, effects];
}

function hear(model: Model): Step {
  const heard = model.heard ? model : { ...model, heard: true };
  return model.state === 'loading' ? show(heard) : [heard, []];
}

function block(model: Model, hosts: readonly string[]): Step {
  // Engines differ in whether load, error or the violation comes first.
  const unheard = model.state === 'shown' && !model.heard;
  if (model.state === 'loading' || unheard || model.error?.code === 'not_shown') {
    return fail(model, new EmbedError('blocked_by_csp', { ...facts(model, false), hosts }));
  }
  return [model, []];
}

function expire(model: Model): Step {
  switch (model.state) {
    case 'minting':
      return fail(model, new EmbedError('launch_timeout', { retryable: true }));
    case 'loading':
      return fail(model, new EmbedError('not_shown', facts(model, true)));
    case 'shown':
      return [model, [{ do: 'aging' }]];
    case 'failed':
      return model.launch ? [{ ...model, launch: null }, []] : request(model, 'retry');
    case 'idle':
    case 'stale':
      return [model, []];
  }
}

/** The URL opens the app once: a second click requests another. */
function follow(model: Model): Step {
  if (model.error?.code !== 'link_out') {
    return [model, []];
  }
  if (!model.launch) {
    return request(model, 'retry');
  }
  return [{ ...model, launch: null, armed: false }, [...disarm(model), { do: 'window', url: model.launch.url }]];
}

function changeStaleAfter(model: Model, staleAfter: number): Step {
  const changed = { ...model, staleAfter };
  if (model.state !== 'shown') {
    return [changed, []];
  }
  const effects = disarm(model);
  const calm = { ...changed, armed: false };
  return ages(changed) ? arm(calm, effects, 'age', staleAfter) : [calm, effects];
}

/** Junction continues its sessions itself, and only its answers have a modality. */
function ages(model: Model): boolean {
  return model.staleAfter > 0 && model.launch?.modality === undefined;
}

function close(model: Model, reason: CloseReason): Step {
  if (model.state === 'idle') {
    return [model, []];
  }
  // A response that is still to come finds another generation.
  const closed = { ...clear(model), generation: model.generation + 1, sent: false };
  const [next, effects] = enter(closed, 'idle', reason, leave(model));
  return [next, insertClosed(effects, reason)];
}

function fail(model: Model, error: EmbedError): Step {
  const failed = { ...clear(model), sent: false, error };
  const [next, effects] = enter(failed, 'failed', model.reason, leave(model));
  return [next, [...effects, { do: 'failed', error }]];
}

/** The frame goes first: whatever else happens, no one may see it any more. */
function leave(model: Model): Effect[] {
  const framed = model.state === 'loading' || model.state === 'shown' || model.state === 'stale';
  const unmount: Effect[] = framed ? [{ do: 'unmount' }] : [];
  const abort: Effect[] = model.state === 'minting' && model.sent ? [{ do: 'abort' }] : [];
  return [...unmount, ...abort, ...disarm(model)];
}

function clear(model: Model): Model {
  return { ...model, armed: false, launch: null, error: null, heard: false };
}

function disarm(model: Model): Effect[] {
  return model.armed ? [{ do: 'disarm' }] : [];
}

function arm(model: Model, effects: readonly Effect[], clock: 'wait' | 'age', seconds: number): Step {
  return [{ ...model, armed: true }, [...effects, { do: 'arm', clock, seconds, generation: model.generation }]];
}

function enter(
  model: Model,
  state: State,
  reason: Reason | CloseReason,
  before: readonly Effect[],
  after: readonly Effect[] = [],
): Step {
  const next = { ...model, state, reason: isReason(reason) ? reason : model.reason };
  return [next, [...before, ...after, { do: 'state', state, previous: model.state, reason }]];
}

function insertClosed(effects: readonly Effect[], reason: CloseReason): Effect[] {
  return effects.flatMap((effect): Effect[] => (effect.do === 'state' ? [{ do: 'closed', reason }, effect] : [effect]));
}

function isReason(reason: Reason | CloseReason): reason is Reason {
  return ['first', 'context', 'retry', 'stale', 'restored', 'moved'].includes(reason);
}

function facts(model: Model, retryable: boolean): { retryable: boolean; requestId?: string | undefined } {
  return { retryable, requestId: model.launch?.requestId };
}

/** The codes after which a person can do nothing here. */
export const FINAL: readonly ErrorCode[] = ['no_launch', 'no_context', 'origin_not_allowed'];
