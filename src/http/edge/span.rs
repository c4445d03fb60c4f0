//! The span around a request. `tracing-actix-web`'s own would carry the query and the caller's address.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderValue},
};
use domain::{
    refusal::Refusal,
    trace_parent::{self, TraceParent},
};
use tracing::{Level, Span, field::Empty};
use tracing_actix_web::RootSpanBuilder;

use super::{attempt::Attempt, record::millis};
use crate::telemetry::trace;

/// Route template, method, request id; status, code and duration once they are known.
#[derive(Debug, Clone, Copy)]
pub struct RootSpan;

impl RootSpan {
    /// Whether spans have a subscriber: mostly they do not, and creating one costs more than the request's log entry.
    /// The subscribers are settled when the process starts.
    #[must_use]
    pub fn is_heard() -> bool {
        tracing::span_enabled!(Level::INFO)
    }
}

impl RootSpanBuilder for RootSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let route = request.match_pattern();
        let attempt = Attempt::of(request.request());
        let attempt = attempt.as_ref().map(|attempt| attempt.borrow());
        let request_id = attempt.as_ref().map(|attempt| attempt.request_id.as_str());
        let span = tracing::info_span!(
            "request",
            otel.kind = "server",
            route = route.as_deref().unwrap_or("none"),
            method = known(request.method()),
            request_id,
            status = Empty,
            code = Empty,
            duration_ms = Empty,
        );
        let sent: Vec<_> = request
            .headers()
            .get_all(trace_parent::NAME)
            .map(HeaderValue::as_bytes)
            .collect();
        trace::join(&span, TraceParent::read(&sent));
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let Ok(response) = outcome else {
            return;
        };
        span.record("status", response.status().as_u16());
        let refusal = response.response().extensions();
        span.record(
            "code",
            refusal.get::<Refusal>().map_or("ok", |refusal| refusal.code.as_str()),
        );
        if let Some(attempt) = Attempt::of(response.request()) {
            span.record("duration_ms", millis(attempt.borrow().started.elapsed()));
        }
    }
}

/// A method that a caller made up is not written down.
fn known(method: &Method) -> &str {
    let standard = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if standard.contains(method) {
        method.as_str()
    } else {
        "other"
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    use actix_web::{App, middleware::from_fn, test as actix};
    use tracing::{
        Subscriber,
        field::{Field, Visit},
        span::{Attributes, Id, Record},
    };
    use tracing_actix_web::TracingLogger;
    use tracing_subscriber::{
        Layer,
        layer::{Context, SubscriberExt as _},
    };

    use super::*;
    use crate::http::{rim, routes};

    /// Every field of every span, as it was last recorded.
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<BTreeMap<String, String>>>);

    impl Visit for Seen {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            self.0
                .lock()
                .unwrap()
                .insert(field.name().to_owned(), format!("{value:?}"));
        }
    }

    impl<S: Subscriber> Layer<S> for Seen {
        fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
            attributes.record(&mut self.clone());
        }

        fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
            values.record(&mut self.clone());
        }
    }

    async fn fields_of(request: actix::TestRequest) -> BTreeMap<String, String> {
        let seen = Seen::default();
        let _until_the_end = tracing::subscriber::set_default(tracing_subscriber::registry().with(seen.clone()));
        let app = App::new()
            .configure(routes)
            .wrap(TracingLogger::<RootSpan>::new())
            .wrap(from_fn(rim));
        let app = actix::init_service(app).await;
        let _answer = actix::call_service(&app, request.to_request()).await;
        let fields = seen.0.lock().unwrap();
        fields.clone()
    }

    #[actix_web::test]
    async fn the_span_has_these_fields_and_nothing_of_the_request() {
        let id = "0b0e7c9e-5b1f-4c57-9a53-5e0f0c7d4b11";
        let request = actix::TestRequest::delete()
            .uri("/v1/embeddable/consultation/view?patientKey=canary")
            .insert_header(("x-request-id", id))
            .insert_header(("user-agent", "canary"));
        let mut fields = fields_of(request).await;
        assert!(fields.remove("duration_ms").is_some());
        let expected = [
            ("otel.kind", "\"server\"".to_owned()),
            ("code", "\"method_not_allowed\"".to_owned()),
            ("method", "\"DELETE\"".to_owned()),
            ("request_id", format!("{id:?}")),
            ("route", "\"/v1/embeddable/consultation/view\"".to_owned()),
            ("status", "405".to_owned()),
        ];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value)).into());
    }

    #[actix_web::test]
    async fn what_a_caller_made_up_is_not_in_the_span() {
        let method = Method::from_bytes(b"CANARY").unwrap();
        let fields = fields_of(actix::TestRequest::default().method(method).uri("/canary")).await;
        assert_eq!(
            (fields["method"].as_str(), fields["route"].as_str()),
            ("\"other\"", "\"none\"")
        );
        assert!(!format!("{fields:?}").to_lowercase().contains("canary"));
    }
}
