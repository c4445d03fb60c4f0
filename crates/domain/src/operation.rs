//! What an attempt asks for, as it is recorded.

use super::empego::Endpoint;

/// One of the operations that end with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A launch of Empego's app, or an explanation of one.
    Embeddable(Endpoint),
    /// A launch of Junction's app.
    JunctionLaunch,
    /// An address for Junction's Fast Launch.
    JunctionFastLaunch,
    /// A browser that Junction sent to have its session continued.
    JunctionContinuation,
}

impl Operation {
    /// As in logs and metrics; in the place of the endpoint, since to an operator they are the same.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Embeddable(endpoint) => endpoint.tail(),
            Self::JunctionLaunch => "junction/launch",
            Self::JunctionFastLaunch => "junction/fast-launch",
            Self::JunctionContinuation => "junction/session-continuation",
        }
    }
}
