//! Why there is no embed URL.

use std::{borrow::Cow, time::Duration};

use super::{
    code::Code,
    fault::{FieldError, FieldErrors},
    reason::Reason,
    vendor::Vendor,
};

/// Seconds after which a caller may come back if an upstream is busy and names no time.
const DEFAULT_RETRY_AFTER: u64 = 1;

/// Why there is no embed URL, in full: what an answer and a log line are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which row of the table.
    pub code: Code,
    /// Where and why it was born.
    pub reason: Reason,
    /// HTTP status of the answer: the table's, or the upstream's own where the table passes it on.
    pub status: u16,
    /// Every error in the request, where the code is about its contents.
    pub errors: Vec<FieldError>,
    /// Which upstream it is about, and what came back from it; there for, and only for, reasons that are about one.
    pub upstream: Option<UpstreamAnswer>,
    /// Seconds after which the caller may try again.
    pub retry_after_secs: Option<u64>,
    /// Whether trying the same launch again may help: the table's word, but for `upstream_unreachable` where it
    /// depends on whether anything was sent.
    pub retryable: bool,
}

/// What an upstream said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamAnswer {
    /// Whose it is.
    pub vendor: Vendor,
    /// Its HTTP status; none if no answer came.
    pub status: Option<u16>,
    /// The `message` of its error body: shown to hosts that may see explanations, never logged.
    pub message: Option<String>,
    /// Why no answer came: for the log.
    pub cause: Option<&'static str>,
}

impl Refusal {
    /// A refusal as the row of its code in the table has it.
    #[must_use]
    pub fn new(reason: Reason) -> Self {
        let code = reason.code();
        Self {
            code,
            reason,
            status: code.status(),
            errors: Vec::new(),
            upstream: reason.upstream().map(UpstreamAnswer::none),
            retry_after_secs: None,
            retryable: code.is_retryable(),
        }
    }

    /// How an upstream responded, with when it asked to be called again: passed on to callers if it is busy.
    #[must_use]
    pub fn answered(reason: Reason, status: u16, message: Option<String>, asked: Option<Duration>) -> Self {
        let is_busy = reason.code() == Code::UpstreamBusy;
        let after = asked.map_or(DEFAULT_RETRY_AFTER, |after| after.as_secs().max(1));
        Self {
            upstream: reason.upstream().map(|vendor| UpstreamAnswer {
                status: Some(status),
                message,
                ..UpstreamAnswer::none(vendor)
            }),
            retry_after_secs: is_busy.then_some(after),
            ..Self::new(reason)
        }
    }

    /// An upstream that could not be reached. Trying again may help if nothing was sent.
    #[must_use]
    pub fn unreachable(reason: Reason, may_have_been_sent: bool, cause: &'static str) -> Self {
        Self {
            retryable: !may_have_been_sent,
            upstream: reason.upstream().map(|vendor| UpstreamAnswer {
                cause: Some(cause),
                ..UpstreamAnswer::none(vendor)
            }),
            ..Self::new(reason)
        }
    }

    /// The sentence people read.
    #[must_use]
    pub fn message(&self) -> Cow<'static, str> {
        self.code.message(self.reason.upstream())
    }

    /// The same refusal, naming the fields at fault.
    #[must_use]
    pub fn naming(mut self, errors: FieldErrors) -> Self {
        self.errors = errors.into_vec();
        self
    }
}

impl UpstreamAnswer {
    /// Nothing came back, or nothing was asked.
    const fn none(vendor: Vendor) -> Self {
        Self {
            vendor,
            status: None,
            message: None,
            cause: None,
        }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}
