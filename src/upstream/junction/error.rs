//! What can come back instead of what was asked for, by meaning. None of it carries an address or a key.

use std::time::Duration;

use domain::{
    fault::{Fault, FieldErrors},
    junction::{JunctionCall, Plan},
    reason::Reason,
    refusal::Refusal,
};

use super::{
    detail::Detail,
    places,
    row::form_of,
    wording::{self, Said},
};
use crate::upstream::wire::{Method, NoAnswer, NoAnswerReasons};

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JunctionError {
    /// There was an answer.
    Answered {
        /// To which call.
        call: JunctionCall,
        /// What it means.
        meaning: Meaning,
        /// Its HTTP status.
        status: u16,
        /// What its body says.
        detail: Detail,
        /// When Junction asks to come back, if it does: at most an hour.
        retry_after: Option<Duration>,
    },
    /// There was none.
    NoAnswer(NoAnswer),
}

impl From<NoAnswer> for JunctionError {
    fn from(no_answer: NoAnswer) -> Self {
        Self::NoAnswer(no_answer)
    }
}

/// What an answer without what was asked for means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// 401: the key or the token is not accepted.
    Unauthorized,
    /// 403: it may not do this; or the member is not of the team.
    Forbidden,
    /// 404 or 410.
    NotFound,
    /// 409, where the body names nothing to go on with.
    Conflict,
    /// 400 or 422: the request.
    Rejected,
    /// 429 or 503: it asks the caller to retry later.
    Busy,
    /// A status that says nothing to the caller.
    Error,
    /// A success whose body says that what was asked for is not there yet.
    NotReady,
    /// A success whose body does not hold what it should.
    BadBody,
    /// A success other than the 200 that the call hoped for.
    OtherSuccess,
    /// A success whose body is compressed in a way that is not read here.
    Compressed,
    /// A URL that must not be shown.
    BadUrl,
}

impl Meaning {
    /// What a status means where it is not what a call hoped for.
    #[must_use]
    pub const fn of(status: u16) -> Self {
        match status {
            200 => Self::BadBody,
            201..=299 => Self::OtherSuccess,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 => Self::Conflict,
            400 | 422 => Self::Rejected,
            429 | 503 => Self::Busy,
            _other => Self::Error,
        }
    }

    /// Whether it is about what was asked for, so that its text is worth reading.
    const fn is_a_refusal(self) -> bool {
        match self {
            Self::NotFound | Self::Conflict | Self::Rejected => true,
            Self::Unauthorized
            | Self::Forbidden
            | Self::Busy
            | Self::Error
            | Self::NotReady
            | Self::BadBody
            | Self::OtherSuccess
            | Self::Compressed
            | Self::BadUrl => false,
        }
    }

    const fn reason(self) -> Reason {
        match self {
            Self::Unauthorized => Reason::JunctionRefusedKey,
            Self::Forbidden => Reason::JunctionForbids,
            Self::NotFound => Reason::JunctionKnowsNoSuch,
            Self::Conflict => Reason::JunctionSaysConflict,
            Self::Rejected => Reason::JunctionRefused,
            Self::Busy => Reason::JunctionIsBusy,
            Self::Error => Reason::JunctionFailed,
            Self::NotReady => Reason::NoDocument,
            Self::BadBody => Reason::JunctionSentNoAnswer,
            Self::OtherSuccess => Reason::JunctionSentOtherSuccess,
            Self::Compressed => Reason::JunctionSentCompressed,
            Self::BadUrl => Reason::JunctionSentBadUrl,
        }
    }
}

impl JunctionError {
    /// Whether it may be so because something that is remembered is gone.
    #[must_use]
    pub fn may_come_of_old_knowledge(&self) -> bool {
        match self {
            Self::NoAnswer(_) => false,
            Self::Answered { meaning, .. } => match meaning {
                Meaning::Forbidden | Meaning::NotFound | Meaning::Conflict | Meaning::Rejected => true,
                Meaning::Unauthorized
                | Meaning::Busy
                | Meaning::Error
                | Meaning::NotReady
                | Meaning::BadBody
                | Meaning::OtherSuccess
                | Meaning::Compressed
                | Meaning::BadUrl => false,
            },
        }
    }

