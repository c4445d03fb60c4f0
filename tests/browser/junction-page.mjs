// The console's page of Junction, as a person uses it. What it has in common with the first page is inherited.

import assert from 'node:assert/strict';

import { eventually } from '../peers/polling.mjs';
import { app } from './app.mjs';
import { expect } from './expect.mjs';
import { LaunchPage } from './launch-page.mjs';

const FAST = { en: 'Fast Launch', fr: 'Lancement rapide' };

export class JunctionPage extends LaunchPage {
  #page;
  #fast;

  constructor(page, language = 'en') {
    super(page, language);
    this.#page = page;
    this.#fast = FAST[language];
  }

  /** Opens it and waits until it offers what there is at Junction. */
  async open(demo) {
    await this.#page.goto(`${demo.console}junction`);
    await this.#page.locator('#form select[name=feature] option').nth(5).waitFor({ state: 'attached' });
  }

  async fastLaunch() {
    await this.#page.getByRole('button', { name: this.#fast }).click();
  }

  /** Chooses the one feature whose description has all of these. */
  async selectFeature(...texts) {
    const options = await this.#page.locator('#form select[name=feature] option').all();
    for (const option of options) {
      const text = await option.textContent();
      if (texts.every((wanted) => text.includes(wanted))) {
        return this.select('feature', await option.getAttribute('value'));
      }
    }
    throw new Error(`no feature is ${texts.join(', ')}`);
  }

  /** Does something in the app. */
  async click(id) {
    await (await app(this.#page)).locator(`#${id}`).click();
  }

  /** The calls that the last launch took, in their order. */
  async took(...operations) {
    await eventually('the calls', async () => {
      assert.deepEqual(await this.#page.locator('#calls li code').allTextContents(), operations);
    });
  }

  /** What there is at Junction now. */
  async hasThere(...texts) {
    await expect(this.#page.locator('#world')).contains(...texts);
  }

  /** What is about to be sent. */
  async asksFor(...texts) {
    await expect(this.#page.locator('#request')).contains(...texts);
  }
}
