import type { Language, Settings } from './types.js';

/** The element's settings, in the order in which they are set: the context comes last, when the rest is there. */
export const SETTINGS: readonly (keyof Settings)[] = [
  'texts',
  'gateway',
  'allowedOrigins',
  'staleAfter',
  'frameTitle',
  'language',
  'launch',
  'launchUrl',
  'contextKey',
];

/** Sets an attribute, or removes it for `null`. */
export function reflect(element: Element, attribute: string, value: unknown): void {
  if (value === null || value === undefined) {
    element.removeAttribute(attribute);
  } else {
    element.setAttribute(attribute, String(value));
  }
}

/** Sets the settings that are own properties, in order: what a script has put on Object.prototype is none. */
export function update(element: Settings, settings: Partial<Settings>): void {
  for (const name of SETTINGS) {
    if (Object.hasOwn(settings, name) && settings[name] !== undefined) {
      Reflect.set(element, name, settings[name]);
    }
  }
}

/** Sets anew what was set before the element was defined: as an own property it hides the accessor. */
export function upgrade(element: Settings): void {
  const early = { ...element };
  for (const name of SETTINGS) {
    Reflect.deleteProperty(element, name);
  }
  update(element, early);
}

/** The `lang` of an element or its nearest ancestor, through shadow roots; English unless it is French. */
export function languageOf(element: Element): Language {
  const holder = element.closest('[lang]');
  const root = element.getRootNode();
  if (!holder && root instanceof ShadowRoot) {
    return languageOf(root.host);
  }
  return /^fr(-|$)/i.test(holder?.getAttribute('lang') ?? '') ? 'fr' : 'en';
}
