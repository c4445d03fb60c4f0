// The console's page of the audit trail, as a person uses it.

import assert from 'node:assert/strict';

import { expect } from './expect.mjs';

const WORDS = {
  en: { search: 'Search', verify: 'Verify the chain', tamper: 'Tamper with one byte', intact: 'intact', broken: 'broken' },
  fr: { search: 'Rechercher', verify: 'Vérifier la chaîne', tamper: 'Falsifier un octet', intact: 'intact', broken: 'rompu' },
};

export class AuditPage {
  #page;
  #words;

  constructor(page, language = 'en') {
    this.#page = page;
    this.#words = WORDS[language];
  }

  async open(demo) {
    await this.#page.goto(`${demo.console}audit`);
    await this.offersTenants();
  }

  /** Waits until the demo's tenants are there: before, the page is inert. */
  async offersTenants() {
    await this.#page.locator('[name=tenant] option').first().waitFor({ state: 'attached' });
  }

  /** Searches, and waits for what there is. */
  async search(kind, value) {
    await this.#page.locator('[name=kind]').selectOption(kind);
    await this.#page.locator('[name=value]').fill(value);
    await this.#press('search');
    await this.#page.locator('#found:not(:empty)').waitFor();
  }

  /** One of the rows has all of these. */
  async finds(...texts) {
    const row = texts.reduce((rows, text) => rows.filter({ hasText: text }), this.#page.locator('#rows tbody tr'));
    await row.first().waitFor();
  }

  async verifies() {
    await this.#press('verify');
    await expect(this.#page.locator('#verified')).contains(this.#words.intact);
    await expect(this.#page.locator('#verification')).contains('chain ', 'intact');
  }

  /** The one changed byte is marked in its line, and breaks it. */
  async tampers() {
    await this.#press('tamper');
    await expect(this.#page.locator('#tampered')).contains(this.#words.broken);
    await expect(this.#page.locator('#tampering')).contains('its hash does not fit');
    const marked = await this.#page.locator('#tampering mark').textContent();
    assert.match(marked, /^\d$/);
    const line = await this.#page.locator('#tampering pre').first().textContent();
    assert.equal(JSON.parse(line).event.kind, 'attempt');
  }

  async #press(word) {
    await this.#page.getByRole('button', { name: this.#words[word], exact: true }).click();
  }
}
