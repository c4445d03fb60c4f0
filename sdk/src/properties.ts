import { type Fields, own } from './fields.js';
import { servingGateway } from './gateway.js';
import type { Language, Settings } from './types.js';

const orEmpty = (text: string | null): string => text ?? '';

/** The settings that are attributes. */
type Attributes = Omit<Settings, 'texts' | 'allowedOrigins' | 'launch'>;

/** How attributes are read. The context comes last: it is set when the rest is there. */
const READERS: { readonly [S in keyof Attributes]: (text: string | null, element: Element) => Settings[S] } = {
  gateway: (text) => text ?? servingGateway(),
  staleAfter: (text) => Math.max(0, Number(text)) || 0,
  frameTitle: orEmpty,
  language: (_, element) => languageOf(element),
  launchUrl: (text) => text,
  contextKey: orEmpty,
};

/** The element's settings, in the order in which they are set. */
export const SETTINGS: readonly string[] = ['texts', 'allowedOrigins', 'launch', ...Object.keys(READERS)];

/** The attributes that are settings. */
export const ATTRIBUTES: readonly string[] = Object.keys(READERS).map(attributeOf);

function attributeOf(name: string): string {
  return name === 'language' ? 'lang' : name.replace(/[A-Z]/, '-$&').toLowerCase();
}

/** Gives a prototype the properties that are attributes too; `null` removes the attribute. */
export function reflect(prototype: HTMLElement): void {
  for (const [name, read] of Object.entries(READERS)) {
    const attribute = attributeOf(name);
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: Element) {
        return read(this.getAttribute(attribute), this);
      },
      set(this: Element, value: string | null | undefined) {
        if (value === null || value === undefined) {
          this.removeAttribute(attribute);
        } else {
          this.setAttribute(attribute, value);
        }
      },
    });
  }
}

/** Sets the settings that are own properties, in order: what a script has put on Object.prototype is none. */
export function update(element: Settings, settings: Partial<Settings>): void {
  const given = own(settings) ?? {};
  for (const name of SETTINGS) {
    if (given[name] !== undefined) {
      Reflect.set(element, name, given[name]);
    }
  }
}

/** Sets anew what was set before the element was defined: as an own property it hides the accessor. */
export function upgrade(element: Settings): void {
  const early = { ...element };
  for (const name of SETTINGS) {
    delete (element as unknown as Fields)[name];
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
  return /^fr(-|$)/i.test(String(holder?.getAttribute('lang'))) ? 'fr' : 'en';
}
