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
  unreachable: string;
  blocked: string;
}

const TEXTS: Record<Language, Texts> = {
  en: {
    title: 'Clinical app',
    opening: 'Opening…',
    stale: 'The app has been open for a long time. Save your work, then reload it.',
    retry: 'Retry',
    reload: 'Reload',
    openWindow: 'Open in a new window',
    failed: 'The app cannot be opened. Contact support.',
    unreachable: 'The app does not respond. Check your connection.',
    blocked: 'This page blocks the app. Support can allow {hosts}.',
  },
  fr: {
    title: 'Application clinique',
    opening: 'Ouverture en cours…',
    stale: 'L’application est ouverte depuis longtemps. Enregistrez votre travail, puis rechargez-la.',
    retry: 'Réessayer',
    reload: 'Recharger',
    openWindow: 'Ouvrir dans une nouvelle fenêtre',
    failed: 'Impossible d’ouvrir l’application. Communiquez avec le soutien.',
    unreachable: 'L’application ne répond pas. Vérifiez votre connexion.',
    blocked: 'Cette page bloque l’application. Le soutien peut autoriser {hosts}.',
  },
};

const OF_ERRORS: Partial<Record<ErrorCode, keyof Texts>> = {
  launch_unreachable: 'unreachable',
  launch_timeout: 'unreachable',
  blocked_by_csp: 'blocked',
  not_shown: 'unreachable',
  link_out: 'openWindow',
};

/** The texts of a language, with the page's own in their places. */
export function textsIn(language: Language, own: Partial<Texts>, title: string): Texts {
  return { ...TEXTS[language], ...own, ...(title && { title }) };
}

/** What a person reads about an error. */
export function errorText(texts: Texts, { code, hosts }: EmbedError): string {
  return texts[OF_ERRORS[code] ?? 'failed'].replace('{hosts}', () => String(hosts));
}
