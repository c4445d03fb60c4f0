// Tickets of the real gateway: the session stays out of the page, and the vendor sees the EHR all the same.
//
//   ENGINE=webkit node tickets.mjs PATH_TO_THE_GATEWAYS_BINARY

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { eventually } from './engines.mjs';
import { app, asked, askedOften, check, ehr, inState, sendJson } from './scene.mjs';
import { createCertificate } from './sites.mjs';
import { startTicketing } from './ticketing.mjs';

const [program] = process.argv.slice(2);
assert.ok(program, "name the gateway's binary");
const ticketing = await startTicketing(program, app, await createCertificate());
after(() => ticketing.stop());

const FRAMES = `${app.origin} ${ticketing.origin}`;
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };

check('no script of the page sees the session behind a ticket', {}, async ({ open, behave }) => {
  const answers = [];
  behave({ launch: mintInto(answers) });
  const tab = await openShown(open);
  const session = sessionSeenByTheApp();
  const [{ url, origin }] = answers;
  assert.ok(url.startsWith(`${ticketing.origin}/frame/`));
  assert.equal(origin, app.origin);
  assert.ok(await ticketing.opens(asked(app, '/fr/embed/')[0].url), 'the frame came to a session that Empego opens');

  const seen = await tab.run(async () => {
    const [frame] = window.watch.framesOf(document.querySelector('clinical-embed'));
    let inside;
    try {
      inside = String(frame.contentWindow.location.href);
    } catch (error) {
      inside = error.name;
    }
    return {
      resources: performance.getEntriesByType('resource').map(({ name }) => name),
      src: frame.src,
      inside,
      page: [location.href, document.documentElement.outerHTML, JSON.stringify(window.watch)],
      history: history.length,
      stored: [{ ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases()],
    };
  });
  assert.ok(seen.resources.includes(url), 'the frame is listed, by its ticket');
  assert.equal(seen.src, url);
  assert.equal(seen.inside, 'SecurityError');
  assert.deepEqual(seen.stored, [{}, {}, '', []]);
  assert.ok(!JSON.stringify(seen).includes(session));
  assert.deepEqual(tab.printed.filter((text) => text.includes(session) || text.includes(url)), []);
  assert.ok(!ehr.requests.some(({ url: path, body }) => `${path} ${body}`.includes(new URL(url).pathname)));
  for (const { method, headers } of [...ehr.requests, ...ticketing.requests]) {
    assert.ok(!JSON.stringify(headers).includes(session), `headers of a ${method}`);
  }
});

check('opening again repeats no ticket, and adds nothing to the history', {}, async ({ open, behave }) => {
  const answers = [];
  behave({ launch: mintInto(answers) });
  const tab = await open({ frames: FRAMES });
  const before = await tab.run(() => history.length);
  await add(tab);
  await inState(tab, 'shown');
  await tab.run(() => document.querySelector('clinical-embed').reload());
  await askedOften(app, '/fr/embed/', 2);
  assert.equal(await tab.run(() => history.length), before, 'nothing in the history leads to a frame');
  const tickets = ticketing.requests.filter(({ url }) => url.startsWith('/frame/')).map(({ url }) => url);
  assert.deepEqual(tickets.slice(-2), answers.map(({ url }) => new URL(url).pathname));
  assert.equal(new Set(tickets).size, tickets.length);
});

check('a ticket that was opened opens nothing more', {}, async ({ open, behave }) => {
  const answers = [];
  behave({ launch: mintInto(answers) });
  const tab = await openShown(open);
  const again = await ticketing.fetch(new URL(answers[0].url).pathname, NAVIGATION);
  assert.equal(again.status, 410);
  assert.equal(again.headers.location, undefined);

  await tab.run((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    frame.addEventListener('load', () => (window.secondLoad = true));
    document.body.append(frame);
  }, answers[0].url);
  await tab.waitFor(() => window.secondLoad === true);
  assert.equal(asked(app, '/fr/embed/').length, 1);
});

check('a script cannot spend a ticket, nor read where it leads', {}, async ({ open, behave }) => {
  const answer = await ticketing.launch();
  behave({ launch: (response) => sendJson(response, 200, answer) });
  const tab = await open({ frames: FRAMES });
  for (const destination of ['empty', 'image', 'script', 'embed', 'object', 'style', 'worker']) {
    const refused = await ticketing.fetch(new URL(answer.url).pathname, { ...NAVIGATION, 'sec-fetch-dest': destination });
    assert.equal(refused.headers.location, undefined, destination);
    assert.ok(refused.status >= 400, destination);
  }
  // None of them spent it.
  await add(tab);
  await inState(tab, 'shown');
  await askedOften(app, '/fr/embed/', 1);
});

check('the app sees the EHR as its referrer, and only its origin', {}, async ({ open, behave }) => {
  behave({ launch: mintInto([]) });
  await openShown(open);
  await askedOften(app, '/opened', 1);
  const [{ headers }] = asked(app, '/fr/embed/');
  assert.equal(headers.referer, `${ehr.origin}/`);
  const { referrer } = JSON.parse(asked(app, '/opened')[0].body);
  assert.equal(referrer, `${ehr.origin}/`);
  const [first] = ticketing.requests.filter(({ url }) => url.startsWith('/frame/')).slice(-1);
  assert.equal(first.headers.referer, `${ehr.origin}/`);
});

check('the gateway logs neither a session nor a ticket', {}, async ({ open, behave }) => {
  const answers = [];
  behave({ launch: mintInto(answers) });
  await openShown(open);
  const session = sessionSeenByTheApp();
  const { requestId, url } = answers[0];
  const ofOpening = (line) => line.startsWith('{') && JSON.parse(line).launch === requestId;
  await eventually('the opening is logged', () => ticketing.logged.some(ofOpening));
  const log = ticketing.logged.join('\n');
  assert.ok(!log.includes(session));
  assert.ok(!log.includes(new URL(url).pathname.split('/').pop()));
});

/** An EHR's server, which passes the gateway's response on. */
function mintInto(answers) {
  return async (response) => {
    const answer = await ticketing.launch();
    answers.push(answer);
    sendJson(response, 200, answer);
  };
}

async function openShown(open) {
  const tab = await open({ frames: FRAMES });
  await add(tab);
  await inState(tab, 'shown');
  await askedOften(app, '/opened', 1);
  return tab;
}

function add(tab) {
  return tab.run((gateway) => void window.add({ gateway }), ticketing.origin);
}

function sessionSeenByTheApp() {
  const session = new URL(asked(app, '/fr/embed/')[0].url, app.origin).searchParams.get('sessionId');
  assert.match(session, /^[\w-]{16,}$/);
  return session;
}
