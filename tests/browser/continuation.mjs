// Junction's session continuation, in a real browser: across sites, in a frame, with the cookies that a browser sends there.
//
//   node continuation.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { eventually } from '../peers/polling.mjs';
import { assertAccessible } from './accessibility.mjs';
import { openWindow, startChromium } from './chromium.mjs';
import { Ehr } from './ehr.mjs';
import { expect } from './expect.mjs';

const [binary] = process.argv.slice(2);
assert.ok(binary, "name the gateway's binary");

describe('a browser that Junction sends', () => {
  let ehr;
  let browser;

  before(async () => {
    ehr = await Ehr.start(binary);
    browser = await startChromium();
  });

  beforeEach(() => ehr.restart());

  after(async () => {
    await browser?.close();
    await ehr?.stop();
  });

  it('is sent back with a URL by its session at the EHR, and what the app then says reaches the EHR alone', async () => {
    const { page, close } = await openWindow(browser);
    await page.goto(ehr.pageWith(await ehr.fastLaunch()));
    const app = page.frameLocator('iframe');
    await expect(app.locator('#member')).contains('Élodie Côté');
    await expect(app.locator('#team')).contains('Cardiology');
    await app.locator('#cancelled').click();
    await eventually('the EHR hears', async () => {
      const [message] = await page.evaluate(() => window.heard);
      assert.equal(message?.type, 'urn:junction:order:creation_cancelled');
      assert.equal(message.origin, ehr.junction);
    });
    await close();
  });

  it('has its session when a page of Junction navigates the frame, if the cookie may be sent across sites', async () => {
    const { page, close } = await openWindow(browser);
    await page.goto(ehr.pageWith(ehr.navigatingTo(ehr.continuation())));
    await expect(page.frameLocator('iframe').locator('#member')).contains('Élodie Côté');
    await close();
  });

  for (const [language, words] of [
    ['en-CA', 'You are no longer signed in'],
    ['fr-CA', 'Votre session a expiré'],
  ]) {
    it(`has none with a cookie that stays on its site, and a person is told what to do, in ${language}`, async () => {
      ehr.sameSite = 'Lax';
      const { page, close } = await openWindow(browser, { language });
      await page.goto(ehr.pageWith(ehr.navigatingTo(ehr.continuation())));
      const told = page.frameLocator('iframe');
      await expect(told.locator('main')).contains(words, 'session_required');
      await assertAccessible(page);
      await close();
    });
  }

  for (const [language, question, button, member] of [
    ['en-CA', 'Open this view?', 'Continue', 'emp201'],
    ['fr-CA', 'Ouvrir cette vue', 'Continuer', 'emp202'],
  ]) {
    it(`creates nothing before a person has clicked, and comes to the app by that click, in ${language}`, async () => {
      await ehr.restartWithout(member);
      const { page, close } = await openWindow(browser, { language });
      await page.goto(ehr.pageWith(ehr.navigatingTo(ehr.continuation({ integration_member_id: member }))));
      const app = page.frameLocator('iframe');
      await expect(app.locator('main')).contains(question, 'confirmation_required');
      await assertAccessible(page);
      assert.equal(await ehr.urlsMade(), 0);
      await app.getByRole('button', { name: button, exact: true }).click();
      await expect(app.locator('#member')).contains('Élodie Côté');
      await close();
    });
  }

  it('goes nowhere by a form of another page', async () => {
    await ehr.restartWithout('emp203');
    const { page, close } = await openWindow(browser);
    await page.goto(ehr.pageWith('about:blank'));
    await page.evaluate((url) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: url });
      document.body.append(form);
      form.submit();
    }, ehr.continuation({ integration_member_id: 'emp203' }));
    await expect(page.locator('main')).contains('origin_denied');
    assert.equal(await ehr.urlsMade(), 0);
    await close();
  });

  it('gets nowhere as somebody else, and is stopped when it goes round in circles', async () => {
    const { page, close } = await openWindow(browser);
    await page.goto(ehr.pageWith(ehr.navigatingTo(ehr.continuation({ integration_member_id: 'emp124' }))));
    await expect(page.frameLocator('iframe').locator('main')).contains('session_mismatch');
    await eventually('the circle ends', async () => {
      await page.goto(ehr.continuation());
      assert.match(await page.content(), /continuation_loop/);
    });
    await assertAccessible(page);
    await close();
  });

  it('is of no use to a script of another page', async () => {
    const { page, close } = await openWindow(browser);
    await page.goto(ehr.pageWith('about:blank'));
    const read = await page.evaluate(
      (url) => fetch(url, { credentials: 'include', mode: 'no-cors' }).then(({ type, url: where }) => ({ type, where })),
      ehr.continuation(),
    );
    assert.deepEqual(read, { type: 'opaque', where: '' });
    assert.equal(await ehr.urlsMade(), 0);
    await close();
  });
});
