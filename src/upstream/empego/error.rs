//! What can come back instead of a URL, by meaning. None of it carries an address or a key.

use std::time::Duration;

use domain::{
    empego::Plan,
    fault::{Fault, FieldErrors},
    refusal::{Code, Refusal},
};

use crate::upstream::wire::{NoAnswer, NoAnswerCodes};

/// Why a call brought no embed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmpegoError {
    /// There was an answer.
    Answered {
        /// What it means.
        meaning: Meaning,
        /// Its HTTP status.
        status: u16,
        /// The `message` of its error body, at most 512 characters.
        message: Option<String>,
        /// When Empego asks to come back, if it does: at most an hour.
        retry_after: Option<Duration>,
    },
    /// There was none.
    NoAnswer(NoAnswer),
}

impl From<NoAnswer> for EmpegoError {
    fn from(no_answer: NoAnswer) -> Self {
        Self::NoAnswer(no_answer)
    }
}

/// What an answer without a usable URL means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Empego's documented 400 on the header.
    HeaderRejected,
    /// Empego's documented 400 on a new user's profile.
    UserFieldsMissing,
    /// Its 401: the API key, or a session that could not be created.
    AuthenticationFailed,
    /// Another refusal whose status says something to the caller.
    Rejected,
    /// A status that says nothing to the caller.
    Error,
    /// It asks for patience.
    Busy,
    /// 200, and no URL in it; or another success.
    BadBody,
    /// 200, and a URL that must not be shown.
    BadUrl,
}

impl EmpegoError {
    /// How the caller is told.
    #[must_use]
    pub fn into_refusal(self, plan: &Plan) -> Refusal {
        match self {
            Self::NoAnswer(no_answer) => no_answer.into_refusal(&NO_ANSWER),
            Self::Answered {
                meaning,
                status,
                message,
                retry_after,
            } => {
                let refusal = Refusal::answered(meaning.code(), status, message, retry_after);
                match meaning {
                    Meaning::Rejected => Refusal { status, ..refusal },
                    Meaning::UserFieldsMissing => refusal.naming(required(&plan.missing_of_new_user)),
                    Meaning::HeaderRejected
                    | Meaning::AuthenticationFailed
                    | Meaning::Error
                    | Meaning::Busy
                    | Meaning::BadBody
                    | Meaning::BadUrl => refusal,
                }
            }
        }
    }
}

fn required(places: &[String]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for place in places {
        errors.add(place, Fault::Required);
    }
    errors
}

const NO_ANSWER: NoAnswerCodes = NoAnswerCodes {
    connect_timeout: Code::UpstreamConnectTimeout,
    timeout: Code::UpstreamTimeout,
    unreachable: Code::UpstreamUnreachable,
};

impl Meaning {
    const fn code(self) -> Code {
        match self {
            Self::HeaderRejected => Code::UpstreamHeaderRejected,
            Self::UserFieldsMissing => Code::UpstreamUserFieldsMissing,
            Self::AuthenticationFailed => Code::UpstreamAuthenticationFailed,
            Self::Rejected => Code::UpstreamRejected,
            Self::Error => Code::UpstreamError,
            Self::Busy => Code::UpstreamBusy,
            Self::BadBody => Code::UpstreamBadBody,
            Self::BadUrl => Code::UpstreamBadUrl,
        }
    }
}
