// A person in front of the demo's console, in a real browser.
//
//   node console.mjs PATH_TO_THE_GATEWAYS_BINARY [--pictures FOLDER]
//
// What was on screen is kept in target/browser/. With --pictures, the documents' pictures are taken, and nothing is
// tested.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { eventually } from '../peers/polling.mjs';
import { assertAccessible } from './accessibility.mjs';
import { app } from './app.mjs';
import { AuditPage } from './audit-page.mjs';
import { openWindow, startChromium } from './chromium.mjs';
import { startDemo } from './demo.mjs';
import { expect } from './expect.mjs';
import { JunctionPage } from './junction-page.mjs';
import { LaunchPage } from './launch-page.mjs';
import { takePictures } from './pictures.mjs';

const ARTEFACTS = fileURLToPath(new URL('../../target/browser/', import.meta.url));

const OPTIONS = [
  {
    option: 'owner',
    explained: ['No header is sent'],
    answered: ['owner', "A session of the API key's owner."],
    shown: { clinician: 'Olivia Owner', 'user-id': "aucun : propriétaire de la clé API", language: 'français' },
  },
  {
    option: 'existing',
    explained: ['"userId": "emp042"', 'may_clone_owner'],
    answered: ['clinician_or_clone'],
    shown: { clinician: 'Noah Singh', 'user-id': 'emp042', language: 'English' },
  },
  {
    option: 'upsert',
    explained: ['"firstName": "Élodie"', '"licenseNumber": "MD123456"'],
    answered: ["The clinician's own session."],
    shown: { clinician: 'Élodie Côté', 'user-id': 'emp123', language: 'français' },
  },
  {
    option: 'clone',
    explained: ['"userId": "emp789"'],
    answered: ['clone', "A session of a clone of the API key's owner."],
    shown: { clinician: 'Olivia Owner', 'user-id': 'emp789', language: 'français' },
  },
];

/** A field of each page that has any from the start. */
const FIELDS_FILLED_IN = [
  ['', 'userId'],
  ['junction', 'clientUserId'],
  ['audit', 'value'],
];

const BY_HAND = [
  ...['header_repeated', 'bad_target', 'session_required', 'session_mismatch', 'confirmation_required'],
  ...['continuation_loop', 'ticket_spent', 'request_timeout', 'audit_unavailable'],
];
const IMPOSSIBLE = [...BY_HAND, 'user_unknown', 'identity_provider_unavailable', 'store_unavailable', 'internal'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'string' } },
});
const binary = positionals[0] ?? process.env.GATEWAY_BINARY;
assert.ok(binary, "name the gateway's binary, as the argument or in GATEWAY_BINARY");

if (values.pictures === undefined) {
  test();
} else {
  await takePictures(binary, values.pictures);
}

