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
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const [type, detail, otherwise] = next;
      const event = new CustomEvent(type, { bubbles: true, composed: true, cancelable: Boolean(otherwise), detail });
      if (this.#target.dispatchEvent(event)) {
        otherwise?.();
      }
    }
    this.#telling = false;
  }
}
