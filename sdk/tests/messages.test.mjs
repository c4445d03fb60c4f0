import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { source } from './source.mjs';

const { readMessage } = await source('messages');

const ID = '8c4abd06-6b12-4574-9b94-972d63294ddf';
const empego = (more) => ({ vendor: 'empego', kind: 'consultation', operation: 'update', id: ID, ...more });
const sent = (more) => ({ eventType: 'consultation', operation: 'update', id: ID, ...more });
const UNKNOWN = { vendor: 'empego', kind: 'unknown' };
const URN = 'urn:junction:order:';
const PDF = 'https://files.example/a.pdf';

/** [why, what is sent, what is read] */
const ROWS = [
  ['the misspelling of the documents’ example', { ...sent(), eventType: undefined, evenType: 'consultation', status: 'DONE' }, empego({ status: 'DONE' })],
  ['the spelling of the documents’ tables', sent({ status: 'DONE' }), empego({ status: 'DONE' })],
  ['both spellings: the first that is text', sent({ evenType: 'followup' }), empego()],
  ['the first spelling is not text', sent({ eventType: 7, evenType: 'followup' }), empego({ kind: 'followup' })],
  ['the first generation writes a capital', sent({ eventType: 'followUp' }), empego({ kind: 'followup' })],
  ['the second writes none', sent({ eventType: 'followup' }), empego({ kind: 'followup' })],
  ['another capital is not documented', sent({ eventType: 'Followup' }), UNKNOWN],
  ['the second generation’s sync', sent({ operation: 'sync', tenantKey: 't' }), empego({ operation: 'sync', tenantKey: 't' })],
  ['a time without a zone is UTC', sent({ createdAt: '2024-03-25 15:41:44.388' }), empego({ at: Date.UTC(2024, 2, 25, 15, 41, 44, 388) })],
  ['the third generation’s epoch', sent({ operation: 'exportInProgress', createdAt: 1779214387288 }), empego({ operation: 'exportInProgress', at: 1779214387288 })],
  ['31 February is no time', sent({ createdAt: '2024-02-31 15:41:44.388' }), empego()],
  ['a time of another form is left out', sent({ createdAt: '2024-03-25T15:41:44Z' }), empego()],
  ['a fraction is no epoch', sent({ createdAt: 1.5 }), empego()],
  [
    'an export that is ready',
    sent({ operation: 'exportReady', data: { pdfSummary: { fileURL: PDF, fileURLExpiry: 1779214387288, status: 'SUCCESS' }, textualSummary: { content: 'x', status: 'SUCCESS' } } }),
    empego({ operation: 'exportReady', export: { pdf: { url: PDF, expiresAt: 1779214387288 }, text: 'x' } }),
  ],
  ['an export that failed', sent({ operation: 'exportReady', data: { pdfSummary: { status: 'FAILURE' } } }), empego({ operation: 'exportReady', export: { pdf: 'failed' } })],
  ['a file that is a script', sent({ data: { pdfSummary: { fileURL: 'javascript:alert(1)', fileURLExpiry: 1779214387288 } } }), empego()],
  ['a file without an end', sent({ data: { pdfSummary: { fileURL: PDF } } }), empego()],
  ['data of the second generation is not an export', sent({ data: { anything: 1 } }), empego()],
  ['a new operation is passed on', sent({ operation: 'archived' }), empego({ operation: 'archived' })],
  ['no operation', sent({ operation: undefined }), UNKNOWN],
  ['no id', sent({ id: undefined }), UNKNOWN],
  ['an empty id', sent({ id: '' }), UNKNOWN],
  ['an id that is a number', sent({ id: 7 }), UNKNOWN],
  ['an id of a megabyte', sent({ id: 'x'.repeat(1_000_000) }), UNKNOWN],
  ['an event of another type', sent({ eventType: 'heartbeat' }), UNKNOWN],
  ['an order', { type: `${URN}created`, data: { order_id: 'o', user_id: 'u', team_id: 't' } }, { vendor: 'junction', kind: 'order.created', orderId: 'o', userId: 'u', teamId: 't' }],
  ['an order without its id', { type: `${URN}created`, data: { user_id: 'u', team_id: 't' } }, UNKNOWN],
  ['a form that was left', { type: `${URN}creation_cancelled`, data: { user_id: 'u', team_id: 't' } }, { vendor: 'junction', kind: 'order.creation_cancelled', userId: 'u', teamId: 't' }],
  ['… before a patient was chosen', { type: `${URN}creation_cancelled`, data: { user_id: null, team_id: 't' } }, { vendor: 'junction', kind: 'order.creation_cancelled', userId: null, teamId: 't' }],
  ['… with a patient of another type', { type: `${URN}creation_cancelled`, data: { user_id: 7, team_id: 't' } }, UNKNOWN],
  ['an event that is new', { type: `${URN}signed`, data: { team_id: 't' } }, UNKNOWN],
  ['nothing', undefined, UNKNOWN],
  ['null', null, UNKNOWN],
  ['a text', JSON.stringify(sent()), UNKNOWN],
  ['a list', [sent()], UNKNOWN],
  ['a map', new Map(Object.entries(sent())), UNKNOWN],
  ['what is only inherited', Object.create(sent()), UNKNOWN],
  ['a prototype as a member', JSON.parse(`{"__proto__": ${JSON.stringify(sent())}}`), UNKNOWN],
  ['a cycle', cycle(), empego()],
  ['a getter that throws', { get eventType() { throw new Error('no'); } }, UNKNOWN],
];

describe('a message', () => {
  for (const [why, raw, expected] of ROWS) {
    it(`is read: ${why}`, () => {
      const message = readMessage(raw, 'empego');
      assert.deepEqual({ ...message }, expected);
      assert.ok(Object.is(message.raw, raw));
    });
  }

  it('is written without what it says about a person', () => {
    const data = { pdfSummary: { fileURL: PDF, fileURLExpiry: 1, status: 'SUCCESS' }, textualSummary: { content: 'SECRET' } };
    const text = JSON.stringify(readMessage(sent({ data, note: 'SECRET' }), 'empego'));
    assert.ok(!text.includes('SECRET') && !text.includes(PDF), text);
    assert.deepEqual(JSON.parse(text).export, { pdf: 'ready', text: 'ready' });
  });

  it('names the vendor whose frame sent what is unknown', () => {
    assert.equal(readMessage({}, 'junction').vendor, 'junction');
  });

  it('is read whatever is sent', () => {
    const law = fc.property(fc.anything({ withNullPrototype: true, withMap: true }), (raw) => {
      const message = readMessage(raw, 'empego');
      assert.ok(Object.is(message.raw, raw) && Object.isFrozen(message));
      JSON.stringify(message);
    });
    fc.assert(law, { seed: 20_261_127, numRuns: 3000 });
  });
});

function cycle() {
  const message = sent();
  message.self = message;
  return message;
}
