//! Why there is no answer. None of it carries an address or a key.

use domain::{reason::Reason, refusal::Refusal};

/// A call that got no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    Timeout,
    /// No connection, or one that broke.
    Unreachable {
        /// Whether the upstream may have seen the call, and acted on it.
        may_have_been_sent: bool,
        /// What went wrong.
        cause: Cause,
    },
    /// Nothing was sent: the call could not be built, or would have gone out unencrypted. A bug, ours or an issuer's.
    Unsendable,
}

/// What an upstream's silence is called: each upstream has reasons of its own.
#[derive(Debug, Clone, Copy)]
pub struct NoAnswerReasons {
    /// No connection in time.
    pub connect_timeout: Reason,
    /// No answer in time.
    pub timeout: Reason,
    /// No connection, or one that broke.
    pub unreachable: Reason,
}

impl NoAnswer {
    /// How this is reported to the caller.
    #[must_use]
    pub fn into_refusal(self, reasons: &NoAnswerReasons) -> Refusal {
        match self {
            Self::ConnectTimeout => reasons.connect_timeout.into(),
            Self::Timeout => reasons.timeout.into(),
            Self::Unreachable {
                may_have_been_sent,
                cause,
            } => Refusal::unreachable(reasons.unreachable, may_have_been_sent, cause.as_str()),
            Self::Unsendable => Reason::NotSendable.into(),
        }
    }
}

/// What went wrong with a connection: for the operator, who has to know where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The name could not be resolved.
    Dns,
    /// No process listens there.
    Refused,
    /// No TLS.
    Tls(TlsFault),
    /// The house's proxy could not be reached, or did not let the request pass.
    Proxy,
    /// It broke, or what came was no HTTP.
    Broken,
    /// None of these.
    Other,
}

/// Why there is no TLS, as far as that tells an operator what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate was signed by an authority that the gateway does not trust.
    UnknownAuthority,
    /// The certificate is another name's.
    OtherName,
    /// The certificate has expired, or is not valid yet.
    OtherTime,
    /// None of these.
    Other,
}

impl Cause {
    /// As in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Tls(_) => "tls",
            Self::Proxy => "proxy",
            Self::Broken => "broken",
            Self::Other => "other",
        }
    }
}
