const OUTWARD = { bubbles: true, composed: true };

/**
 * The events of an element. They wait until the document is as they say, and come in order, whatever their listeners do
 * meanwhile.
 */
export class News {
  readonly #target: EventTarget;
  #waiting: (() => void)[] = [];
  #telling = false;

  constructor(target: EventTarget) {
    this.#target = target;
  }

  add(type: string, detail: object): void {
    this.#put(type, detail, false);
  }

  /** What is done unless a listener cancels the event. */
  addCancelable(type: string, detail: object, otherwise: () => void): void {
    this.#put(type, detail, true, otherwise);
  }

  tell(): void {
    if (this.#telling) {
      return;
    }
    this.#telling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      next();
    }
    this.#telling = false;
  }

  #put(type: string, detail: object, cancelable: boolean, otherwise?: () => void): void {
    const event = (): CustomEvent => new CustomEvent(type, { ...OUTWARD, cancelable, detail: Object.freeze(detail) });
    this.#waiting.push(() => {
      if (this.#target.dispatchEvent(event())) {
        otherwise?.();
      }
    });
  }
}
