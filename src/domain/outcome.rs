//! What became of an attempt, as it is recorded.

use super::refusal::Code;

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was answered as asked.
    Well,
    /// It was refused.
    Refused(Code),
    /// Nobody waited for the answer.
    ClientGone,
}

impl Outcome {
    /// As in logs and metrics: the error's code, `ok` or `client_gone`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Refused(code) => code.as_str(),
            Self::ClientGone => "client_gone",
        }
    }
}

impl From<Option<Code>> for Outcome {
    fn from(code: Option<Code>) -> Self {
        code.map_or(Self::Well, Self::Refused)
    }
}
