// A person who orders a blood draw at a patient's home with the demo's console, in a real browser.
//
//   node orders.mjs PATH_TO_THE_GATEWAYS_BINARY
//
// What was on screen is kept in target/browser/.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { eventually } from '../peers/polling.mjs';
import { assertAccessible } from './accessibility.mjs';
import { openWindow, startChromium } from './chromium.mjs';
import { startDemo } from './demo.mjs';
import { expect } from './expect.mjs';
import { OrdersPage } from './orders-page.mjs';

const ARTEFACTS = fileURLToPath(new URL('../../target/browser/', import.meta.url));

const TEXTS = {
  en: {
    waiting: 'wait for the requisition',
    zone: 'Mountain Standard Time (America/Phoenix)',
    offered: 'is offered for another 1',
    late: 'less than 24 hours',
    partial: ['partial', 'others will follow'],
    final: ['final', 'All results are there'],
    corrected: ['corrected', 'Do not combine'],
    critical: 'needs action now',
    before: 'already placed',
    title: 'Orders',
  },
  fr: {
    waiting: 'attendre la réquisition',
    zone: 'heure normale des Rocheuses (America/Phoenix)',
    offered: 'est encore offerte pendant 1',
    late: 'moins de 24 heures',
    partial: ['partiels', 'd’autres suivront'],
    final: ['définitifs', 'Tous les résultats sont là'],
    corrected: ['corrigés', 'Ne combinez pas'],
    critical: 'exige d’agir maintenant',
    before: 'déjà été passée',
    title: 'Demandes',
  },
};

const binary = process.argv[2] ?? process.env.GATEWAY_BINARY;
assert.ok(binary, "name the gateway's binary, as the argument or in GATEWAY_BINARY");

let demo;
let browser;
before(async () => {
  await mkdir(ARTEFACTS, { recursive: true });
  demo = await startDemo(binary);
  browser = await startChromium();
});
after(async () => {
  await browser?.close();
  assert.equal(await demo?.stop(), 0);
});

/** A test with a window and a patient of its own. */
function inWindow(name, options, body) {
  it(name, async () => {
    const { page, close } = await openWindow(browser, options);
    const orders = new OrdersPage(page, options.language?.slice(0, 2));
    const file = name.replaceAll(/\W+/g, '-');
    await orders.open(demo, file);
    try {
      await body(orders, page);
    } finally {
      await page.screenshot({ path: join(ARTEFACTS, `orders-${file}.png`), fullPage: true });
    }
    await close();
  });
}

describe('from the address to the results', () => {
  for (const [language, texts] of Object.entries(TEXTS)) {
    inWindow(`an order goes all the way, ${language}`, { language: `${language}-CA` }, async (orders, page) => {
      await expect(page.locator('nav [aria-current]')).is(texts.title);
      await assertAccessible(page);
      await orders.placed();
      await expect(page.locator('#next')).contains(texts.waiting);
      assert.equal(await page.locator('#find').count(), 0, 'nothing to book before the requisition');
      await orders.place();
      await orders.says(texts.before);

      await orders.moveClock('minute');
      await orders.isIn('requisition_created');
      await orders.choose(5);
      await expect(page.locator('#zone')).contains(texts.zone);
      await expect(page.locator('#expiry')).contains(texts.offered);
      await assertAccessible(page);
      await page.locator('[name=visitNotes]').fill('A dog');
      await orders.confirm();
      await orders.isIn('appointment_scheduled');
      const first = await page.locator('#when').textContent();

      await orders.choose(7, 1);
      await orders.confirm();
      await expect(page.locator('#visit-state')).contains('confirmed');
      await eventually('another time', async () => assert.notEqual(await page.locator('#when').textContent(), first));

      await orders.happens('soon');
      await page.locator('#cancel-visit').click();
      await expect(page.locator('#cancel form')).contains(texts.late);
      await assertAccessible(page);
      await orders.cancelVisit();
      await orders.isRefused('late_cancellation');
      await orders.cancelVisit({ accept: true });
      await orders.isIn('appointment_cancelled');

      await orders.choose(6);
      await orders.confirm();
      await orders.isIn('appointment_scheduled');
      await orders.happens('draw');
      await orders.isIn('draw_completed');
      assert.equal(await page.locator('#read-results').count(), 0, 'nothing to read yet');

      await orders.happens('partial');
      await orders.isIn('partial_results');
      await orders.readResults();
      await orders.reports(...texts.partial);
      await orders.happens('final_missing');
      await orders.reports(...texts.final);
      await expect(page.locator('#missing')).contains('Triglycerides');
      await orders.happens('corrected');
      await orders.reports(...texts.corrected);
      assert.equal(await page.locator('#missing').count(), 0, 'what was missing is there');
      await orders.happens('critical');
      await expect(page.locator('#critical')).contains(texts.critical);
      await assertAccessible(page);

      for (const [button, name] of [['results-pdf', 'results.pdf'], ['requisition-pdf', 'requisition.pdf']]) {
        const saved = await orders.saves(button);
        assert.equal(saved.name, name);
        assert.equal(saved.bytes.subarray(0, 5).toString(), '%PDF-');
      }
    });
  }
});

