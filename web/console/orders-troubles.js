// What the stand-in for Junction can be made to do with an order, by the names that its control pages have for it.

const HOUR_MS = 3_600_000;

/** In so many hours of the demo's clock. */
const inHours = (hours, now) => new Date(Math.ceil(now / HOUR_MS) * HOUR_MS + hours * HOUR_MS).toISOString().replace('.000Z', 'Z');

const step = (name, details = () => ({})) => ({ send: ({ order, now }) => ['POST', `junction/orders/${order}/${name}`, details(now)], isAboutOrder: true });
const next = (call, word) => ({ send: () => ['PUT', 'junction/next', { [call]: word }] });
const behaviour = (members) => ({ send: () => ['PUT', 'junction/orders-behaviour', members] });
const webhooks = (members) => ({ send: () => ['PUT', 'junction/webhook-settings', members] });

/** By group and by name; each says what is sent to the stand-in. */
export const TROUBLES = {
  lab: {
    requisition: step('requisition'),
    requisition_bypassed: step('requisition_bypassed'),
    requisition_never: step('requisition_never'),
    draw: step('draw'),
    partial: step('partial'),
    final: step('final', () => ({ hasMissingResults: false })),
    final_missing: step('final', () => ({ hasMissingResults: true })),
    corrected: step('corrected', () => ({ hasMissingResults: false })),
    critical: step('critical'),
    sample_error: step('sample_error'),
    pdf_pending: step('pdf_pending'),
    pdf_ready: step('pdf_ready'),
  },
  visit: {
    confirm: step('confirm'),
    start_visit: step('start_visit'),
    provider_moves: step('provider_moves', (now) => ({ startAt: inHours(72, now) })),
    patient_reschedules: step('patient_reschedules', (now) => ({ startAt: inHours(96, now) })),
    provider_cancels: step('provider_cancels'),
    patient_cancels: step('patient_cancels'),
    no_show: step('no_show'),
    soon: step('set_visit', (now) => ({ startAt: inHours(5, now) })),
    apart: step('set_visit', () => ({ status: 'pending', eventStatus: 'scheduled' })),
    no_zone: step('set_visit', () => ({ timeZone: null })),
    unknown_provider: step('set_visit', () => ({ provider: 'new_provider' })),
    unknown_status: step('set_status', () => ({ status: 'received.at_home_phlebotomy.something_new' })),
  },
  next: {
    slot_taken: next('book', 'slot_taken'),
    key_expired: next('book', 'key_expired'),
    booked_but_500: next('book', 'done_but_500'),
    booked_but_silent: next('book', 'done_but_silent'),
    not_booked_reset: next('book', 'reset'),
    booked_later: next('book', 'pending'),
    placed_but_reset: next('place', 'done_but_reset'),
    moved_not_500: next('reschedule', 'server_error'),
    cancelled_but_503: next('cancel_visit', 'done_but_503'),
    pdf_is_json: next('result_pdf', 'document_is_json'),
    pdf_is_empty: next('result_pdf', 'document_is_empty'),
    pdf_is_large: next('result_pdf', 'document_is_large'),
  },
  behaviour: {
    no_requisition: behaviour({ requisitionAfterSecs: null }),
    confirms: behaviour({ confirmAfterSecs: 60 }),
    no_transactions: behaviour({ transactions: false }),
    sandbox: behaviour({ behaviour: 'sandbox' }),
    as_documented: behaviour({ behaviour: 'production', requisitionAfterSecs: 30, confirmAfterSecs: null, transactions: true }),
  },
  webhooks: {
    lost: webhooks({ dropEvery: 2 }),
    twice: webhooks({ duplicate: true }),
    reordered: webhooks({ reorder: true }),
    two_signatures: webhooks({ twoSignatures: true }),
    wrong_secret: webhooks({ wrongSecret: true }),
    no_team: webhooks({ omitTeamId: true }),
    naive_times: webhooks({ naiveTimes: true }),
    unknown_type: { send: ({ team }) => ['POST', 'junction/webhooks', { eventType: 'labtest.order_tracking.updated', teamId: team }] },
    no_partial_events: webhooks({ partialEvents: false }),
    disabled: webhooks({ wrongSecret: true, scheduleMs: [0, 100], disableAfterMs: 1 }),
    webhooks_as_documented: webhooks({}),
  },
  elsewhere: {
    in_the_app: { send: ({ user }) => ['POST', 'junction/orders', { userId: user }] },
    other_team: { send: ({ stranger }) => ['POST', 'junction/orders', { userId: stranger }] },
  },
};
