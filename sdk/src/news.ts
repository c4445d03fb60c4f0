/**
 * The events of an element. They wait until the document is as they say, and come in order, whatever their listeners do
 * meanwhile.
 */
export class News {
  readonly #target: EventTarget;
  readonly #waiting: [type: string, detail: object, otherwise: (() => void) | undefined][] = [];
  #telling = false;

  constructor(target: EventTarget) {
    this.#target = target;
  }

  /** With `otherwise`, which is done unless a listener cancels the event, the event is cancelable. */
  add(type: string, detail: object, otherwise?: () => void): void {
    this.#waiting.push([type, Object.freeze(detail), otherwise]);
  }

  tell(): void {
    if (this.#telling) {
      return;
    }
    this.#telling = true;
    // What listeners add meanwhile is told too.
    for (const [type, detail, otherwise] of this.#waiting) {
      const event = new CustomEvent(type, { bubbles: true, composed: true, cancelable: Boolean(otherwise), detail });
      if (this.#target.dispatchEvent(event)) {
        otherwise?.();
      }
    }
    this.#waiting.length = 0;
    this.#telling = false;
  }
}
