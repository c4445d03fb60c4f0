//! What of Junction's can be asked for.

use crate::operation::Operation;

/// A launch of Junction's app.
pub const LAUNCH: Operation = Operation::named("junction/launch");

/// An address for Junction's Fast Launch.
pub const FAST_LAUNCH: Operation = Operation::named("junction/fast-launch");

/// A browser that Junction sent to have its session continued.
pub const SESSION_CONTINUATION: Operation = Operation::named("junction/session-continuation");

/// Whether phlebotomists visit patients at a ZIP code.
pub const COVERAGE: Operation = Operation::named("junction/coverage");

/// The tests that can be ordered for a visit at home.
pub const TESTS: Operation = Operation::named("junction/tests");

/// The reasons that a visit can be cancelled for.
pub const CANCELLATION_REASONS: Operation = Operation::named("junction/cancellation-reasons");

/// An order that is placed.
pub const PLACE_ORDER: Operation = Operation::named("junction/orders/place");

/// An order that is read, with its visit.
pub const READ_ORDER: Operation = Operation::named("junction/orders/read");

/// A patient's orders.
pub const SEARCH_ORDERS: Operation = Operation::named("junction/orders/search");

/// The times that a visit can be booked for.
pub const SLOTS: Operation = Operation::named("junction/orders/slots");

/// A visit that is booked or requested.
pub const ARRANGE_VISIT: Operation = Operation::named("junction/orders/visit");

/// A visit that is moved to another time.
pub const RESCHEDULE_VISIT: Operation = Operation::named("junction/orders/reschedule-visit");

/// A visit that is cancelled.
pub const CANCEL_VISIT: Operation = Operation::named("junction/orders/cancel-visit");

/// An order that is cancelled, and its visit with it.
pub const CANCEL_ORDER: Operation = Operation::named("junction/orders/cancel");

/// An order's results.
pub const RESULTS: Operation = Operation::named("junction/orders/results");

/// An order's results as a PDF.
pub const RESULTS_PDF: Operation = Operation::named("junction/orders/results-pdf");

/// An order's requisition as a PDF.
pub const REQUISITION_PDF: Operation = Operation::named("junction/orders/requisition-pdf");

/// An order that is moved on in the sandbox.
pub const SIMULATE_ORDER: Operation = Operation::named("junction/orders/simulate");

/// What has changed about orders.
pub const EVENTS: Operation = Operation::named("junction/events");

/// An event that Junction sends.
pub const WEBHOOK: Operation = Operation::named("junction/webhook");

/// A call of a client of Junction's own.
pub const FACADE: Operation = Operation::named("junction/api");

/// All of them.
pub const ALL: &[Operation] = &[
    LAUNCH,
    FAST_LAUNCH,
    SESSION_CONTINUATION,
    COVERAGE,
    TESTS,
    CANCELLATION_REASONS,
    PLACE_ORDER,
    READ_ORDER,
    SEARCH_ORDERS,
    SLOTS,
    ARRANGE_VISIT,
    RESCHEDULE_VISIT,
    CANCEL_VISIT,
    CANCEL_ORDER,
    RESULTS,
    RESULTS_PDF,
    REQUISITION_PDF,
    SIMULATE_ORDER,
    EVENTS,
    WEBHOOK,
    FACADE,
];
