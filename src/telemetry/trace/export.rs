//! Sends spans to a collector, over OTLP. Where to, how often and what of it, is said by the variables that OpenTelemetry
//! specifies (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`, …), which its library reads by itself.

use std::time::Duration;

use domain::trace_parent::TraceParent;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt as _, TraceState, TracerProvider as _},
};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, Tracer},
};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::telemetry::figures::ConfiguredId;

/// How long the end of the process may wait for the last spans to be taken.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A way to a collector.
pub(in crate::telemetry) struct Exporter {
    provider: SdkTracerProvider,
}

/// Spans are sent as long as this lives, and the last ones when it is dropped.
pub(in crate::telemetry) struct Exporting(SdkTracerProvider);

impl Exporter {
    /// Prepares to send. Must not be called inside a runtime: the sender has a thread of its own, which waits.
    pub(in crate::telemetry) fn new() -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder().with_http().build()?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name("empego-gateway").build())
            .build();
        Ok(Self { provider })
    }

    /// Receives the gateway's own spans. Events belong to the log, and the libraries' spans are left out.
    pub(in crate::telemetry) fn layer<S>(self) -> (impl Layer<S>, Exporting)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let tracer: Tracer = self.provider.tracer(env!("CARGO_PKG_NAME"));
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| {
                metadata.is_span() && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
            }));
        (layer, Exporting(self.provider))
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        // An unreachable collector gets no last spans, and cannot keep the process from ending.
        let _sent_or_lost = self.0.shutdown_with_timeout(LAST_WORDS);
    }
}

/// Makes a request's span part of the caller's trace.
pub fn join(span: &Span, callers: Option<TraceParent>) {
    if let Some(parent) = callers.and_then(remote) {
        // A span without a listener has no parent either.
        let _listened_to = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// The span around one call to the upstream.
#[must_use]
pub fn call_span(tenant: &ConfiguredId) -> Span {
    tracing::info_span!("upstream", otel.kind = "client", tenant = &**tenant)
}

/// The place that a call is made from: the span's own if it is sent, else the caller's.
#[must_use]
pub fn place_of(span: &Span, callers: Option<TraceParent>) -> Option<TraceParent> {
    let context = span.context();
    let place = context.span().span_context().clone();
    let text = format!(
        "00-{}-{}-{:02x}",
        place.trace_id(),
        place.span_id(),
        place.trace_flags().to_u8()
    );
    // A place that is none does not read as one.
    TraceParent::read(&[text.as_bytes()]).or(callers)
}

fn remote(parent: TraceParent) -> Option<SpanContext> {
    let mut parts = parent.as_str().split('-').skip(1);
    let trace_id = TraceId::from_hex(parts.next()?).ok()?;
    let span_id = SpanId::from_hex(parts.next()?).ok()?;
    let flags = u8::from_str_radix(parts.next()?, 16).ok()?;
    let is_remote = true;
    Some(SpanContext::new(
        trace_id,
        span_id,
        TraceFlags::new(flags),
        is_remote,
        TraceState::NONE,
    ))
}
