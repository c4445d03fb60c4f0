//! What became of what was sent.

use std::time::Duration;

use crate::upstream::wire::NoAnswer;

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The repository has it, since now or already before.
    Kept,
    /// The repository will never take it, by this status.
    Refused(u16),
    /// It is to be sent again: the repository responded with this status for it.
    Again(u16),
}

/// Why nothing is known of any event that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFed {
    /// No response.
    NoAnswer(NoAnswer),
    /// A response that is about the repository rather than about an event, and when it asks to come back.
    Status(u16, Option<Duration>),
    /// A response that does not say what became of the events.
    Unreadable,
}