    /// How this is reported to the caller of a launch, or of an order that is placed.
    #[must_use]
    pub fn into_refusal(self, plan: &Plan) -> Refusal {
        self.refusal(Names::Own {
            clinician: plan.clinician_place,
        })
    }

    /// How this is reported to the caller of anything else about orders.
    #[must_use]
    pub fn into_refusal_of_order(self) -> Refusal {
        self.refusal(Names::Own {
            clinician: "/clinician",
        })
    }

    /// How this is reported to a caller who wrote the request as Junction has it.
    #[must_use]
    pub fn into_refusal_as_sent(self) -> Refusal {
        self.refusal(Names::Junctions)
    }

    fn refusal(self, names: Names<'_>) -> Refusal {
        match self {
            Self::NoAnswer(no_answer) => no_answer.into_refusal(&NO_ANSWER),
            Self::Answered {
                call,
                meaning,
                status,
                detail,
                retry_after,
            } => {
                let said = if meaning.is_a_refusal() {
                    detail.message.as_deref()
                } else {
                    None
                };
                let said = said.and_then(|text| wording::of(call, text));
                let mut errors = names.at_fault(call, &detail.places);
                let reason = match said {
                    Some(Said::Reason(reason)) => {
                        return Refusal::answered(reason, status, detail.message, retry_after);
                    }
                    // Places say more than words do.
                    Some(Said::Field(field)) if errors.is_empty() => {
                        names.add_known_by_text(field, &mut errors);
                        meaning.reason()
                    }
                    Some(Said::Field(_)) | None => meaning.reason(),
                };
                let refusal = Refusal::answered(reason, status, detail.message, retry_after);
                match meaning {
                    Meaning::Rejected => Refusal { status, ..refusal }.naming(errors),
                    // The key is the gateway's: with Empego's documented 401, a front end would take it for its own.
                    Meaning::Unauthorized => Refusal { status: 502, ..refusal },
                    Meaning::Forbidden
                    | Meaning::NotFound
                    | Meaning::Conflict
                    | Meaning::Busy
                    | Meaning::Error
                    | Meaning::NotReady
                    | Meaning::BadBody
                    | Meaning::OtherSuccess
                    | Meaning::Compressed
                    | Meaning::BadUrl => refusal,
                }
            }
        }
    }
}

const NO_ANSWER: NoAnswerReasons = NoAnswerReasons {
    connect_timeout: Reason::JunctionConnectsTooSlowly,
    timeout: Reason::JunctionAnswersTooSlowly,
    unreachable: Reason::JunctionUnreachableNow,
};

/// A call without a body has its values in its query.
fn as_sent(call: JunctionCall, names: &[&str]) -> String {
    let (method, _) = form_of(call);
    let start = if method == Method::GET { "/query" } else { "" };
    format!("{start}/{}", names.join("/"))
}

/// By whose names the caller wrote its request.
#[derive(Clone, Copy)]
enum Names<'a> {
    /// The gateway's; the clinician stands here.
    Own { clinician: &'a str },
    /// Junction's.
    Junctions,
}

