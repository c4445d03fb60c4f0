// The documents' pictures, of the console and of a report. Needs Debian's pngquant, which makes them small.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { AuditPage } from './audit-page.mjs';
import { openWindow, startChromium } from './chromium.mjs';
import { startDemo } from './demo.mjs';
import { expect } from './expect.mjs';
import { JunctionPage } from './junction-page.mjs';
import { LaunchPage } from './launch-page.mjs';
import { OrdersPage } from './orders-page.mjs';
import { writeReport } from './proof.mjs';

/** Takes all, in this folder. */
export async function takePictures(binary, folder) {
  await mkdir(folder, { recursive: true });
  const demo = await startDemo(binary);
  const browser = await startChromium();
  try {
    const { page, close } = await openWindow(browser, { viewport: { width: 1400, height: 960 } });
    const console = new LaunchPage(page);
    await console.open(demo);
    await console.launch();
    await console.lists('"operation": "create"');
    await console.frameShows({ clinician: 'Élodie Côté' });
    await take(page, join(folder, 'console.png'));

    const junction = new JunctionPage(page);
    await junction.open(demo);
    await junction.launch();
    await junction.frameShows({ member: 'Élodie Côté' });
    await page.evaluate(() => window.scrollTo(0, 0));
    await take(page, join(folder, 'junction.png'));

    const orders = new OrdersPage(page);
    await orders.open(demo, 'patient501');
    await orders.placed();
    await orders.moveClock('minute');
    await orders.isIn('requisition_created');
    await orders.choose(5, 2);
    await page.evaluate(() => window.scrollTo(0, 0));
    await take(page, join(folder, 'orders.png'));

    await page.goto(`${demo.console}errors`);
    for (const code of ['header_not_utf8', 'header_schema', 'intent_required']) {
      await page.locator(`#${code} button`).click();
      await expect(page.locator(`#${code} .result`)).contains('as expected');
    }
    await take(page, join(folder, 'catalogue.png'));

    const audit = new AuditPage(page);
    await audit.open(demo);
    await audit.search('patient', 'patient123');
    await audit.finds('patient123');
    await audit.verifies();
    await audit.tampers();
    await page.evaluate(() => window.scrollTo(0, 0));
    await take(page, join(folder, 'audit.png'));

    const report = await writeReport(binary);
    await page.goto(report.url);
    await page.getByLabel('Only rows with failures').check();
    await page.getByRole('button', { name: 'statistics, no_header: failed' }).click();
    await take(page, join(folder, 'report.png'));
    await report.remove();
    await close();
  } finally {
    await browser.close();
    await demo.stop();
  }
}

async function take(page, path) {
  await page.screenshot({ path });
  await promisify(execFile)('pngquant', ['--force', '--strip', '--ext', '.png', '64', path]);
}
