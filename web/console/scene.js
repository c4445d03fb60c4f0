// What the page knows of this run of the demo, and the language it speaks.

const LANGUAGES = ['en', 'fr'];

/**
 * Loads the scene and the texts, and puts the texts in their places. Until then the page is inert: what a person did meanwhile would be
 * overwritten, or have no effect.
 */
export async function enter() {
  const [scene, ...texts] = await Promise.all(
    ['scene.json', ...LANGUAGES.map((language) => `texts.${language}.json`)].map(load),
  );
  const stated = new URLSearchParams(location.search).get('lang');
  const language = LANGUAGES.includes(stated) ? stated : scene.language;
  const withCodes = LANGUAGES.map((name, at) => [name, { ...texts[at], codes: codesIn(name, scene) }]);
  const voice = new Voice(Object.fromEntries(withCodes), language);
  for (const button of document.querySelectorAll('[data-language]')) {
    button.addEventListener('click', () => voice.speak(button.dataset.language));
  }
  document.getElementById('main').inert = false;
  return { scene, voice };
}

/** What the program's own table says about each error code. */
function codesIn(language, { codes }) {
  return Object.fromEntries(codes.map(({ code, texts }) => [code, texts[language]]));
}

async function load(name) {
  const answer = await fetch(name);
  if (!answer.ok) {
    throw new Error(`${name} was answered with ${answer.status}`);
  }
  return answer.json();
}

/** The page's texts in one of its languages. */
class Voice {
  #texts;
  #language;
  #listeners = [];

  constructor(texts, language) {
    this.#texts = texts;
    this.#language = language;
    this.#putInPlace();
  }

  /** The text of this dotted key, with the values in the places that are named after them. */
  say(key, values = {}) {
    const text = key.split('.').reduce((within, step) => within?.[step], this.#texts[this.#language]);
    if (typeof text !== 'string') {
      throw new Error(`no text for ${key} in ${this.#language}`);
    }
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  number(value, options) {
    return new Intl.NumberFormat(this.#language, options).format(value);
  }

  /** How this language writes days and times, as it is spoken in Canada. */
  dateTime(options) {
    return new Intl.DateTimeFormat(`${this.#language}-CA`, options);
  }

  /** Calls back whenever the language changes, and once at first. */
  whenSpoken(listener) {
    this.#listeners.push(listener);
    listener();
  }

  /** Goes on in another language, also on the page's other half and after a reload. */
  speak(language) {
    this.#language = language;
    const here = new URL(location.href);
    here.searchParams.set('lang', language);
    history.replaceState(null, '', here);
    this.#putInPlace();
    this.#listeners.forEach((listener) => listener());
  }

  #putInPlace() {
    document.documentElement.lang = this.#language;
    document.title = `${this.say(document.body.dataset.title)} · empego-gateway`;
    for (const place of document.querySelectorAll('[data-text]')) {
      place.textContent = this.say(place.dataset.text);
    }
    for (const place of document.querySelectorAll('[data-label]')) {
      place.setAttribute('aria-label', this.say(place.dataset.label));
    }
    for (const button of document.querySelectorAll('[data-language]')) {
      button.setAttribute('aria-pressed', String(button.dataset.language === this.#language));
    }
    for (const link of document.querySelectorAll('nav a')) {
      link.search = `?lang=${this.#language}`;
    }
  }
}
