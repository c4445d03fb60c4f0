import type { CloseReason } from './types.js';
/** Why all elements of a profile are closed. */
export type CloseAllReason = Extract<CloseReason, 'logout' | 'lock'>;
type Listener = (reason: CloseAllReason) => void;
/** Listens for {@link closeAll}, of this tab and of the others of its origin, until the function that it returns is called. */
export declare function join(listener: Listener): () => void;
/** Closes what this tab shows, then what the others do. */
export declare function closeAll(reason: CloseAllReason): void;
/** How often everything was closed: an element created before the last time belongs to whom it was closed for. */
export declare function closingsSoFar(): number;
export {};
