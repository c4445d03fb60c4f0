import type { CloseReason } from './types.js';

/** Why all elements of a profile are closed. */
export type CloseAllReason = Extract<CloseReason, 'logout' | 'lock'>;

type Listener = (reason: CloseAllReason) => void;

const listeners = new Set<Listener>();
let channel: BroadcastChannel | null = null;
let closings = 0;

/** Listens for {@link closeAll}, of this tab and of the others of its origin, until the function that it returns is called. */
export function join(listener: Listener): () => void {
  listeners.add(listener);
  if (!channel) {
    channel = open();
    channel.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (isReason(data)) {
        closeHere(data);
      }
    };
  }
  return () => {
    listeners.delete(listener);
    // An open channel keeps a page out of some browsers' back/forward cache.
    if (listeners.size === 0) {
      channel?.close();
      channel = null;
    }
  };
}

/** Closes what this tab shows, then what the others do. */
export function closeAll(reason: CloseAllReason): void {
  if (!isReason(reason)) {
    throw new TypeError('closeAll');
  }
  closeHere(reason);
  // A second channel of this tab would bring it its own word back, when others may have signed in.
  const sender = channel ?? open();
  sender.postMessage(reason);
  if (!channel) {
    sender.close();
  }
}

/** How often everything was closed: an element created before the last time belongs to whom it was closed for. */
export function closingsSoFar(): number {
  return closings;
}

function open(): BroadcastChannel {
  return new BroadcastChannel('clinical-embed');
}

function isReason(value: unknown): value is CloseAllReason {
  return value === 'logout' || value === 'lock';
}

function closeHere(reason: CloseAllReason): void {
  closings += 1;
  for (const listener of [...listeners]) {
    listener(reason);
  }
}
