import type { ClinicalEmbedElement } from './element.js';
import type { EmbedError } from './errors.js';
import type { Message } from './messages.js';
import type { CloseReason, Settings, State, StateChange } from './types.js';
/** The element's properties, and functions for its events. */
export interface EmbedOptions extends Partial<Settings> {
    contextKey: string;
    onState?: (change: StateChange) => void;
    onMessage?: (message: Message) => void;
    onError?: (error: EmbedError) => void;
    onStale?: (event: CustomEvent<{
        since: number;
    }>) => void;
    onClose?: (reason: CloseReason) => void;
}
/** An app in a page, without markup. */
export interface Embed {
    readonly element: ClinicalEmbedElement;
    readonly state: State;
    readonly error: EmbedError | null;
    open(): Promise<void>;
    close(reason?: CloseReason): void;
    reload(): Promise<void>;
    /** Changes settings. To change the context, pass what changes with it in the same call. */
    update(settings: Partial<Settings>): void;
    /** Closes the app and removes the element. */
    remove(): void;
    [Symbol.dispose](): void;
}
/** Appends an element to a place in the document; it opens by itself. Throws a `TypeError` that names an unknown option. */
export declare function createEmbed(place: Element, options: EmbedOptions): Embed;
