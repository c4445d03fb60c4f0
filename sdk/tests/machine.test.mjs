import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { Page } from './page.mjs';
import { source } from './source.mjs';

const machine = await source('machine');
const { EmbedError } = await source('errors');

const TRANSITIONS = [
  'idle minting',
  'minting idle',
  'minting loading',
  'minting failed',
  'loading idle',
  'loading minting',
  'loading shown',
  'loading failed',
  'shown idle',
  'shown minting',
  'shown stale',
  'shown failed',
  'stale idle',
  'stale minting',
  'failed idle',
  'failed minting',
  // Closed and asked for in the same microtask: the request never left.
  'idle failed',
];

const launchOf = (contextKey, more = {}) => ({ url: 'https://app.example/', origin: 'https://app.example', contextKey, ...more });
const refusal = (code, automatic, retryAfter = 0) => ({ error: new EmbedError(code), automatic, retryAfter });

/** What can happen, each applied to a page. An answer is of a request that once was, so that late ones come too. */
const happenings = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('connect', 'open', 'settle', 'settle') },
  { weight: 1, arbitrary: fc.constantFrom('disconnect', 'reload', 'follow', 'hide', 'show', 'online', 'move') },
  { weight: 1, arbitrary: fc.constantFrom('logout', 'lock', 'caller').map((reason) => ({ close: reason })) },
  { weight: 2, arbitrary: fc.constantFrom('', 'a', 'b', 'c').map((key) => ({ context: key })) },
  { weight: 1, arbitrary: fc.constantFrom(0, 60).map((seconds) => ({ staleAfter: seconds })) },
  { weight: 1, arbitrary: fc.boolean().map((there) => ({ launcherThere: there })) },
  { weight: 5, arbitrary: fc.record({ late: fc.nat(2), answer: fc.constantFrom('embed', 'feature_embed', 'link_out') }) },
  { weight: 1, arbitrary: fc.record({ late: fc.nat(2), refusal: fc.boolean(), random: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ late: fc.nat(1), frame: fc.constantFrom('load', 'load', 'message', 'broken', 'blocked', 'timer', 'aged') }),
  },
);

function apply(page, happening, mints) {
  const { generation } = page.model;
  if (happening === 'settle') {
    page.settle();
  } else if (happening === 'move') {
    page.send('disconnect');
    page.send('connect');
  } else if (typeof happening === 'string') {
    page.send(happening);
  } else if ('close' in happening) {
    page.send('close', { reason: happening.close });
  } else if ('context' in happening) {
    page.set({ contextKey: happening.context });
  } else if ('staleAfter' in happening) {
    page.set({ staleAfter: happening.staleAfter });
  } else if ('launcherThere' in happening) {
    page.set({ launcher: happening.launcherThere });
  } else if ('frame' in happening) {
    const { frame, late } = happening;
    if (frame === 'timer') {
      // A timer that was cleared does not ring.
      if (page.timer) {
        const { generation: armed } = page.timer;
        page.timer = null;
        page.send('timer', { generation: armed });
      }
    } else {
      page.send(frame, frame === 'blocked' ? { hosts: [] } : { generation: generation - late });
    }
  } else {
    const mint = mints.at(-1 - happening.late);
    if (mint && 'answer' in happening) {
      const more = happening.answer === 'embed' ? {} : { modality: happening.answer, expiresIn: 60 };
      page.sendAnswer(mint, launchOf(mint.contextKey, more));
    } else if (mint) {
      page.sendRefusal(mint, refusal('launch_unreachable', happening.refusal, 2), happening.random);
    }
  }
}

/** A page that remembers its requests, and takes what comes of each of them at any time. */
class RememberingPage extends Page {
  mints = [];

  send(input, details) {
    super.send(input, details);
    if (this.request && this.mints.at(-1) !== this.request) {
      this.mints.push(this.request);
    }
  }

  sendAnswer({ generation }, launch) {
    this.#finish('answer', { generation, launch });
  }

  sendRefusal({ generation }, refused, random) {
    this.#finish('refusal', { generation, refusal: refused, random });
  }

  /** What has come of a request ends it, if it is the current one. */
  #finish(input, details) {
    if (this.model.sent && this.model.generation === details.generation) {
      this.request = null;
    }
    this.send(input, details);
  }
}

