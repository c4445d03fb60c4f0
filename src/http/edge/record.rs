//! One record per attempt, whatever became of it: a log line and figures. The line has what an operator needs and nothing
//! about a person.

use std::{cell::RefCell, rc::Rc, time::Duration};

use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    web::Data,
};
use domain::{code::Code, operation::Operation, outcome::Outcome, refusal::Refusal};
use uuid::Uuid;

use super::attempt::Attempt;
use crate::{
    gateway::{Decided, Gateway},
    telemetry::attempt_line::AttemptLine,
};

/// Sees to it that an attempt is recorded once: when the gateway responds, or else when it gives the attempt up because
/// its client has gone.
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

    /// Writes the record of an attempt that has its response.
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
    let mut buffer = Uuid::encode_buffer();
    let Decided {
        intent,
        identity,
        feature,
        modality,
    } = attempt.progress.decided.get();
    let answer = refusal.and_then(|refusal| refusal.upstream.as_ref());
    let attempts = attempt.progress.calls();
    let line = AttemptLine {
        request_id: attempt.request_id.as_str(),
        attempt_id: attempt.id.hyphenated().encode_lower(&mut buffer),
        endpoint: attempt.operation.map(Operation::as_str),
        host: attempt.caller.as_ref().map(|caller| &*caller.host.id),
        tenant: attempt.caller.as_ref().map(|caller| &*caller.tenant.id),
        candidate: attempt.candidate.as_deref(),
        intent: intent.or(attempt.intent),
        identity,
        feature,
        modality,
        status,
        code: outcome.as_str(),
        reason: refusal.map(|refusal| refusal.reason.as_str()),
        source: refusal.map(|refusal| refusal.code.source().as_str()),
        upstream: answer.map(|answer| answer.vendor.as_str()),
        upstream_status: answer.and_then(|answer| answer.status),
        cause: answer.and_then(|answer| answer.cause),
        attempts,
        upstream_ms: (attempts > 0).then(|| millis(attempt.progress.calls_took())),
        launch_ms: attempt.launch_took.map(millis),
        duration_ms: millis(took),
    };
    line.write(outcome);
}

/// Milliseconds with microseconds behind the point.
pub(in crate::http) fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
