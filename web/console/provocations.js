// How each error comes about, for real, against this demo. Where no page can bring it about, the text says why, and a
// command does it by hand if one can.

import { dropIn, junction, native, send, userHeader } from './calls.js';
import { FAULTS, JUNCTION_FAULTS } from './faults.js';
import { OrderDesk } from './orders-desk.js';

const COMPLETE = {
  userId: 'emp321',
  firstName: 'Sam',
  lastName: 'Roy',
  email: 'sam.roy@clinic.ca',
  licenseNumber: 'MD321321',
  preferredLanguage: 'EN',
};
const BARE = { userId: 'emp321' };

/** A launch of Junction's app that is right in itself. */
const ORDER = {
  clinician: { userId: 'emp321', firstName: 'Sam', lastName: 'Roy', email: 'sam.roy@clinic.ca' },
  team: { integrationTeamId: 'clinic-7', name: 'Clinic 7' },
  feature: 'order_creation',
  modality: 'feature_embed',
};

/** What Junction sends a browser with. */
const SENT =
  'integration_member_id=emp555&integration_team_id=clinic-7&modality=feature_embed&feature=order_creation&environment=sandbox';

/** So many connections a browser opens to one server; the demo has fewer seats for one tenant. */
const CONNECTIONS = 6;

/** Far more than a rate or a breaker lets through. */
const MANY = 30;

