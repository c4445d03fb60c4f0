//! What can come back instead of a URL, by meaning. None of it carries an address or a key.

use crate::domain::{
    field::{Fault, FieldErrors},
    launch::Plan,
    refusal::{Code, Refusal, UpstreamAnswer},
};

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
        /// When Empego asks to come back.
        retry_after_secs: Option<u64>,
    },
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    Timeout,
    /// No connection, or one that broke.
    Unreachable {
        /// Whether Empego may have seen the call, and acted on it.
        may_have_been_sent: bool,
    },
    /// The call could not be built: a defect of ours.
    Unsendable,
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
            Self::ConnectTimeout => Code::UpstreamConnectTimeout.into(),
            Self::Timeout => Code::UpstreamTimeout.into(),
            Self::Unsendable => Code::Internal.into(),
            Self::Unreachable { may_have_been_sent } => Refusal {
                retryable: !may_have_been_sent,
                ..Code::UpstreamUnreachable.into()
            },
            Self::Answered {
                meaning,
                status,
                message,
                retry_after_secs,
            } => {
                let refusal = Refusal {
                    upstream: Some(UpstreamAnswer {
                        status: Some(status),
                        message,
                    }),
                    retry_after_secs,
                    ..meaning.code().into()
                };
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
