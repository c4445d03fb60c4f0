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
  launcher = true;
  transitions = new Set();
  news = [];
  stale = 0;

  constructor({ START, step }) {
    this.#step = step;
    this.model = START;
  }

  send(input) {
    const before = this.model;
    const [model, effects] = this.#step(before, input);
    this.model = model;
    for (const effect of effects) {
      this.#perform(effect);
    }
    if (model.state !== before.state) {
      this.transitions.add(`${before.state} ${model.state}`);
    }
    this.check();
  }

  /** Runs the microtasks. */
  settle() {
    while (this.scheduled > 0) {
      this.scheduled -= 1;
      this.send({ type: 'settle', launcher: this.launcher });
    }
  }

  /** What holds after every step. */
  check() {
    const { state, generation, contextKey, connected, hidden, armed, error } = this.model;
    const framed = ['loading', 'shown', 'stale'].includes(state);
    assert.equal(this.frame !== null, framed, `a frame in ${state}`);
    assert.ok(!this.frame || this.frame.contextKey === contextKey, 'a frame of another context');
    assert.ok(!this.frame || this.frame.generation === generation, 'a frame of an earlier request');
    assert.equal(this.request !== null, state === 'minting' && this.model.sent, `a request in ${state}`);
    assert.ok(!this.request || this.request.contextKey === contextKey, 'a request for another context');
    assert.equal(this.timer !== null, armed, 'the machine and the page disagree about the timer');
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

  #perform(effect) {
    switch (effect.do) {
      case 'unmount':
        assert.ok(this.frame, 'removed without a frame');
        this.frame = null;
        return;
      case 'mount':
        assert.equal(this.frame, null, 'two frames');
        this.frame = { generation: this.model.generation, contextKey: this.model.launch.contextKey };
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
        assert.ok(effect.seconds >= 0 && Number.isFinite(effect.seconds));
        this.timer = { ...effect, ...this.#now() };
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
        if (effect.type === 'embed-close') {
          assert.equal(this.frame, null, 'closed is said before the frame is gone');
        }
        this.news.push(effect);
        return;
      default:
        assert.fail(`no such effect: ${effect.do}`);
    }
  }
}
