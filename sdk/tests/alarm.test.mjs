import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { source } from './source.mjs';

const { createAlarm } = await source('alarm');

/** Clocks that a test turns. */
function clocks() {
  const all = {
    now: 0,
    date: 1_000_000,
    timers: new Map(),
    performance: { now: () => all.now },
    Date: { now: () => all.date },
    setTimeout: (run, ms) => all.timers.set(all.timers.size + 1, { run, ms }).size,
    clearTimeout: (timer) => all.timers.set(timer, null),
    waiting: () => [...all.timers.values()].filter(Boolean),
  };
  return all;
}

describe('an alarm', () => {
  it('rings for what grew old while the machine slept', () => {
    const time = clocks();
    let rung = 0;
    createAlarm(time).set('age', 60, () => (rung += 1));
    const alarm = createAlarm(time);
    alarm.set('age', 60, () => (rung += 1));
    time.date += 61_000;
    alarm.check();
    alarm.check();
    assert.equal(rung, 1);
  });

  it('rings although the clock was set back', () => {
    const time = clocks();
    let rung = 0;
    const alarm = createAlarm(time);
    alarm.set('age', 60, () => (rung += 1));
    time.date -= 3_600_000;
    time.now += 60_000;
    alarm.check();
    assert.equal(rung, 1);
  });

  it('waits on if it is looked at too early', () => {
    const time = clocks();
    let rung = 0;
    const alarm = createAlarm(time);
    alarm.set('age', 60, () => (rung += 1));
    time.now += 20_000;
    alarm.check();
    assert.deepEqual([rung, time.waiting().map(({ ms }) => ms)], [0, [40_000]]);
  });

  it('leaves no timer when it is cleared or set again', () => {
    const time = clocks();
    const alarm = createAlarm(time);
    alarm.set('age', 60, assert.fail);
    alarm.set('wait', 5, assert.fail);
    assert.equal(time.waiting().length, 1);
    alarm.clear();
    alarm.check();
    assert.equal(time.waiting().length, 0);
  });

  it('waits for years without ringing at once', () => {
    const time = clocks();
    createAlarm(time).set('age', 10 ** 9, assert.fail);
    assert.equal(time.waiting()[0].ms, 2 ** 31 - 1);
    time.waiting()[0].run();
  });
});
