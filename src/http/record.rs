//! One log line per attempt, whatever became of it. The line has what an operator needs and nothing about a person.

use actix_web::{body::BoxBody, dev::ServiceResponse};

use super::attempt::Attempt;
use crate::domain::{
    endpoint::Endpoint,
    intent::{Identity, Intent},
    refusal::{Code, Refusal, Source},
};

/// Writes the record of an answered request.
pub(super) fn write(attempt: &Attempt, response: &ServiceResponse<BoxBody>) {
    let extensions = response.response().extensions();
    let refusal = extensions.get::<Refusal>();
    let request_id = attempt.request_id.as_str();
    let endpoint = attempt.endpoint.map(Endpoint::tail);
    let host = attempt.caller.as_ref().map(|caller| caller.host.id.as_str());
    let tenant = attempt.caller.as_ref().map(|caller| caller.tenant.id.as_str());
    let intent = attempt.intent.map(Intent::as_str);
    let identity = attempt.identity.map(Identity::as_str);
    let status = response.status().as_u16();
    let code = refusal.map_or("ok", |refusal| refusal.code.as_str());
    let source = refusal.map(|refusal| refusal.code.source().as_str());
    let upstream_status = refusal.and_then(|refusal| refusal.upstream.as_ref()?.status);
    let duration_ms = millis(attempt.started.elapsed());
    let launch_ms = attempt.launch_took.map(millis);

    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                request_id,
                endpoint,
                host,
                tenant,
                intent,
                identity,
                status,
                code,
                source,
                upstream_status,
                duration_ms,
                launch_ms,
                "attempt"
            )
        };
    }
    match refusal.map(|refusal| (refusal.code, refusal.code.source())) {
        Some((Code::Internal, _)) => line!(error),
        Some((_, Source::Upstream | Source::Gateway)) => line!(warn),
        Some((_, Source::Caller)) | None => line!(info),
    }
}

/// Milliseconds with microseconds behind the point.
pub(super) fn millis(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
