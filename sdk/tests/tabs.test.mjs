import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import { source } from './source.mjs';

const here = await source('tabs', 1);
const elsewhere = await source('tabs', 2);

describe('closing everything', () => {
  it('closes this tab at once and the others too, each once', async () => {
    const heard = [];
    let arrived;
    const arrival = new Promise((resolve) => (arrived = resolve));
    const leave = [here.join((reason) => heard.push(`here ${reason}`)), elsewhere.join((reason) => (heard.push(`there ${reason}`), arrived()))];
    here.closeAll('logout');
    assert.deepEqual(heard, ['here logout']);
    await arrival;
    // What a tab hears of its own comes with what it hears of others: this is later than both.
    await echo();
    assert.deepEqual(heard, ['here logout', 'there logout']);
    assert.deepEqual([here.closingsSoFar(), elsewhere.closingsSoFar()], [1, 1]);
    leave.forEach((stop) => stop());
  });

  it('reaches other tabs from one that shows nothing', async () => {
    let arrived;
    const arrival = new Promise((resolve) => (arrived = resolve));
    const leave = elsewhere.join(arrived);
    here.closeAll('lock');
    assert.equal(await arrival, 'lock');
    leave();
  });

  it('hears no word but its own', async () => {
    const heard = [];
    const leave = elsewhere.join((reason) => heard.push(reason));
    const channel = new BroadcastChannel('clinical-embed');
    channel.postMessage({ closeAll: 'logout' });
    channel.postMessage('removed');
    await echo();
    channel.close();
    leave();
    assert.deepEqual(heard, []);
    assert.throws(() => here.closeAll('removed'), TypeError);
  });
});

/** A word there, after all that was said before. */
async function echo() {
  const [from, to] = [new BroadcastChannel('clinical-embed'), new BroadcastChannel('clinical-embed')];
  from.postMessage('an echo');
  await once(to, 'message');
  from.close();
  to.close();
}
