import type { EmbedError, ErrorCode } from './errors.js';
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
  refused: string;
  unreachable: string;
  blocked: string;
  notShown: string;
  linkOut: string;
}

const TEXTS: Record<Language, Texts> = {
  en: {
    title: 'Clinical app',
    opening: 'Opening…',
    stale: 'This page has been open for a long time. Save your work before you reload it.',
    retry: 'Retry',
    reload: 'Reload',
    openWindow: 'Open in a new window',
    failed: 'The app cannot be opened. Contact support.',
    refused: 'The app cannot be opened for you. Retry, or contact support.',
    unreachable: 'The server cannot be reached. Check your connection.',
    blocked: 'This page does not allow the app. Support can add {hosts} to its policy.',
    notShown: 'The app did not load in time.',
    linkOut: 'The app opens in a window of its own.',
  },
  fr: {
    title: 'Application clinique',
    opening: 'Ouverture en cours…',
    stale: 'Cette page est ouverte depuis longtemps. Enregistrez votre travail avant de la recharger.',
    retry: 'Réessayer',
    reload: 'Recharger',
    openWindow: 'Ouvrir dans une nouvelle fenêtre',
    failed: 'Impossible d’ouvrir l’application. Communiquez avec le soutien technique.',
    refused: 'Impossible d’ouvrir l’application pour vous. Réessayez ou communiquez avec le soutien technique.',
    unreachable: 'Le serveur est injoignable. Vérifiez votre connexion.',
    blocked: 'Cette page n’autorise pas l’application. Le soutien technique peut ajouter {hosts} à sa politique.',
    notShown: 'L’application ne s’est pas chargée à temps.',
    linkOut: 'L’application s’ouvre dans une nouvelle fenêtre.',
  },
};

const OF_ERRORS: Partial<Record<ErrorCode, keyof Texts>> = {
  launch_failed: 'refused',
  launch_unreachable: 'unreachable',
  launch_timeout: 'unreachable',
  blocked_by_csp: 'blocked',
  not_shown: 'notShown',
  link_out: 'linkOut',
};

/** The texts of a language, with the page's own in their places. */
export function textsIn(language: Language, own: Partial<Texts>): Texts {
  return { ...TEXTS[language], ...own };
}

/** What a person reads about an error. */
export function errorText(texts: Texts, { code, hosts }: EmbedError): string {
  return texts[OF_ERRORS[code] ?? 'failed'].replace('{hosts}', () => String(hosts));
}
