//! One record per attempt, whatever became of it: a log line and figures. The line has what an operator needs and nothing
//! about a person.

use std::{
    cell::RefCell,
    net::IpAddr,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    ResponseError as _,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::VARY,
    web::Data,
};
use domain::{code::Code, operation::Operation, outcome::Outcome, refusal::Refusal};

use uuid::Uuid;

use super::{
    attempt::Attempt,
    audit_record::{self, Answer},
    caller::caller_address,
    failure::Failure,
};
use crate::{
    audit::{Audit, UnderWay},
    gateway::{Decided, Gateway},
    telemetry::attempt_line::AttemptLine,
};

/// Sees to it that an attempt is recorded once: when the gateway responds, or else when it gives the attempt up because
/// its client has gone.
pub(in crate::http) struct Record {
    attempt: Rc<RefCell<Attempt>>,
    gateway: Option<Data<Gateway>>,
    from: Option<IpAddr>,
    /// Whether the audit trail has it, or will say that it could not be kept.
    is_kept: bool,
    is_written: bool,
    /// Lets records of attempts that are in flight together be written together.
    _under_way: Option<UnderWay>,
}

impl Record {
    /// Watches over an attempt that has just begun.
    pub(in crate::http) fn of(attempt: &Rc<RefCell<Attempt>>, request: &ServiceRequest) -> Self {
        let gateway = request.app_data::<Data<Gateway>>().cloned();
        let audit = gateway.as_ref().and_then(|gateway| gateway.audit.as_ref());
        Self {
            _under_way: audit.map(|audit| audit.under_way()),
            attempt: Rc::clone(attempt),
            gateway,
            from: caller_address(request.request()),
            is_kept: false,
            is_written: false,
        }
    }

    /// Keeps an attempt in the audit trail, and returns when that is durable: before its response leaves. A response whose record
    /// is not kept must not leave, whatever is in it.
    pub(in crate::http) async fn kept(&mut self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let Some((audit, gateway)) = self.audit() else {
            return response;
        };
        let began = Instant::now();
        let (record, until) = {
            let mut attempt = self.attempt.borrow_mut();
            let extensions = response.response().extensions();
            let refusal = extensions.get::<Refusal>();
            let outcome = outcome(&attempt, refusal);
            if proved_nothing(&attempt, outcome) {
                audit.stranger(outcome.as_str());
            }
            let answer = Answer {
                outcome,
                status: Some(response.status().as_u16()),
                refusal,
            };
            let record = audit_record::of(&mut attempt, &answer, &audit.policy(), self.from);
            (record, attempt.until)
        };
        // Whatever becomes of the client from here on, there is one record.
        self.is_kept = true;
        let Some(record) = record else { return response };
        let kept = audit.record(record, until).await;
        gateway.metrics.audit.waited(began.elapsed());
        match kept {
            Ok(()) => response,
            Err((refusal, why)) => {
                gateway.metrics.audit.failed(why.as_str());
                refused_instead(response, refusal)
            }
        }
    }

    /// Writes the log line of an attempt that has its response.
    pub(in crate::http) fn answered(mut self, response: &ServiceResponse<BoxBody>) {
        let extensions = response.response().extensions();
        self.write(Some(response.status().as_u16()), extensions.get::<Refusal>(), None);
    }

    fn audit(&self) -> Option<(Arc<Audit>, Data<Gateway>)> {
        let gateway = self.gateway.as_ref()?;
        Some((Arc::clone(gateway.audit.as_ref()?), gateway.clone()))
    }

    /// Keeps an attempt whose client has gone.
    fn keep_unanswered(&self, outcome: Outcome) {
        let Some((audit, _)) = self.audit() else { return };
        let mut attempt = self.attempt.borrow_mut();
        if proved_nothing(&attempt, outcome) {
            audit.stranger(outcome.as_str());
        }
        let answer = Answer {
            outcome,
            status: None,
            refusal: None,
        };
        if let Some(record) = audit_record::of(&mut attempt, &answer, &audit.policy(), self.from) {
            audit.record_later(record);
        }
    }

    fn write(&mut self, status: Option<u16>, refusal: Option<&Refusal>, unanswered: Option<Outcome>) {
        self.is_written = true;
        let attempt = self.attempt.borrow();
        let outcome = unanswered.unwrap_or_else(|| outcome(&attempt, refusal));
        let took = attempt.started.elapsed();
        if let Some(gateway) = &self.gateway {
            let tenant = attempt.caller.as_ref().map(|caller| &caller.tenant.id);
            let tenant = tenant.or(attempt.opened.as_ref().map(|opened| &opened.tenant));
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
            if !self.is_kept {
                self.keep_unanswered(unanswered);
            }
            self.write(None, None, Some(unanswered));
        }
    }
}

/// Whether it is counted as a stranger's. An event of Junction's has no caller either, and proves by its signature what it is.
fn proved_nothing(attempt: &Attempt, outcome: Outcome) -> bool {
    attempt.caller.is_none() && attempt.operation.is_some() && outcome != Outcome::Well
}

fn outcome(attempt: &Attempt, refusal: Option<&Refusal>) -> Outcome {
    match refusal {
        Some(refusal) => Outcome::Refused(refusal.code),
        None if attempt.is_explained => Outcome::Explained,
        None => Outcome::Well,
    }
}

/// The response in the place of one whose record was not kept. A browser may read it where it could have read the other.
fn refused_instead(response: ServiceResponse<BoxBody>, refusal: Refusal) -> ServiceResponse<BoxBody> {
    let mut refused = Failure::from(refusal).error_response();
    for (name, value) in response.headers() {
        if *name == VARY || name.as_str().starts_with("access-control-") {
            refused.headers_mut().append(name.clone(), value.clone());
        }
    }
    response.into_response(refused)
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
    let (caller, opened) = (attempt.caller.as_ref(), attempt.opened.as_ref());
    let host = caller.map(|caller| &*caller.host.id);
    let tenant = caller.map(|caller| &*caller.tenant.id);
    let line = AttemptLine {
        request_id: attempt.request_id.as_str(),
        attempt_id: attempt.id.hyphenated().encode_lower(&mut buffer),
        endpoint: attempt.operation.map(Operation::as_str),
        host: host.or(opened.map(|opened| &*opened.host)),
        tenant: tenant.or(opened.map(|opened| &*opened.tenant)),
        launch: opened.map(|opened| opened.launch.as_str()),
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
