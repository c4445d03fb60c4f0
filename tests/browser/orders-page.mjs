// The console's page of orders, as a person uses it.

import assert from 'node:assert/strict';

import { eventually } from '../peers/polling.mjs';
import { expect } from './expect.mjs';

export class OrdersPage {
  #page;
  #language;

  constructor(page, language = 'en') {
    this.#page = page;
    this.#language = language;
  }

  /** Opens it and waits until there is something to order. */
  async open(demo, patient) {
    await this.#page.goto(`${demo.console}orders?lang=${this.#language}`);
    await this.#page.locator('#tests input').first().waitFor();
    await this.fill('clientUserId', patient);
  }

  async fill(name, value) {
    await this.#field(name).fill(value);
  }

  /** What is wrong with a field, beside it. */
  async faults(name, ...texts) {
    await expect(this.#fault(name)).contains(...texts);
    assert.equal(await this.#field(name).getAttribute('aria-invalid'), 'true');
  }

  async place() {
    await this.#page.locator('#form [type=submit]').click();
  }

  /** Places an order and waits until it is one. */
  async placed() {
    await this.place();
    await this.isIn('received.at_home_phlebotomy.ordered');
  }

  /** The order is in this state of Junction's. */
  async isIn(...statuses) {
    await expect(this.#page.locator('#state')).contains(...statuses);
  }

  async says(...texts) {
    await expect(this.#page.locator('#status')).contains(...texts);
  }

  async isRefused(code) {
    await this.says(code);
    await expect(this.#page.locator('#refusal')).contains(code);
  }

  async moveClock(by) {
    await this.#page.locator(`[data-move=${by}]`).click();
  }

  /** Has something happen at Junction, and waits until it has. */
  async happens(trouble) {
    const button = this.#page.locator(`[data-trouble=${trouble}]`);
    const group = this.#page.locator('details', { has: button }).last();
    if ((await group.getAttribute('open')) === null) {
      await group.locator('summary').click();
    }
    await button.click();
    const name = await button.textContent();
    await expect(this.#page.locator('#arranged')).contains(this.#language === 'fr' ? 'C’est fait' : 'Done', name);
  }

  /** Has times found, and chooses one of a day. */
  async choose(day, time = 0) {
    await this.#page.locator('#find').click();
    const days = this.#page.locator('select[name=day]');
    await days.waitFor();
    await days.selectOption({ index: day });
    await this.#page.locator('input[name=slot]:enabled').nth(time).check();
  }

  async confirm() {
    await this.#page.locator('#confirm').click();
  }

  /** Goes from a new order to a visit at this place among the days. */
  async booked(day = 5) {
    await this.placed();
    await this.moveClock('minute');
    await this.isIn('requisition_created');
    await this.choose(day);
    await this.confirm();
    await this.isIn('appointment_scheduled');
  }

  async cancelVisit({ accept = false } = {}) {
    const form = this.#page.locator('#cancel form');
    if ((await form.count()) === 0) {
      await this.#page.locator('#cancel-visit').click();
    }
    await form.locator('[name=cancelNotes]').fill('Away that day');
    if (accept) {
      await form.locator('[name=acceptLateFee]').check();
    }
    await form.locator('[type=submit]').click();
  }

  async readResults() {
    await this.#page.locator('#read-results').click();
  }

  async reports(...texts) {
    await expect(this.#page.locator('#report')).contains(...texts);
  }

  /** Saves a document; its first bytes. */
  async saves(button) {
    const [download] = await Promise.all([this.#page.waitForEvent('download'), this.#page.locator(`#${button}`).click()]);
    const stream = await download.createReadStream();
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
    return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
  }

  /** How often Junction was called so, as the page lists it. */
  async called(operation) {
    const names = await this.#page.locator('#calls li code').allTextContents();
    return names.filter((name) => name === operation).length;
  }

  async hears(...texts) {
    await eventually('the events', async () => {
      const shown = await this.#page.locator('#events').textContent();
      for (const text of texts) {
        assert.ok(shown.includes(text), `no ${text} in: ${shown}`);
      }
    });
  }

  /** Nothing is wrong with a field. */
  async isFine(name) {
    await expect(this.#fault(name)).is('');
  }

  #fault(name) {
    return this.#page.locator(`#form [id^="fault-"][id$="-${name}"]`).first();
  }

  #field(name) {
    return this.#page.locator(`#form [name$="/${name}"]`).first();
  }
}
