// The console's first page, as a person uses it.

import { app } from './app.mjs';
import { expect } from './expect.mjs';

const WORDS = {
  en: { launch: 'Launch', goesAhead: 'allowed', refused: 'refused', accepted: 'accepted' },
  fr: { launch: 'Lancer', goesAhead: 'autorisé', refused: 'refusé', accepted: 'accepté' },
};

export class LaunchPage {
  #page;
  #words;

  constructor(page, language = 'en') {
    this.#page = page;
    this.#words = WORDS[language];
  }

  /** Opens it and waits until it has explained what it starts with. */
  async open(demo) {
    await this.#page.goto(demo.console);
    await this.#page.locator('#outcome .badge').waitFor();
  }

  /** Chooses one of the documented options. */
  async choose(option) {
    await this.#page.locator(`[name=option][value=${option}]`).check();
  }

  async fill(name, text) {
    await this.#page.locator(`#form input[name=${name}]`).fill(text);
  }

  async select(name, value) {
    await this.#page.locator(`#form select[name=${name}]`).selectOption(value);
  }

  async uncheck(name) {
    await this.#page.locator(`#form [name=${name}]`).uncheck();
  }

  /** What the gateway would do, once it says so. */
  async explainsLaunch(...texts) {
    await expect(this.#page.locator('#outcome')).contains(this.#words.goesAhead);
    await expect(this.#page.locator('#explanation')).contains(...texts);
  }

  async explainsRefusal(code, ...texts) {
    await expect(this.#page.locator('#outcome')).contains(this.#words.refused, code);
    await expect(this.#page.locator('#explanation')).contains(...texts);
  }

  async launch() {
    await this.#page.getByRole('button', { name: this.#words.launch, exact: true }).click();
  }

  async isLaunched(...texts) {
    await expect(this.#page.locator('#status')).contains('200');
    await expect(this.#page.locator('#answer')).contains(...texts);
  }

  async isRefused(status, code, ...texts) {
    await expect(this.#page.locator('#status')).contains(String(status), code);
    await expect(this.#page.locator('#answer')).contains(...texts);
  }

  /** What the page inside the iframe shows, by the ids of its elements. */
  async frameShows(shown) {
    const frame = await app(this.#page);
    for (const [id, text] of Object.entries(shown)) {
      await expect(frame.locator(`#${id}`)).is(text);
    }
  }

  async hasNoFrame() {
    await expect(this.#page.locator('#frame')).is('');
  }

  /** Exactly one message came, and counted. */
  async lists(...texts) {
    await expect(this.#page.locator('#messages li')).contains(this.#words.accepted, ...texts);
  }
}
