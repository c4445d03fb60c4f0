//! `identity`: who says who acts at a host.

/// `identity`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// The host's server.
    Asserted,
    /// The issuer of the clinician's token.
    Token,
}
