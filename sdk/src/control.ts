import { createAlarm } from './alarm.js';
import { readAnswer, readRefusal } from './answer.js';
import { blockedHosts } from './csp.js';
import { viewOf } from './dom.js';
import { EmbedError } from './errors.js';
import { postTo } from './launcher.js';
import { type Effects, type Found, type Inputs, type Model, START, step } from './machine.js';
import { readMessage } from './messages.js';
import { createNews } from './news.js';
import { closingsSoFar, join } from './tabs.js';
import { textsIn } from './texts.js';
import type { CloseReason, Launch, LaunchFunction, Settings } from './types.js';
import { webUrl } from './urls.js';
import { createView } from './view.js';

/** The events of a window that an element listens to. */
type Heard = WindowEventMap & { visibilitychange: Event };

/** Nothing for inputs that have none. */
type Details<I extends keyof Inputs> = object extends Inputs[I] ? [] : [details: Inputs[I]];

/** Drives an element: takes what happens to it, and does what the machine says. */
export interface Control {
  readonly model: Model;
  /** The element is in a document. */
  connect(): void;
  /** It is not any more. */
  disconnect(): void;
  /** The page has set something. */
  change(): void;
  /** Settles with the app. */
  want(input: 'open' | 'reload'): Promise<void>;
  close(reason: CloseReason): void;
  /** Where the focus goes that the element is given. */
  focusable(): HTMLElement | null;
}

/** The control of this element, which is in no document yet. */
export function createControl(host: HTMLElement & Settings): Control {
  const view = createView(host, (press) => send(press));
  const alarm = createAlarm();
  const news = createNews(host);
  let model = START;
  let untilAnswer: AbortController | undefined;
  let untilUnmount: AbortController | undefined;
  let untilDisconnect: AbortController | undefined;
  let leaveTabs = (): void => {};
  /** What the last frame was for: its violation may come after its error. */
  let framed: Launch | null = null;
  let shownAt = 0;
  let closings = closingsSoFar();
  const waiters: { resolve: () => void; reject: (error: unknown) => void }[] = [];

  /** One input at a time into the model and the document; what listeners hear comes after, in order. */
  function send<I extends keyof Inputs>(input: I, ...[details = {} as Inputs[I]]: Details<I>): void {
    model = step(model, input, details);
    for (const [effect, ...details] of model.effects) {
      (effects[effect] as (...details: unknown[]) => void)(...details);
    }
    // What moved the focus may have sent more meanwhile.
    view.render(model, textsIn(host.language, host.texts, host.frameTitle));
    settle();
    news.tell();
  }

  /** Sends this if no other request for a URL has begun by then. */
  const late = (input: 'load' | 'broken' | 'message' | 'timer' | 'aged'): (() => void) => {
    const { generation } = model;
    return () => send(input, { generation });
  };

  const effects: { readonly [E in keyof Effects]: (...details: Effects[E]) => void } = {
    unmount() {
      untilUnmount?.abort();
      view.unmount();
    },
    abort: () => untilAnswer?.abort(),
    arm: (clock, seconds) => alarm.set(clock, seconds, late('timer')),
    disarm: alarm.clear,
    schedule: () => queueMicrotask(() => send('settle', found())),
    mint() {
      const { generation, reason, contextKey } = model;
      untilAnswer = new AbortController();
      const { signal } = untilAnswer;
      const answer = async (): Promise<Launch> => {
        const value = await launcher()?.({ signal, reason, contextKey, language: host.language });
        return readAnswer(value, webUrl(host.gateway)?.origin, host.allowedOrigins);
      };
      answer().then(
        (launch) => send('answer', { generation, launch }),
        (thrown: unknown) => send('refusal', { generation, refusal: readRefusal(thrown), random: Math.random() }),
      );
    },
    mount(launch) {
      framed = launch;
      untilUnmount = new AbortController();
      const { signal } = untilUnmount;
      view.mount(launch, (frame) => {
        frame.addEventListener('load', late('load'));
        frame.addEventListener('error', late('broken'));
        const heard = late('message');
        let foreign = !host.hasAttribute('debug');
        const hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
          if (!source || source !== frame.contentWindow) {
            return;
          }
          if (origin === launch.origin) {
            heard();
            news.add('embed-message', readMessage(data, launch.modality ? 'junction' : 'empego'));
          } else if (!foreign) {
            foreign = true;
            news.add('embed-error', new EmbedError('foreign_message', { requestId: launch.requestId }));
          }
          news.tell();
        };
        on(signal, 'message', hear);
      });
    },
    aging: () => news.add('embed-stale', { since: shownAt }, late('aged')),
    window: (url) => viewOf(host.ownerDocument)?.open(url, '_blank', 'noopener'),
    tell(type, detail) {
      if (model.state === 'shown') {
        shownAt = Date.now();
      }
      news.add(type, detail);
    },
  };

  /** Listens at the window until the signal. */
  function on<K extends keyof Heard>(signal: AbortSignal, type: K, listener: (event: Heard[K]) => void): void {
    viewOf(host.ownerDocument)?.addEventListener(type, listener as EventListener, { signal, capture: true });
  }

  const found = (): Found => ({ contextKey: host.contextKey, staleAfter: host.staleAfter, launcher: !!launcher() });

  function launcher(): LaunchFunction | null {
    const window = viewOf(host.ownerDocument);
    return host.launch ?? (window && host.launchUrl !== null ? postTo(host.launchUrl, window.location) : null);
  }

  function enterTabs(): void {
    const closed = (reason: CloseReason): void => {
      closings = closingsSoFar();
      close(reason);
    };
    // What everything was closed for meanwhile, this was there for too.
    if (closings !== closingsSoFar()) {
      closed('logout');
    }
    leaveTabs = join(closed);
  }

  function settle(): void {
    const { state, error } = model;
    if (state === 'minting' || state === 'loading') {
      return;
    }
    for (const { resolve, reject } of waiters.splice(0)) {
      if (state === 'idle') {
        reject(new DOMException('', 'AbortError'));
      } else if (error) {
        reject(error);
      } else {
        resolve();
      }
    }
  }

  const close = (reason: CloseReason): void => send('close', { reason });

  return {
    get model() {
      return model;
    },
    connect() {
      view.dress();
      untilDisconnect = new AbortController();
      const { signal } = untilDisconnect;
      enterTabs();
      on(signal, 'pagehide', () => {
        leaveTabs();
        send('hide');
      });
      on(signal, 'pageshow', ({ persisted }) => {
        if (persisted) {
          enterTabs();
          send('show');
        }
      });
      on(signal, 'online', () => send('online'));
      on(signal, 'securitypolicyviolation', (event) => {
        const hosts = framed && blockedHosts(event, framed);
        if (hosts) {
          send('blocked', { hosts });
        }
      });
      // After a sleep, one of them comes first.
      for (const type of ['pageshow', 'focus', 'visibilitychange'] as const) {
        on(signal, type, alarm.check);
      }
      send('connect');
    },
    disconnect() {
      untilDisconnect?.abort();
      leaveTabs();
      send('disconnect');
    },
    change() {
      send('change', found());
    },
    want(input) {
      const settled = new Promise<void>((resolve, reject) => waiters.push({ resolve, reject }));
      // Who does not wait hears of it by events, and not by an unhandled rejection.
      settled.catch(() => {});
      send(input);
      return settled;
    },
    close,
    focusable: view.focusable,
  };
}
