// The one shape of the gateway's errors.

import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';

/** Empego's documented members come first; the gateway's code follows. */
export function assertErrorShape(body, { status, code, path }) {
  assert.deepEqual(Object.keys(body).slice(0, 5), ['timestamp', 'status', 'error', 'message', 'path']);
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(body.status, status);
  assert.equal(body.error, STATUS_CODES[status]);
  assert.equal(body.path, path);
  assert.equal(body.code, code);
}
