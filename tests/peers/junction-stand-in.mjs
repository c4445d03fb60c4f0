// Junction's stand-in, seen from outside: what is there, what arrived, and what happens next.

import assert from 'node:assert/strict';

import { after, start } from './children.mjs';

const ANY_PORT = '127.0.0.1:0';

/** Every operation that it plays, as its journal calls them. */
export const OPERATIONS = [
  'resolve_team',
  'create_team',
  'get_team',
  'create_api_access_token',
  'resolve_member',
  'create_member',
  'get_member',
  'update_member',
  'create_dashboard_url',
  'get_configuration',
  'resolve_user',
  'create_user',
  'get_user',
  'update_user_info',
  'get_order',
];

/** Those about at-home orders and their webhooks, which have tests of their own. */
export const ORDER_OPERATIONS = [
  'create_order',
  'get_order',
  'get_orders',
  'cancel_order',
  'simulate_order',
  'resend_events',
  'get_area_info',
  'get_availability',
  'get_cancellation_reasons',
  'get_appointment',
  'book_appointment',
  'request_appointment',
  'reschedule_appointment',
  'cancel_appointment',
  'get_requisition_pdf',
  'get_result',
  'get_result_metadata',
  'get_result_pdf',
  'get_transaction',
  'get_transaction_result',
  'get_transaction_pdf',
  'get_lab_tests',
  'get_lab_test',
  'get_markers',
  'list_webhooks',
  'create_webhook',
  'get_webhook',
  'update_webhook',
  'delete_webhook',
  'get_webhook_secret',
  'rotate_webhook_secret',
  'get_webhook_headers',
  'set_webhook_headers',
];

export class JunctionStandIn {
  /** What it told when it started. */
  facts;
  #child;

  static async start(binary, apiKey) {
    const standIn = new JunctionStandIn();
    standIn.#child = await start(binary, ['simulate', '--listen', ANY_PORT, '--api-key', apiKey], {
      baseUrl: after('base_url '),
      managementUrl: after('management_url '),
      apiUrl: after('api_url '),
      embedUrl: after('embed_url '),
      orgId: after('org id '),
      managementKey: after('management keys '),
    });
    standIn.facts = standIn.#child.facts;
    return standIn;
  }

  /** Forgets everything but this. */
  async restart(state = {}) {
    await this.#control('POST', 'reset');
    await this.arrange(state);
  }

  /** Replaces the parts that are given. */
  async arrange(state) {
    await this.#control('PUT', 'junction', state);
  }

  async state() {
    return (await this.#control('GET', 'junction')).json();
  }

  /** Every call since the restart. */
  async journal() {
    return (await this.#control('GET', 'junction/journal')).json();
  }

  /** The operations that were called since the restart, in order. */
  async operations() {
    return (await this.journal()).map(({ operation }) => operation);
  }

  async revokeTokens() {
    await this.#control('DELETE', 'junction/tokens');
  }

  /** Moves the clock that orders live by. */
  async advance(seconds) {
    await this.#control('PUT', 'clock', { advanceSecs: seconds });
  }

  /** Sets that clock. */
  async setClock(time) {
    await this.#control('PUT', 'clock', { now: time.toISOString() });
  }

  /** Has the next call of each of these names go wrong in a way that only calls about orders can. */
  async next(mishaps) {
    await this.#control('PUT', 'junction/next', mishaps);
  }

  /** Has the next calls go wrong. */
  async fault(fault) {
    await this.#control('PUT', 'faults', fault);
  }

  async stop() {
    await this.#child.stop();
  }

  async #control(method, name, content) {
    const response = await fetch(new URL(`/__sim/${name}`, this.facts.baseUrl), {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(content),
    });
    assert.ok(response.ok, `${method} ${name} was answered with ${response.status}`);
    return response;
  }
}
