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

/** One alarm, for an element that waits for one thing at a time. */
export class Alarm {
  readonly #clocks: Clocks;
  #timer: unknown;
  #look: (() => void) | null = null;

  constructor(clocks: Clocks = globalThis as unknown as Clocks) {
    this.#clocks = clocks;
  }

  /** Rings once. `age` takes the larger difference of both clocks, `wait` the timer's word. */
  set(clock: 'wait' | 'age', seconds: number, ring: () => void): void {
    const { performance, Date } = this.#clocks;
    const monotonic = performance.now();
    const wall = Date.now();
    const finish = (): void => {
      this.clear();
      ring();
    };
    const look = (): void => {
      const left = seconds * 1000 - Math.max(performance.now() - monotonic, Date.now() - wall);
      if (left > 0) {
        this.#wait(left, look);
      } else {
        finish();
      }
    };
    this.#wait(seconds * 1000, clock === 'age' ? look : finish);
    this.#look = clock === 'age' ? look : null;
  }

  /** Looks at the clocks now: timers may have slept. */
  check(): void {
    this.#look?.();
  }

  clear(): void {
    this.#clocks.clearTimeout(this.#timer);
    this.#look = null;
  }

  #wait(ms: number, run: () => void): void {
    this.#clocks.clearTimeout(this.#timer);
    this.#timer = this.#clocks.setTimeout(run, Math.min(ms, LONGEST_MS));
  }
}