/** By code: what brings it about, or `command`, or neither. */
export const PROVOCATIONS = {
  header_repeated: {
    command: ({ gateway, credentials }) =>
      `curl -sS '${gateway}/empego-integrations/R4/embeddable/statistics' -H 'Api-key: ${credentials.documented}' ` +
      `-H 'x-integration-user: e30=' -H 'x-integration-user: e30='`,
  },
  header_too_large: withHeader(() => 'A'.repeat(5000)),
  header_not_base64: withHeader(() => '{"userId":"emp321"}'),
  header_not_utf8: withHeader(() => btoa('{"userId":"Élodie"}')),
  header_not_json: withHeader(() => btoa('emp321')),
  header_schema: withHeader(() => userHeader({ userId: '', role: 'owner' })),
  user_fields_missing: launching('documented', { clinician: BARE, intent: 'new' }),
  invalid_request: launching('documented', { clinician: COMPLETE }, 'consultation/view'),
  identity_required: launching('documented', {}),
  intent_required: launching('strict', { clinician: BARE }),
  user_unknown: {},
  intent_conflict: launching('documented', { clinician: COMPLETE, intent: 'owner' }),
  reserved_header: launching('documented', { clinician: COMPLETE }, 'statistics', { 'x-management-key': 'anything' }),
  clinician_not_accepted: launching('token', { clinician: COMPLETE }),
  bad_target: {
    command: ({ gateway }) => `curl -sS --request-target 'http://elsewhere.example/' '${gateway}/'`,
  },
  host_unauthenticated: {
    run: () => native(`egw_${'A'.repeat(43)}`, 'statistics', { clinician: COMPLETE }),
  },
  origin_denied: launching('server', { clinician: COMPLETE }),
  endpoint_denied: launching('narrow', { clinician: COMPLETE }, 'administration/franchise-management'),
  intent_denied: launching('narrow', { clinician: BARE, intent: 'existing' }),
  owner_session_denied: launching('strict', { intent: 'owner' }),
  owner_clone_denied: launching('strict', { clinician: BARE, intent: 'clone' }),
  patient_denied: launching('token', { patientKey: 'patient456' }, 'followup/plan'),
  claim_unusable: launching('unverifiedToken', { patientKey: 'patient123' }, 'followup/plan'),
  feature_denied: orderingAs('documented', { feature: 'team_config' }),
  team_denied: orderingAs('token', { clinician: undefined, team: { integrationTeamId: 'clinic-8' } }),
  session_required: {
    command: ({ gateway }) => `curl -sS '${gateway}/junction/session-continuation?${SENT}'`,
  },
  session_mismatch: {
    command: ({ gateway, credentials }) =>
      `curl -sS '${gateway}/junction/session-continuation?${SENT}' -H 'Cookie: demo_session=${credentials.portal}'`,
  },
  confirmation_required: {
    command: ({ gateway, credentials }) =>
      `curl -sS '${gateway}/junction/session-continuation?${SENT}' -H 'Cookie: demo_session=${credentials.restless}'`,
  },
  continuation_loop: {
    command: ({ gateway, credentials }) =>
      `for n in 1 2 3 4; do page=$(curl -sS '${gateway}/junction/session-continuation?${SENT}' ` +
      `-H 'Cookie: demo_session=${credentials.restless}'); done; echo "$page"`,
  },
  ticket_spent: {
    command: ({ gateway }) => `curl -sS -H 'Accept: application/json' '${gateway}/frame/none'`,
  },
  not_found: { run: () => send('/v1/embeddable/consultation/veiw') },
  method_not_allowed: { run: () => send('/v1/embeddable/statistics', { method: 'DELETE' }) },
  request_timeout: {
    command: ({ gateway, credentials }) =>
      `(printf '{'; sleep 6) | curl -sS -X POST -T . -H 'Expect:' '${gateway}/v1/embeddable/statistics' ` +
      `-H 'Authorization: Bearer ${credentials.documented}' -H 'Content-Type: application/json'`,
  },
  payload_too_large: launching('documented', { clinician: { userId: 'x'.repeat(17_000) } }),
  unsupported_media_type: launching('documented', { clinician: COMPLETE }, 'statistics', { 'Content-Type': 'text/plain' }),
  rate_limited: { run: (stage) => untilRefused(launching('rated', { clinician: COMPLETE }), 'rate_limited', stage) },
  upstream_header_rejected: behind('headerRejected'),
  upstream_user_fields_missing: launching('documented', { clinician: { userId: 'emp654', firstName: 'Yves' } }),
  upstream_authentication_failed: behind('unauthorized'),
  upstream_rejected: behind('notFound'),
  upstream_error: behind('error'),
  upstream_bad_body: behind('html'),
  upstream_bad_url: behind('foreign'),
  upstream_unreachable: behind('reset'),
  upstream_busy: behind('tooMany'),
  overloaded: {
    run: async (stage) => {
      await stage.simulator.arrange({ ...FAULTS.slow, count: CONNECTIONS });
      const launch = launching('narrow', { clinician: COMPLETE });
      const answers = await Promise.all(Array.from({ length: CONNECTIONS }, () => launch.run(stage)));
      return answers.find(({ document }) => document?.code === 'overloaded') ?? answers[0];
    },
  },
  audit_unavailable: {
    command: ({ gateway, credentials, trail }) =>
      `mv '${trail}' '${trail}.aside'; curl -sS '${gateway}/v1/embeddable/statistics' -H 'Content-Type: application/json' ` +
      `-H 'Authorization: Bearer ${credentials.documented}' -d '{"clinician":${JSON.stringify(COMPLETE)}}'; ` +
      `mv '${trail}.aside' '${trail}'`,
  },
  identity_provider_unavailable: {},
  store_unavailable: {},
  upstream_circuit_open: {
    run: async (stage) => {
      await stage.simulator.arrange({ ...FAULTS.error, count: MANY });
      return untilRefused(launching('failing', { clinician: COMPLETE }), 'upstream_circuit_open', stage);
    },
  },
  upstream_connect_timeout: launching('unanswered', { clinician: COMPLETE }),
  upstream_timeout: behind('silent'),
  junction_forbidden: behindJunction('forbidden'),
  junction_not_found: orderingAs('documented', { feature: 'order:00000000-0000-4000-8000-000000000000' }),
  junction_conflict: behindJunction('conflict'),
  idempotency_key_required: atDesk((desk) => desk.placeWithoutKey()),
  idempotency_conflict: atDesk((desk) => desk.placeTwice({ priority: true })),
  name_not_orderable: atDesk((desk) => desk.place({ patient: { firstName: 'Élodie' } })),
  address_incomplete: atDesk((desk) => desk.place({ address: { firstLine: 'PO Box 7' } })),
  patient_is_minor: atDesk((desk) => desk.place({ patient: { dob: '2015-05-05' } })),
  area_not_served: atDesk((desk) => desk.place({ address: { state: 'AK', zip: '99501' } })),
  requisition_pending: atDesk(async (desk) => desk.slots(await desk.placed())),
  visit_active: atDesk(async (desk) => {
    const [order, slot, another] = await desk.offered();
    await desk.book(order, slot);
    return desk.book(order, another);
  }),
  not_reschedulable: atDesk(async (desk) => {
    const [order, slot] = await desk.offered();
    await desk.request(order);
    return desk.reschedule(order, slot);
  }),
  not_cancellable: atDesk(async (desk) => {
    const order = await desk.placed();
    await desk.happens(order, 'final');
    return desk.cancel(order);
  }),
  late_cancellation: atDesk(async (desk) => {
    const [order, slot] = await desk.offered();
    await desk.book(order, slot);
    await desk.happens(order, 'set_visit', { startAt: await desk.inHours(5) });
    return desk.cancel(order);
  }),
  slot_expired: atDesk(async (desk) => {
    const [order, slot] = await desk.offered();
    await desk.wait(16 * 60);
    return desk.book(order, slot);
  }),
  slot_taken: atDesk(async (desk) => {
    const [order, slot] = await desk.offered();
    await desk.next({ book: 'slot_taken' });
    return desk.book(order, slot);
  }),
  slot_foreign: atDesk(async (desk) => {
    const [, slot] = await desk.offered();
    const [order] = await desk.offered();
    return desk.book(order, slot);
  }),
  results_not_ready: atDesk(async (desk) => desk.results(await desk.placed())),
  outcome_unknown: atDesk(async (desk) => {
    const [order, slot] = await desk.offered();
    await desk.next({ book: 'reset' });
    return desk.book(order, slot);
  }),
  webhook_unverified: {
    run: () =>
      send('/junction/webhooks/demo', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'svix-id': 'msg_forged', 'svix-timestamp': '1', 'svix-signature': 'v1,AAAA' },
        body: '{"event_type":"labtest.order.updated"}',
      }),
  },
  internal: {},
};