describe('the machine', () => {
  it('never shows two frames, or one of an earlier context', () => {
    const seen = new Set();
    const states = new Set();
    const law = fc.property(fc.array(happenings, { minLength: 10, maxLength: 60, size: 'max' }), (all) => {
      const page = new RememberingPage(machine);
      page.set({ contextKey: 'a', staleAfter: 60 });
      page.send('connect');
      page.settle();
      for (const happening of all) {
        apply(page, happening, page.mints);
        states.add(page.model.state);
      }
      page.transitions.forEach((transition) => seen.add(transition));
      page.send('close', { reason: 'caller' });
      assert.deepEqual([page.frame, page.request, page.timer], [null, null, null]);
      page.settle();
      assert.equal(page.model.state, 'idle', 'what was closed stays closed');
    });
    fc.assert(law, { seed: 20_261_127, numRuns: 8000 });

    assert.deepEqual([...states].sort(), ['failed', 'idle', 'loading', 'minting', 'shown', 'stale']);
    assert.deepEqual([...seen].sort(), TRANSITIONS.toSorted());
  });

  it('removes the frame before anything else when the context changes', () => {
    const page = shown();
    const { effects } = machine.step(page.model, 'change', { ...page.settings, contextKey: 'b' });
    assert.deepEqual(effects[0], ['unmount']);
  });

  it('waits longer each time, and no less than the server asks', () => {
    const page = minting();
    const waits = [];
    for (let retry = 0; retry < 7; retry += 1) {
      page.sendRefusal(page.request, refusal('launch_unreachable', true, retry === 2 ? 90 : 0), 1);
      waits.push(page.timer?.seconds ?? null);
      if (page.timer) {
        const { generation } = page.timer;
        page.timer = null;
        page.send('timer', { generation });
        page.settle();
      }
    }
    assert.deepEqual(waits, [1, 2, 90, 8, 16, 30, null]);
  });

  it('retries once when the network is back', () => {
    const page = minting();
    page.sendRefusal(page.request, refusal('launch_unreachable', true), 0);
    page.send('online');
    page.settle();
    assert.equal(page.mints.length, 2);
    page.send('online');
    page.settle();
    assert.equal(page.mints.length, 2);
  });

  it('opens nothing again after a logout, until it is asked to', () => {
    const page = shown();
    page.send('close', { reason: 'logout' });
    for (const input of ['disconnect', 'connect', 'hide', 'show', 'online']) {
      page.send(input);
      page.settle();
    }
    page.set({ contextKey: 'b' });
    page.settle();
    assert.equal(page.model.state, 'idle');
    page.send('open');
    page.settle();
    assert.equal(page.model.state, 'minting');
  });

  it('says why it requests a URL', () => {
    const page = shown();
    const reasons = [page.mints.at(-1).reason];
    for (const inputs of [
      [['change', { ...page.settings, contextKey: 'b' }]],
      [['reload']],
      [['disconnect'], ['connect']],
      [['hide'], ['show']],
    ]) {
      inputs.forEach((input) => page.send(...input));
      page.settle();
      reasons.push(page.mints.at(-1).reason);
      show(page);
    }
    assert.deepEqual(reasons, ['first', 'context', 'stale', 'moved', 'restored']);
  });

  it('mints once for two mounts at once', () => {
    const page = new RememberingPage(machine);
    page.set({ contextKey: 'a' });
    page.send('connect');
    page.send('disconnect');
    page.send('connect');
    page.settle();
    assert.equal(page.mints.length, 1);
    assert.equal(page.news.filter(([, type]) => type === 'embed-close').length, 0);
  });

  it('keeps a shown frame when the page is asked to open it again', () => {
    const page = shown();
    const { frame } = page;
    page.send('open');
    page.set({ contextKey: 'a' });
    page.settle();
    assert.equal(page.frame, frame);
  });

  it('never calls an app of Junction stale', () => {
    const page = minting();
    page.set({ staleAfter: 60 });
    page.sendAnswer(page.request, launchOf('a', { modality: 'feature_embed' }));
    page.send('load', { generation: page.model.generation });
    assert.equal(page.timer, null);
  });

  it('opens a window once for one URL, and not after its lifetime', () => {
    const page = minting();
    page.sendAnswer(page.request, launchOf('a', { modality: 'link_out', expiresIn: 60 }));
    assert.equal(page.model.error.code, 'link_out');
    page.send('follow');
    page.send('follow');
    page.settle();
    assert.equal(page.news.filter(([effect]) => effect === 'window').length, 1);
    assert.equal(page.mints.length, 2);

    page.sendAnswer(page.request, launchOf('a', { modality: 'link_out', expiresIn: 60 }));
    const { generation } = page.timer;
    page.timer = null;
    page.send('timer', { generation });
    page.send('follow');
    page.settle();
    assert.equal(page.news.filter(([effect]) => effect === 'window').length, 1);
  });

  it('requests a URL as soon as there is a way to launch', () => {
    const page = new RememberingPage(machine);
    page.set({ contextKey: 'a', launcher: false });
    page.send('connect');
    page.settle();
    assert.equal(page.model.error.code, 'no_launch');
    const { length } = page.news;
    page.set({ staleAfter: 60 });
    page.settle();
    assert.equal(page.news.length, length, 'the error is reported twice');
    page.set({ launcher: true });
    page.settle();
    assert.equal(page.mints.length, 1);
  });

  it('counts the age of a shown app anew only if the limit changes', () => {
    const page = minting();
    page.set({ staleAfter: 60 });
    show(page);
    const { timer } = page;
    page.set({ launcher: false });
    assert.equal(page.timer, timer);
    page.set({ staleAfter: 90 });
    assert.deepEqual([page.timer.clock, page.timer.seconds], ['age', 90]);
  });

  it('closes also if a script gives every object a generation', () => {
    const page = shown();
    Object.prototype.generation = -1;
    try {
      page.set({ contextKey: 'b' });
      page.send('close', { reason: 'logout' });
    } finally {
      delete Object.prototype.generation;
    }
    assert.deepEqual([page.frame, page.model.state], [null, 'idle']);
  });

  it('lets a late violation name what an error could not', () => {
    const page = shown();
    page.send('blocked', { hosts: ['https://app.example'] });
    assert.equal(page.model.error.code, 'blocked_by_csp');

    const heard = shown();
    heard.send('message', { generation: heard.model.generation });
    heard.send('blocked', { hosts: [] });
    assert.equal(heard.model.state, 'shown');
  });
});

function minting() {
  const page = new RememberingPage(machine);
  page.set({ contextKey: 'a' });
  page.send('connect');
  page.settle();
  return page;
}

function shown() {
  const page = minting();
  show(page);
  return page;
}

function show(page) {
  page.sendAnswer(page.request, launchOf(page.model.contextKey));
  page.send('load', { generation: page.model.generation });
}