impl Names<'_> {
    /// The caller's fields that Junction's places stand for, as far as they are the caller's at all.
    fn at_fault(self, call: JunctionCall, places: &[Vec<String>]) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for place in places {
            let names: Vec<_> = place.iter().map(String::as_str).collect();
            let fields = match self {
                Self::Own { clinician } => places::fields(call, &names, clinician),
                Self::Junctions => vec![as_sent(call, &names)],
            };
            for field in fields {
                errors.add(field, Fault::RefusedByJunction);
            }
        }
        errors
    }

    /// A text names a field only by the gateway's name for it.
    fn add_known_by_text(self, field: &'static str, errors: &mut FieldErrors) {
        match self {
            Self::Own { .. } => errors.add(field, Fault::RefusedByJunction),
            Self::Junctions => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an error of this status and body is reported as, for a call that places an order.
    fn reported(call: JunctionCall, status: u16, body: &str) -> Refusal {
        let error = JunctionError::Answered {
            call,
            meaning: Meaning::of(status),
            status,
            detail: Detail::read(body.as_bytes(), &[]),
            retry_after: None,
        };
        error.into_refusal_of_order()
    }

    #[test]
    fn every_form_of_error_is_reported_with_its_code_and_field() {
        let order = JunctionCall::CreateOrder;
        let zip = r#"{"detail":[{"loc":["body","patient_address","zip"],"msg":"too short","type":"x"}]}"#;
        let answer = r#"{"detail":[{"loc":["body","aoe_answers",0,"answer"],"msg":"required","type":"x"}]}"#;
        let rows = [
            (
                order,
                422,
                zip,
                "upstream_rejected",
                422,
                Some("/address/zip"),
                "a list",
            ),
            (
                order,
                422,
                answer,
                "upstream_rejected",
                422,
                Some("/aoeAnswers/0/answer"),
                "a place in a list",
            ),
            (
                order,
                400,
                r#"{"detail":"Phone number is not correct"}"#,
                "upstream_rejected",
                400,
                Some("/patient/demographics/phoneNumber"),
                "a text",
            ),
            (
                order,
                422,
                r#"{"detail":[{"loc":["body","patient_details","medical_proxy","phone_number"],"msg":"Invalid phone number"}]}"#,
                "upstream_rejected",
                422,
                Some("/patient/demographics/medicalProxy"),
                "a text and a place",
            ),
            (
                order,
                400,
                r#"{"detail":{"error_message":"Lab test is not active"}}"#,
                "upstream_rejected",
                400,
                None,
                "an object",
            ),
            (
                order,
                500,
                "<html>Internal Server Error</html>",
                "upstream_error",
                502,
                None,
                "a page",
            ),
        ];
        for (call, status, body, code, reported_status, field, reason) in rows {
            let refusal = reported(call, status, body);
            assert_eq!(
                (refusal.code.as_str(), refusal.status),
                (code, reported_status),
                "{reason}"
            );
            let fields: Vec<_> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(fields, field.into_iter().collect::<Vec<_>>(), "{reason}");
        }
    }

    #[test]
    fn a_text_of_a_refusal_finds_a_better_code() {
        let rows = [
            (
                JunctionCall::BookVisit,
                500,
                r#"{"detail":"Invalid or expired booking key"}"#,
                "upstream_error",
                502,
                "the same of a failure",
            ),
            (
                JunctionCall::BookVisit,
                400,
                r#"{"detail":"Invalid or expired booking key"}"#,
                "slot_taken",
                409,
                "a key that is used up",
            ),
            (
                JunctionCall::CancelOrder,
                400,
                r#"{"error":"Bad Request","message":"Transition from completed to cancelled is not allowed","status_code":400}"#,
                "not_cancellable",
                409,
                "the form of one guide",
            ),
            (
                JunctionCall::GetVisit,
                404,
                r#"{"detail":"This order doesn't have a phlebotomy order."}"#,
                "junction_not_found",
                404,
                "an order of another kind",
            ),
        ];
        for (call, status, body, code, reported_status, reason) in rows {
            let refusal = reported(call, status, body);
            assert_eq!(
                (refusal.code.as_str(), refusal.status),
                (code, reported_status),
                "{reason}"
            );
            assert!(refusal.errors.is_empty(), "{reason}");
        }
    }

    #[test]
    fn a_request_in_junctions_own_form_is_reported_by_its_names() {
        let body = r#"{"detail":[{"loc":["body","patient_address","zip"],"msg":"Phone number","type":"x"}]}"#;
        let error = JunctionError::Answered {
            call: JunctionCall::CreateOrder,
            meaning: Meaning::Rejected,
            status: 422,
            detail: Detail::read(body.as_bytes(), &[]),
            retry_after: None,
        };
        let refusal = error.into_refusal_as_sent();
        let fields: Vec<_> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!((refusal.status, fields), (422, vec!["/patient_address/zip"]));
    }

    #[test]
    fn a_document_that_is_not_there_yet_is_worth_asking_for_again() {
        let error = JunctionError::Answered {
            call: JunctionCall::GetResultsPdf,
            meaning: Meaning::NotReady,
            status: 200,
            detail: Detail::default(),
            retry_after: None,
        };
        let refusal = error.into_refusal_of_order();
        assert_eq!(
            (refusal.code.as_str(), refusal.status, refusal.retryable),
            ("results_not_ready", 404, true)
        );
    }
}
