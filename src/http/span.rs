//! The span around a request. `tracing-actix-web`'s own would carry the query and the caller's address.

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use tracing::{Span, field::Empty};
use tracing_actix_web::RootSpanBuilder;

use super::{attempt::Attempt, record::millis};
use crate::domain::refusal::Refusal;

/// Route template, method, request id; status, code and duration once they are known.
#[derive(Debug, Clone, Copy)]
pub struct RootSpan;

impl RootSpanBuilder for RootSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let route = request.match_pattern();
        let extensions = request.extensions();
        let request_id = extensions.get::<Attempt>().map(|attempt| attempt.request_id.as_str());
        tracing::info_span!(
            "request",
            route = route.as_deref().unwrap_or("none"),
            method = known(request.method()),
            request_id,
            status = Empty,
            code = Empty,
            duration_ms = Empty,
        )
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
        if let Some(attempt) = response.request().extensions().get::<Attempt>() {
            span.record("duration_ms", millis(attempt.started.elapsed()));
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
