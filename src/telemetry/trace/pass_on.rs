//! Nothing is exported: there is no span but the log's, and the caller's place is the only one.

use domain::trace_parent::TraceParent;
use tracing::Span;

use crate::telemetry::figures::ConfiguredId;

/// Makes a request's span part of the caller's trace.
pub fn join(_span: &Span, _callers: Option<TraceParent>) {}

/// The span around one call to the upstream.
#[must_use]
pub fn call_span(_tenant: &ConfiguredId) -> Span {
    Span::none()
}

/// The place that a call is made from.
#[must_use]
pub fn place_of(_span: &Span, callers: Option<TraceParent>) -> Option<TraceParent> {
    callers
}
