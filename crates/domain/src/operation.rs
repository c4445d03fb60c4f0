//! What an attempt asks for, as it is recorded.

/// The explanation of a token, which is about no endpoint.
pub const EXPLAIN_TOKEN: Operation = Operation::named("explain");

/// A frame or window that opens what was launched, by the ticket that stood for it.
pub const FRAME: Operation = Operation::named("frame");

/// One of the operations that end with a URL. Which there are, each vendor says: this is their common name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation(&'static str);

impl Operation {
    /// An operation of this name. It stands in logs and metrics in the place of the endpoint, since to an operator they are
    /// the same.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}
