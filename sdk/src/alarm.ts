/** Two clocks and a timer, of a page or of a test. Milliseconds. */
export interface Clocks {
  /** Never goes back, but may stop while the machine sleeps. */
  monotonic(): number;
  /** Goes on in sleep, but people and servers set it. */
  wall(): number;
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(timer: number): void;
}

/** Those of the page. */
export const PAGE_CLOCKS: Clocks = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
  clearTimeout: (timer) => clearTimeout(timer),
};

/** setTimeout takes 32 bits. */
const LONGEST_MS = 2 ** 31 - 1;

/** One alarm, for an element that waits for one thing at a time. */
export class Alarm {
  readonly #clocks: Clocks;
  #timer: number | null = null;
  #look: (() => void) | null = null;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  /** Rings once. `age` takes the larger difference of both clocks, `wait` the timer's word. */
  set(clock: 'wait' | 'age', seconds: number, ring: () => void): void {
    this.clear();
    const monotonic = this.#clocks.monotonic();
    const wall = this.#clocks.wall();
    const look = (): void => {
      const passed = Math.max(this.#clocks.monotonic() - monotonic, this.#clocks.wall() - wall);
      const left = seconds * 1000 - passed;
      if (left > 0) {
        this.#wait(left, look);
      } else {
        this.clear();
        ring();
      }
    };
    this.#look = clock === 'age' ? look : null;
    this.#wait(seconds * 1000, clock === 'age' ? look : () => (this.clear(), ring()));
  }

  /** Looks at the clocks now: timers may have slept. */
  check(): void {
    this.#look?.();
  }

  clear(): void {
    if (this.#timer !== null) {
      this.#clocks.clearTimeout(this.#timer);
    }
    this.#timer = null;
    this.#look = null;
  }

  #wait(ms: number, run: () => void): void {
    if (this.#timer !== null) {
      this.#clocks.clearTimeout(this.#timer);
    }
    this.#timer = this.#clocks.setTimeout(run, Math.min(ms, LONGEST_MS));
  }
}
