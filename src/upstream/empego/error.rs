//! What can come back instead of a URL, by meaning. None of it carries an address or a key.

use std::time::Duration;

use domain::{
    empego::Plan,
    fault::{Fault, FieldErrors},
    reason::Reason,
    refusal::Refusal,
};

use crate::upstream::wire::{NoAnswer, NoAnswerReasons};

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
    /// A 400 whose message is compressed in a way that is not read here.
    RejectedCompressed,
    /// A status that says nothing to the caller.
    Error,
    /// It asks the caller to retry later.
    Busy,
    /// 200, and no URL in it.
    BadBody,
    /// A success other than 200, whatever is in it.
    OtherSuccess,
    /// 200, and compressed in a way that is not read here.
    Compressed,
    /// 200, and a URL that must not be shown.
    BadUrl,
}

impl EmpegoError {
    /// How this is reported to the caller.
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
                let refusal = Refusal::answered(meaning.reason(), status, message, retry_after);
                match meaning {
                    Meaning::Rejected | Meaning::RejectedCompressed => Refusal { status, ..refusal },
                    Meaning::UserFieldsMissing => refusal.naming(required(&plan.missing_of_new_user)),
                    Meaning::HeaderRejected
                    | Meaning::AuthenticationFailed
                    | Meaning::Error
                    | Meaning::Busy
                    | Meaning::BadBody
                    | Meaning::OtherSuccess
                    | Meaning::Compressed
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

const NO_ANSWER: NoAnswerReasons = NoAnswerReasons {
    connect_timeout: Reason::EmpegoConnectTimeout,
    timeout: Reason::EmpegoTimeout,
    unreachable: Reason::EmpegoUnreachable,
};

impl Meaning {
    const fn reason(self) -> Reason {
        match self {
            Self::HeaderRejected => Reason::EmpegoRefusedHeader,
            Self::UserFieldsMissing => Reason::EmpegoMissesFields,
            Self::AuthenticationFailed => Reason::EmpegoRefusedKey,
            Self::Rejected => Reason::EmpegoRefused,
            Self::RejectedCompressed => Reason::EmpegoRefusedCompressed,
            Self::Error => Reason::EmpegoFailed,
            Self::Busy => Reason::EmpegoBusy,
            Self::BadBody => Reason::EmpegoSentNoUrl,
            Self::OtherSuccess => Reason::EmpegoSentOtherSuccess,
            Self::Compressed => Reason::EmpegoSentCompressed,
            Self::BadUrl => Reason::EmpegoSentBadUrl,
        }
    }
}