describe('before it is placed', () => {
  inWindow('what is wrong stands beside its field while it is typed', {}, async (orders, page) => {
    await orders.fill('firstName', 'Élodie');
    await orders.faults('firstName', 'It is not accepted here');
    await orders.fill('firstName', 'Elodie');
    await orders.fill('dob', '2015-05-05');
    await orders.faults('dob', '18');
    await orders.fill('dob', '1986-03-09');
    await orders.fill('phoneNumber', '602 555 0123');
    await orders.faults('phoneNumber', 'format');
    await orders.fill('phoneNumber', '+16025550123');
    await orders.fill('firstLine', 'PO Box 7');
    await orders.faults('firstLine', 'post office box');
    await assertAccessible(page);
    await orders.place();
    await orders.isRefused('address_incomplete');
    await orders.faults('firstLine', 'post office box');
    await orders.fill('firstLine', '1 West Lincoln Street');
    await orders.isFine('firstLine');
  });

  inWindow('coverage follows the ZIP, and notes are counted by characters', {}, async (orders, page) => {
    await expect(page.locator('#coverage')).contains('book a time, or ask for a visit');
    await orders.fill('zip', '10001');
    await expect(page.locator('#coverage')).contains('ask for a visit, and they will call');
    await orders.fill('zip', '99501');
    await expect(page.locator('#coverage')).contains('not served');
    await orders.fill('accessNotes', 'Élodie 👋');
    await expect(page.locator('#address')).contains('8 of 1,000 characters');
  });

  inWindow('a question that has to be answered is asked for beside it', {}, async (orders, page) => {
    await page.locator('#tests input').first().check();
    await orders.place();
    await expect(page.locator('#questions .fault')).contains('It is missing');
    await page.locator('#questions select').selectOption('Y');
    await orders.placed();
  });

  inWindow('a second click places nothing', {}, async (orders, page) => {
    const submit = page.locator('#form [type=submit]');
    await submit.dblclick();
    await orders.isIn('ordered');
    const journal = await (await page.request.get(`${demo.simulator}/__sim/junction/journal`)).json();
    const patient = await page.locator('#form [name$="/clientUserId"]').inputValue();
    const { users, orders: all } = await (await page.request.get(`${demo.simulator}/__sim/junction`)).json();
    const user = users.find(({ client_user_id: reference }) => reference === patient).user_id;
    assert.equal(all.filter(({ user_id: of }) => of === user).length, 1);
    assert.ok(journal.some(({ operation }) => operation === 'create_order'));
  });
});

