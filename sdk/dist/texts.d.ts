import type { EmbedError } from './errors.js';
import type { Language } from './types.js';
/** What a person reads. `{hosts}` stands for the origins that the page's policy blocks. */
export interface Texts {
    /** The frame's accessible name, if the element has no `frameTitle`. */
    title: string;
    opening: string;
    stale: string;
    retry: string;
    reload: string;
    openWindow: string;
    /** Errors without a text of their own. */
    failed: string;
    unreachable: string;
    blocked: string;
}
/** The texts of a language, with the page's own in their places. */
export declare function textsIn(language: Language, own: Partial<Texts>, title: string): Texts;
/** What a person reads about an error. */
export declare function errorText(texts: Texts, { code, hosts }: EmbedError): string;
