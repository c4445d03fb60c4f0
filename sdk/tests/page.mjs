// A page without a browser: it does what the machine says, and objects to what may never be.

import assert from 'node:assert/strict';

/** One element in a page, with everything that could outlive it. */
export class Page {
  #step;
  model;
  frame = null;
  request = null;
  timer = null;
  scheduled = 0;
  settings = { contextKey: '', staleAfter: 0, launcher: true };
  transitions = new Set();
  news = [];
  stale = 0;

  constructor({ START, step }) {
    this.#step = step;
    this.model = START;
  }

  send(input, details = {}) {
    const before = this.model;
    this.model = this.#step(before, input, details);
    for (const effect of this.model.effects) {
      this.#perform(...effect);
    }
    if (this.model.state !== before.state) {
      this.transitions.add(`${before.state} ${this.model.state}`);
    }
    this.check();
  }

  /** Sets settings. */
  set(settings) {
    this.settings = { ...this.settings, ...settings };
    this.send('change', this.settings);
  }

  /** Runs the microtasks. */
  settle() {
    while (this.scheduled > 0) {
      this.scheduled -= 1;
      this.send('settle', this.settings);
    }
  }

  /** What holds after every step. */
  check() {
    const { state, generation, contextKey, connected, hidden, error } = this.model;
    const framed = ['loading', 'shown', 'stale'].includes(state);
    assert.equal(this.frame !== null, framed, `a frame in ${state}`);
    assert.ok(!this.frame || this.frame.contextKey === contextKey, 'a frame of another context');
    assert.ok(!this.frame || this.frame.generation === generation, 'a frame of an earlier request');
    assert.equal(this.request !== null, state === 'minting' && this.model.sent, `a request in ${state}`);
    assert.ok(!this.request || this.request.contextKey === contextKey, 'a request for another context');
    assert.ok(!this.timer || this.timer.generation === generation, 'a timer of an earlier request');
    assert.ok(!framed || state !== 'loading' || this.timer, 'a frame may load for ever');
    assert.ok(!this.request || this.timer, 'a request may take for ever');
    assert.equal(error !== null, state === 'failed', `an error in ${state}`);
    if (!connected || hidden || state === 'idle') {
      assert.deepEqual([this.frame, this.request, this.timer, state], [null, null, null, 'idle']);
    }
  }

  /** What an effect takes of the model, as it is when the effect comes. */
  #now() {
    const { generation, contextKey, reason } = this.model;
    return { generation, contextKey, reason };
  }

  #perform(effect, ...details) {
    switch (effect) {
      case 'unmount':
        this.frame = null;
        return;
      case 'mount':
        assert.equal(this.frame, null, 'two frames');
        this.frame = { generation: this.model.generation, contextKey: details[0].contextKey };
        this.request = null;
        return;
      case 'mint':
        assert.equal(this.request, null, 'two requests');
        this.request = this.#now();
        return;
      case 'abort':
        assert.ok(this.request, 'aborted without a request');
        this.request = null;
        return;
      case 'arm':
        assert.ok(details[1] >= 0 && Number.isFinite(details[1]));
        this.timer = { clock: details[0], seconds: details[1], ...this.#now() };
        return;
      case 'disarm':
        this.timer = null;
        return;
      case 'schedule':
        this.scheduled += 1;
        return;
      case 'aging':
        this.stale += 1;
        return;
      case 'window':
      case 'tell':
        if (details[0] === 'embed-close') {
          assert.equal(this.frame, null, 'closed is said before the frame is gone');
        }
        this.news.push([effect, ...details]);
        return;
      default:
        assert.fail(`no such effect: ${effect}`);
    }
  }
}
