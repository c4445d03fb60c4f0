//! What became of an attempt, as it is recorded.

use super::code::Code;

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The response was what the caller asked for.
    Well,
    /// It was told what a launch would come to, and nothing was sent.
    Explained,
    /// It was refused.
    Refused(Code),
    /// No client waited for the response.
    ClientGone,
}

impl Outcome {
    /// As in logs and metrics: the error's code, `ok`, `explained` or `client_gone`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Explained => "explained",
            Self::Refused(code) => code.as_str(),
            Self::ClientGone => "client_gone",
        }
    }
}