function test() {
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

  /** A test with a window of its own; what it showed in the end is kept. */
  function inWindow(name, options, body) {
    it(name, async () => {
      const { page, close } = await openWindow(browser, options);
      try {
        await body(page);
      } finally {
        await page.screenshot({ path: join(ARTEFACTS, `${name.replaceAll(/\W+/g, '-')}.png`), fullPage: true });
      }
      await close();
    });
  }

  describe('on the launch page', () => {
    for (const { option, explained, answered, shown } of OPTIONS) {
      inWindow(`the documented option ${option} is explained, launched and shown`, {}, async (page) => {
        const console = new LaunchPage(page);
        await console.open(demo);
        await console.choose(option);
        await console.explainsLaunch(...explained);

        await console.launch();

        await console.isLaunched(...answered);
        await console.frameShows({ ...shown, patient: 'patient123', view: 'consultation/view' });
        await console.lists(demo.simulator, '"operation": "create"');
        await assertSessionIsHidden(page);
      });
    }

    inWindow("Empego's own form gives the same session, and is explained as far as it can be", {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.select('form', 'dropIn');
      await console.select('intent', '');
      await console.uncheck('named');
      await console.explainsLaunch('Explained in the native form', 'No header is sent');

      await console.launch();

      await console.isLaunched('owner');
      await console.frameShows({ clinician: 'Olivia Owner' });
    });

    inWindow('every keystroke changes the header and the request', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.fill('userId', 'zoé');
      await console.explainsLaunch('"userId": "zoé"', Buffer.from('{"userId":"zoé').toString('base64'));
      await console.fill('patientKey', 'p 1');
      await console.explainsLaunch('patientKey=p%201');
    });

    inWindow('a strict tenant refuses the owner, before and after', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.select('policy', 'strict');
      await console.choose('owner');
      await console.explainsRefusal('owner_session_denied', 'set owner_session to allow');

      await console.launch();

      await console.isRefused(403, 'owner_session_denied', 'set owner_session to allow');
      await console.hasNoFrame();
    });

    inWindow('every field at fault is named at once', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.fill('email', 'elodie');
      await console.fill('patientKey', '');
      await console.explainsRefusal('invalid_request', '/clinician/email', 'It is not an e-mail address.', '/patientKey');

      await console.launch();

      await console.isRefused(400, 'invalid_request', '/clinician/email', '/patientKey', 'It is missing.');
      await console.hasNoFrame();
    });

    inWindow('a fault of Empego is told from a refusal of the gateway, and ends with the launch', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.select('fault', 'unauthorized');
      await console.explainsLaunch('emp123');

      await console.launch();
      await console.isRefused(401, 'upstream_authentication_failed', 'Authentication failed', 'Returned by Empego');

      await console.select('fault', '');
      await console.launch();
      await console.isLaunched('clinician');
    });

    inWindow("an earlier page's messages and a stranger's do not count", {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.launch();
      await console.lists('"eventType": "consultation"');

      await page.evaluate(() => window.postMessage({ eventType: 'forged' }, '*'));
      await console.select('endpoint', 'followup/plan');
      await console.launch();

      await console.frameShows({ view: 'followup/plan' });
      await console.lists('"eventType": "followUp"');
    });

    inWindow('the keyboard is enough', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await page.keyboard.press('Tab');
      await expect(page.locator(':focus')).is('Skip to the content');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');

      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowUp');
      await console.explainsLaunch('"userId": "emp042"');
      await page.keyboard.press('Enter');

      await console.isLaunched('clinician_or_clone');
    });
  });

  describe('on the page of Junction', () => {
    inWindow('a server launches, and the app tells of the order that was made', {}, async (page) => {
      const junction = new JunctionPage(page);
      await junction.open(demo);
      await junction.fill('clientUserId', 'patient999');
      await page.locator('[name=demographics]').check();
      await junction.asksFor('"clientUserId": "patient999"', '"dob": "1986-03-09"');

      await junction.launch();

      await junction.isLaunched('order_creation:', 'in the iframe, locked to the feature');
      await junction.frameShows({ member: 'Élodie Côté', team: 'Clinic 7', modality: 'feature_embed' });
      await junction.hasThere('patient999 (clinic-7)', 'emp123: Élodie Côté (clinic-7)');
      await expect(page.locator('#page')).contains('As your page would write it', '/sdk/v1/clinical-embed.js', '<clinical-embed context-key=');
      await assertSessionIsHidden(page, 'session');
      await junction.click('created');
      await junction.lists('urn:junction:order:created', 'order_id');
    });

    inWindow('a Fast Launch comes to the app by way of the session continuation', {}, async (page) => {
      const junction = new JunctionPage(page);
      await junction.open(demo);
      await junction.select('asks', 'portal');

      await junction.fastLaunch();

      await junction.isLaunched('/junction/ehr/auth/launch?', 'This URL is not a secret');
      await junction.frameShows({ member: 'Élodie Côté', team: 'Clinic 7', feature: 'order_creation' });
      await junction.click('cancelled');
      await junction.lists('urn:junction:order:creation_cancelled', '"user_id": null');

      await junction.fastLaunch();
      await junction.frameShows({ member: 'Élodie Côté' });
    });

    inWindow("a token's patient is the only one, and another clinic's order is nobody's", {}, async (page) => {
      const junction = new JunctionPage(page);
      await junction.open(demo);
      await junction.select('asks', 'token');
      await junction.fill('clientUserId', '');
      await junction.selectFeature('order:', 'patient123');
      await junction.launch();
      await junction.isLaunched('order:');
      await junction.frameShows({ member: 'Amélie Gagnon' });

      await junction.selectFeature('order_creation:', 'patient456');
      await junction.launch();
      await junction.isRefused(403, 'patient_denied');
      await junction.hasNoFrame();

      await junction.select('asks', 'documented');
      await junction.selectFeature('order:', 'patient789');
      await junction.launch();
      await junction.isRefused(404, 'junction_not_found');
    });

    inWindow('what is known is not asked for again, and a window of its own is offered as one', {}, async (page) => {
      const junction = new JunctionPage(page);
      await junction.open(demo);
      await junction.fill('userId', 'emp042');
      await junction.fill('clientUserId', '');
      await junction.launch();
      await junction.isLaunched('order_creation');
      await junction.hasThere('emp042: Noah Singh (clinic-8, clinic-7)');

      await junction.select('modality', 'link_out');
      await junction.launch();
      await junction.took('create_dashboard_url');
      await junction.hasNoFrame();
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        page.getByRole('link', { name: 'Open in its own window' }).click(),
      ]);
      await expect(popup.locator('#modality')).is('link_out');
    });

    inWindow('refusals of the gateway and of Junction are told apart', {}, async (page) => {
      const junction = new JunctionPage(page);
      await junction.open(demo);
      await junction.select('feature', 'team_config');
      await junction.fill('clientUserId', '');
      await junction.launch();
      await junction.isRefused(403, 'feature_denied', 'junction.features');

      await junction.select('feature', 'team_panels');
      await junction.select('fault', 'rejected');
      await junction.launch();
      await junction.isRefused(422, 'upstream_rejected', '/modality', 'Junction refused it.', 'Modality is not enabled');
      await junction.hasNoFrame();

      await junction.select('fault', '');
      await junction.launch();
      await junction.isLaunched('team_panels');
    });

    inWindow('Enter is enough, and a reset is one', { language: 'fr-CA' }, async (page) => {
      const junction = new JunctionPage(page, 'fr');
      await junction.open(demo);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
      await page.locator('[name=userId]').focus();
      await page.keyboard.press('Enter');
      await junction.isLaunched('dans le cadre, limité à la fonctionnalité');

      await page.getByRole('button', { name: 'Réinitialiser' }).click();
      await junction.hasNoFrame();
      await junction.hasThere('emp042: Noah Singh (clinic-8)');
    });
  });

  describe('in French', () => {
    inWindow("the browser's language is the page's", { language: 'fr-CA' }, async (page) => {
      const console = new LaunchPage(page, 'fr');
      await console.open(demo);
      assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
      await console.launch();
      await console.isLaunched('La session du clinicien lui-même.');
    });

    inWindow('a switch changes everything at once, and stays for the other page', {}, async (page) => {
      const console = new LaunchPage(page, 'fr');
      await console.open(demo);
      await page.getByRole('button', { name: 'Launch', exact: true }).click();
      await page.getByRole('button', { name: 'Français' }).click();

      await console.isLaunched('La session du clinicien lui-même.');
      await console.explainsLaunch('Convient à un nouvel utilisateur');
      await expect(page.locator('h1')).is('Un lancement, étape par étape');
      assert.equal(await page.locator('html').getAttribute('lang'), 'fr');

      await page.getByRole('link', { name: 'Erreurs' }).click();
      await expect(page.locator('h1')).is('Toutes les erreurs');
      await expect(page.locator('#rate_limited')).contains('Déclencher rate_limited');
    });
  });

  describe('on the page of errors', () => {
    inWindow('each code is provoked for real, or it says why not', {}, async (page) => {
      await openErrors(page, demo);
      const codes = await page.locator('.card').evaluateAll((cards) => cards.map(({ id }) => id));
      assert.ok(codes.length > 40);
      for (const code of codes) {
        const card = page.locator(`#${code}`);
        if (IMPOSSIBLE.includes(code)) {
          assert.equal(await card.locator('.note').count(), 1, code);
          assert.equal(await card.getByRole('button', { name: 'Trigger' }).count(), 0, code);
        } else {
          await card.getByRole('button', { name: `Trigger ${code}` }).click();
          await expect(card.locator('.result')).contains('as expected', code);
        }
      }
    });

    inWindow('what no page can provoke, the commands do', {}, async (page) => {
      await openErrors(page, demo);
      for (const code of BY_HAND) {
        const command = await page.locator(`#${code} pre`).textContent();
        const { stdout } = await promisify(execFile)('sh', ['-c', command]);
        // The session continuation answers with pages.
        const [, shown] = /<code>(\w+)<\/code>/.exec(stdout) ?? [null, JSON.parse(stdout).code];
        assert.equal(shown, code);
      }
      // The last of them took the audit trail away for a moment.
      await eventually('the trail written again', async () => {
        const launched = await page.request.post(new URL('/v1/embeddable/statistics', demo.console).href, {
          headers: { Authorization: `Bearer ${demo.hostKey}` },
          data: { clinician: { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' } },
        });
        assert.equal(launched.status(), 200);
      });
    });

    inWindow('one button provokes them all, and a filter finds one', {}, async (page) => {
      await openErrors(page, demo);
      const { length } = await page.locator('.card > button').all();
      await page.getByRole('button', { name: 'Trigger all' }).click();
      await expect(page.locator('#progress')).is(`${length} of ${length} as expected`);

      await page.getByLabel('Filter').fill('in flight many');
      const found = await page.locator('.card:visible').evaluateAll((cards) => cards.map(({ id }) => id));
      assert.deepEqual(found, ['overloaded']);
    });
  });

  describe('on the page of the audit trail', () => {
    inWindow('a launch leaves a record, which a search by patient and by clinician finds by name', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.fill('userId', 'emp951');
      await console.fill('patientKey', 'patient951');
      await console.launch();
      await console.isLaunched('clinician');
      const record = page.locator('#record');
      await expect(record).contains('Its record in the audit trail', 'consultation/view', 'demo-documented', 'TREAT', '"AuditEvent"');
      const shown = await record.textContent();
      assert.ok(!shown.includes('emp951') && !shown.includes('patient951'), shown);
      await record.getByText('As a FHIR AuditEvent').first().click();
      await record.getByRole('button', { name: 'Copy' }).last().waitFor();

      await page.getByRole('link', { name: 'Audit' }).click();
      const audit = new AuditPage(page);
      await audit.offersTenants();
      await audit.search('patient', 'patient951');
      await audit.finds('emp951', 'patient951', 'demo-documented (demo)', 'consultation/view', 'ok', '127.0.0.1');
      await audit.search('clinician', 'emp951');
      await audit.finds('emp951', 'patient951');
      assert.ok(!page.url().includes('emp951'));
      await audit.search('patient', 'patient951x');
      await expect(page.locator('#found')).is('No attempt was found.');
    });

    inWindow('a refusal has a record too', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.select('policy', 'strict');
      await console.choose('owner');
      await console.launch();
      await console.isRefused(403, 'owner_session_denied');
      await expect(page.locator('#record')).contains('owner_session_denied', 'owner_session_off', 'demo-strict');
    });

    inWindow('the trail verifies, and one changed byte in a copy of it is found and shown', {}, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.launch();
      await console.isLaunched('clinician');
      const audit = new AuditPage(page);
      await audit.open(demo);
      await audit.verifies();
      await audit.tampers();
      await audit.verifies();
      await page.getByRole('button', { name: 'Français' }).click();
      await expect(page.locator('#tampered')).is('rompu');
    });

    inWindow('the keyboard is enough', {}, async (page) => {
      const audit = new AuditPage(page);
      await audit.open(demo);
      await page.locator('[name=value]').focus();
      await page.keyboard.press('Enter');
      await page.locator('#found:not(:empty)').waitFor();
      await page.locator('#verify').focus();
      await page.keyboard.press('Space');
      await expect(page.locator('#verified')).contains('intact');
    });
  });

  describe('for everybody', () => {
    for (const [path, field] of FIELDS_FILLED_IN) {
      inWindow(`nothing is typed into ${path || 'the first page'} that would be written over once it is there`, {}, async (page) => {
        const asked = new Promise((held) => page.route('**/scene.json', held));
        await page.goto(`${demo.console}${path}`);
        const scene = await asked;
        const input = page.locator(`[name=${field}]`);
        const before = await input.inputValue();
        await input.focus();
        await page.keyboard.type('typed');
        assert.equal(await input.inputValue(), before);

        await scene.continue();
        await page.locator('main:not([inert])').waitFor();
        await input.fill('typed');
        await page.waitForLoadState('networkidle');
        assert.equal(await input.inputValue(), 'typed');
      });
    }

    for (const colorScheme of ['light', 'dark']) {
      for (const language of ['en', 'fr']) {
        inWindow(`axe has no objection, ${colorScheme}, ${language}`, { colorScheme, language: `${language}-CA` }, async (page) => {
          const console = new LaunchPage(page, language);
          await console.open(demo);
          await assertAccessible(page);
          await console.launch();
          await console.lists(demo.simulator);
          await assertAccessible(page);
          await console.fill('email', 'elodie');
          await console.explainsRefusal('invalid_request', '/clinician/email');
          await console.launch();
          await console.isRefused(400, 'invalid_request');
          await assertAccessible(page);

          const junction = new JunctionPage(page, language);
          await junction.open(demo);
          await assertAccessible(page);
          await junction.launch();
          await junction.isLaunched('order_creation:');
          await assertAccessible(page);
          await junction.select('feature', 'team_config');
          await junction.launch();
          await junction.isRefused(400, 'invalid_request', '/patient');
          await assertAccessible(page);

          const audit = new AuditPage(page, language);
          await audit.open(demo);
          await audit.search('patient', 'patient123');
          await audit.finds('patient123');
          await audit.verifies();
          await audit.tampers();
          await assertAccessible(page);

          await openErrors(page, demo);
          await page.locator('#not_found button').click();
          await expect(page.locator('#not_found .result')).contains('404');
          await assertAccessible(page);
        });
      }
    }

    inWindow('a narrow screen shows everything without scrolling sideways', { viewport: { width: 360, height: 740 } }, async (page) => {
      const console = new LaunchPage(page);
      await console.open(demo);
      await console.launch();
      await console.lists(demo.simulator);
      await assertFits(page);
      const junction = new JunctionPage(page);
      await junction.open(demo);
      await junction.launch();
      await junction.isLaunched('order_creation:');
      await assertFits(page);
      const audit = new AuditPage(page);
      await audit.open(demo);
      await audit.search('patient', 'patient123');
      await audit.verifies();
      await audit.tampers();
      await assertFits(page);
      await openErrors(page, demo);
      await assertFits(page);
    });
  });
}

async function openErrors(page, demo) {
  await page.goto(`${demo.console}errors`);
  await page.locator('#internal').waitFor();
}

/** Nothing that the page can read has the session: not its text, or the list of what was fetched, where the ticket is spent. */
async function assertSessionIsHidden(page, parameter = 'sessionId') {
  const session = new URL((await app(page)).url()).searchParams.get(parameter);
  assert.ok(session.length > 20);
  assert.ok(!(await page.content()).includes(session));
  const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname + new URL(name).search));
  const tickets = fetched.filter((path) => path.startsWith('/frame/'));
  assert.ok(tickets.length > 0 && !fetched.some((path) => path.includes(session)));
  const shown = await page.locator('body').textContent();
  for (const ticket of tickets) {
    assert.match(ticket, /^\/frame\/[\w-]{43}$/);
    assert.ok(!shown.includes(ticket));
  }
}

async function assertFits(page) {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert.ok(scrollWidth <= clientWidth, `${scrollWidth} px of content in ${clientWidth}`);
}
