//! One record per attempt, whatever became of it: a log line and figures. The line has what an operator needs and nothing
//! about a person.

use std::{cell::RefCell, rc::Rc, time::Duration};

use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    web::Data,
};
use domain::{
    code::{Code, Source},
    operation::Operation,
    outcome::Outcome,
    refusal::Refusal,
};
use uuid::Uuid;

use super::attempt::Attempt;
use crate::gateway::{Decided, Gateway};

/// Sees to it that an attempt is recorded once: when it is answered, or else when it is given up because its client has
/// gone.
pub(in crate::http) struct Record {
    attempt: Rc<RefCell<Attempt>>,
    gateway: Option<Data<Gateway>>,
    is_written: bool,
}

impl Record {
    /// Watches over an attempt that has just begun.
    pub(in crate::http) fn of(attempt: &Rc<RefCell<Attempt>>, request: &ServiceRequest) -> Self {
        Self {
            attempt: Rc::clone(attempt),
            gateway: request.app_data::<Data<Gateway>>().cloned(),
            is_written: false,
        }
    }

    /// Writes the record of an answered attempt.
    pub(in crate::http) fn answered(mut self, response: &ServiceResponse<BoxBody>) {
        let extensions = response.response().extensions();
        self.write(Some(response.status().as_u16()), extensions.get::<Refusal>(), None);
    }

    fn write(&mut self, status: Option<u16>, refusal: Option<&Refusal>, unanswered: Option<Outcome>) {
        self.is_written = true;
        let attempt = self.attempt.borrow();
        let outcome = unanswered.unwrap_or_else(|| match refusal {
            Some(refusal) => Outcome::Refused(refusal.code),
            None if attempt.is_explained => Outcome::Explained,
            None => Outcome::Well,
        });
        let took = attempt.started.elapsed();
        if let Some(gateway) = &self.gateway {
            let tenant = attempt.caller.as_ref().map(|caller| &caller.tenant.id);
            gateway.metrics.attempted(attempt.operation, tenant, outcome, took);
        }
        log(&attempt, status, refusal, outcome, took);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if !self.is_written {
            let unanswered = if std::thread::panicking() {
                Outcome::Refused(Code::Internal)
            } else {
                Outcome::ClientGone
            };
            self.write(None, None, Some(unanswered));
        }
    }
}

fn log(attempt: &Attempt, status: Option<u16>, refusal: Option<&Refusal>, outcome: Outcome, took: Duration) {
    let request_id = attempt.request_id.as_str();
    let mut buffer = Uuid::encode_buffer();
    let attempt_id = &*attempt.id.hyphenated().encode_lower(&mut buffer);
    let endpoint = attempt.operation.map(Operation::as_str);
    let host = attempt.caller.as_ref().map(|caller| &*caller.host.id);
    let tenant = attempt.caller.as_ref().map(|caller| &*caller.tenant.id);
    let candidate = attempt.candidate.as_deref();
    let Decided {
        intent,
        identity,
        feature,
        modality,
    } = attempt.progress.decided.get();
    let intent = intent.or(attempt.intent);
    let code = outcome.as_str();
    let reason = refusal.map(|refusal| refusal.reason.as_str());
    let source = refusal.map(|refusal| refusal.code.source().as_str());
    let answer = refusal.and_then(|refusal| refusal.upstream.as_ref());
    let upstream = answer.map(|answer| answer.vendor.as_str());
    let upstream_status = answer.and_then(|answer| answer.status);
    let cause = answer.and_then(|answer| answer.cause);
    let attempts = attempt.progress.calls();
    let upstream_ms = (attempts > 0).then(|| millis(attempt.progress.calls_took()));
    let launch_ms = attempt.launch_took.map(millis);
    let duration_ms = millis(took);

    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                request_id,
                attempt_id,
                endpoint,
                host,
                tenant,
                candidate,
                intent,
                identity,
                feature,
                modality,
                status,
                code,
                reason,
                source,
                upstream,
                upstream_status,
                cause,
                attempts,
                upstream_ms,
                launch_ms,
                duration_ms,
                "attempt"
            )
        };
    }
    match outcome {
        Outcome::Refused(Code::Internal) => line!(error),
        Outcome::Refused(code) if code.source() != Source::Caller => line!(warn),
        Outcome::Refused(_) | Outcome::Well | Outcome::Explained | Outcome::ClientGone => line!(info),
    }
}

/// Milliseconds with microseconds behind the point.
pub(in crate::http) fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