describe('when something goes wrong', () => {
  inWindow('a time that is taken leaves the notes, and offers others', {}, async (orders, page) => {
    await orders.placed();
    await orders.moveClock('minute');
    await orders.choose(5);
    await page.locator('[name=visitNotes]').fill('A dog');
    await orders.happens('slot_taken');
    await orders.confirm();
    await orders.isRefused('slot_taken');
    assert.equal(await page.locator('[name=visitNotes]').inputValue(), 'A dog');
    await page.locator('input[name=slot]:enabled').nth(1).check();
    await orders.confirm();
    await orders.isIn('appointment_scheduled');
  });

  inWindow('an offer that expired says so, before and after', {}, async (orders, page) => {
    await orders.placed();
    await orders.moveClock('minute');
    await orders.choose(5);
    await orders.moveClock('quarter');
    await expect(page.locator('#expiry')).contains('has expired');
    await orders.confirm();
    await orders.isRefused('slot_expired');
  });

  inWindow('a visit on request has no time until the provider confirms one', {}, async (orders, page) => {
    await orders.placed();
    await orders.moveClock('minute');
    await page.locator('#request').click();
    await orders.isIn('appointment_pending');
    await expect(page.locator('#order')).contains('Nothing is booked yet');
    assert.equal(await page.locator('#when').count(), 0);
    await orders.happens('confirm');
    await page.locator('#when').waitFor();
  });

  inWindow('a booking that Junction made and failed to confirm is found', {}, async (orders) => {
    await orders.placed();
    await orders.moveClock('minute');
    await orders.choose(5);
    await orders.happens('booked_but_500');
    await orders.confirm();
    await orders.isIn('appointment_scheduled');
    await eventually('the calls', async () => assert.equal(await orders.called('book_appointment'), 1));
  });

  inWindow("the provider's cancellation arrives as an event, and the visit can be booked again", {}, async (orders, page) => {
    await orders.booked();
    await orders.hears('visit_scheduled');
    await orders.happens('provider_cancels');
    await orders.hears('ready_to_schedule');
    await orders.isIn('appointment_cancelled');
    await page.locator('#find').waitFor();
  });

  inWindow('an order from the embedded app is found like any other', {}, async (orders, page) => {
    await orders.placed();
    const own = await page.locator('#order dd code').first().textContent();
    await orders.happens('in_the_app');
    await page.locator('#search').click();
    await page.locator('#found button').nth(1).waitFor();
    await page.locator(`#found button:not([data-order="${own}"])`).click();
    await orders.says('This is the order now');
    await eventually('the other order', async () => assert.notEqual(await page.locator('#order dd code').first().textContent(), own));
  });
});

describe('on the command line', () => {
  it('the lines that the demo prints take an order from placing to its results', async () => {
    const lines = demo.welcome.filter((line) => /^(ehr|first|order=|slot=|reason=|curl \S+ -X POST)/.test(line));
    const cancelled = lines.findIndex((line) => line.includes('/visit/cancel')) + 1;
    const again = lines.filter((line) => line.startsWith('slot=') || line.includes('/visit -d'));
    assert.equal(again.length, 2);
    const folder = await mkdtemp(join(tmpdir(), 'demo-lines-'));
    try {
      const script = [...lines.slice(0, cancelled), ...again, ...lines.slice(cancelled)].join('\necho\n');
      const { stdout } = await promisify(execFile)('sh', ['-ec', script], { cwd: folder });
      for (const text of ['"ready_to_schedule"', '"visit_scheduled"', 'appointment_cancelled"', '"results":[{', '"kind":"order"']) {
        assert.ok(stdout.includes(text), `no ${text} in: ${stdout}`);
      }
      const pdf = await readFile(join(folder, 'results.pdf'));
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('for everybody', () => {
  inWindow('the keyboard is enough to place, find a time and book', {}, async (orders, page) => {
    await page.locator('#form [name="/patient/clientUserId"]').focus();
    await page.keyboard.press('Enter');
    await orders.isIn('ordered');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'order-heading');
    await page.locator('[data-move=minute]').focus();
    await page.keyboard.press('Space');
    await page.locator('#find').focus();
    await page.keyboard.press('Enter');
    await page.locator('input[name=slot]:enabled').first().focus();
    await page.keyboard.press('Space');
    await page.locator('#confirm').focus();
    await page.keyboard.press('Enter');
    await orders.isIn('appointment_scheduled');
  });

  inWindow('a narrow screen shows everything without scrolling sideways', { viewport: { width: 360, height: 740 } }, async (orders, page) => {
    await orders.placed();
    await orders.moveClock('minute');
    await orders.choose(3);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(widths[0] <= widths[1], `${widths[0]} px of content in ${widths[1]}`);
  });

  inWindow('the dark page is as accessible', { colorScheme: 'dark' }, async (orders, page) => {
    await orders.placed();
    await orders.moveClock('minute');
    await orders.choose(3);
    await assertAccessible(page);
  });
});
