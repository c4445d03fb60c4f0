/** `wait` counts while the machine is awake, `age` through its sleep and changes of its clock. */
export type Clock = 'wait' | 'age';

/** One alarm, for an element that waits for one thing at a time. */
export interface Alarm {
  /** Rings once, in place of what was set before. */
  set(clock: Clock, seconds: number, ring: () => void): void;
  /** Looks at the clocks now: timers may have slept. */
  check(): void;
  clear(): void;
}

/** What an alarm needs of a page's global object. */
export interface Clocks {
  /** Never goes back, but may stop while the machine sleeps. */
  performance: { now(): number };
  /** Goes on in sleep, but people and servers set it. */
  Date: { now(): number };
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** setTimeout takes 32 bits. */
const LONGEST_MS = 2 ** 31 - 1;

/** An alarm that is not set. */
export function createAlarm(clocks: Clocks = globalThis as unknown as Clocks): Alarm {
  let timer: unknown;
  let look: (() => void) | undefined;

  const clear = (): void => {
    clocks.clearTimeout(timer);
    look = undefined;
  };

  return {
    set(clock, seconds, ring) {
      const { performance, Date } = clocks;
      const monotonic = performance.now();
      const wall = Date.now();
      const wait = (ms: number): void => {
        clear();
        timer = clocks.setTimeout(finish, Math.min(ms, LONGEST_MS));
        look = clock === 'age' ? finish : undefined;
      };
      const finish = (): void => {
        // The larger difference of both clocks.
        const left = look ? seconds * 1000 - Math.max(performance.now() - monotonic, Date.now() - wall) : 0;
        if (left > 0) {
          wait(left);
        } else {
          clear();
          ring();
        }
      };
      wait(seconds * 1000);
    },
    check: () => look?.(),
    clear,
  };
}
