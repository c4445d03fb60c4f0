/**
 * The events of an element. They wait until the document is as they say, and come in order, whatever their listeners do
 * meanwhile.
 */
export interface News {
  /** With `otherwise`, which is done unless a listener cancels the event, the event is cancelable. */
  add(type: string, detail: object, otherwise?: () => void): void;
  /** Dispatches what waits. */
  tell(): void;
}

/** The news of a target. */
export function createNews(target: EventTarget): News {
  const waiting: [type: string, detail: object, otherwise?: (() => void) | undefined][] = [];
  let telling = false;
  return {
    add(...item) {
      waiting.push(item);
    },
    tell() {
      if (telling) {
        return;
      }
      telling = true;
      // What listeners add meanwhile is told too.
      for (const [type, detail, otherwise] of waiting) {
        const cancelable = !!otherwise;
        const event = new CustomEvent(type, { bubbles: true, composed: true, cancelable, detail: Object.freeze(detail) });
        if (target.dispatchEvent(event)) {
          otherwise?.();
        }
      }
      waiting.length = 0;
      telling = false;
    },
  };
}