/** Provokes a code, and leaves no fault behind. */
export async function provoke(code, stage) {
  try {
    return await PROVOCATIONS[code].run(stage);
  } finally {
    await stage.simulator.forgetFaults();
  }
}

function launching(credential, body, tail = 'statistics', headers = {}) {
  return { run: ({ scene }) => native(scene.credentials[credential], tail, body, { headers }) };
}

function withHeader(header) {
  return { run: ({ scene }) => dropIn(scene.credentials.documented, 'statistics', { header: header() }) };
}

/** A launch that is right in itself, while the stand-in has this fault. */
function behind(fault) {
  return {
    run: async (stage) => {
      await stage.simulator.arrange(FAULTS[fault]);
      return launching('documented', { clinician: COMPLETE }).run(stage);
    },
  };
}

/** A launch of Junction's app with something else about it. */
function orderingAs(credential, change = {}) {
  return { run: ({ scene }) => junction(scene.credentials[credential], { ...ORDER, ...change }) };
}

/** A launch of Junction's app that is right in itself, while the stand-in has this fault. */
function behindJunction(fault) {
  return {
    run: async (stage) => {
      await stage.simulator.arrange(JUNCTION_FAULTS[fault]);
      return orderingAs('documented').run(stage);
    },
  };
}

/** What is done with orders of a patient who has no others. */
function atDesk(act) {
  return { run: (stage) => act(new OrderDesk(stage)) };
}

/** Launches again and again until it is refused with this code. */
async function untilRefused(launch, code, stage) {
  let answer;
  for (let tries = 0; tries < MANY && answer?.document?.code !== code; tries += 1) {
    answer = await launch.run(stage);
  }
  return answer;
}
