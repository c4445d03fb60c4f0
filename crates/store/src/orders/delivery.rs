//! Delivering events to hosts: what is queued for which endpoint, and how each of them is doing.

use std::sync::Arc;

use jiff::Timestamp;

use super::StoredEvent;

/// An event that was taken to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is to be delivered.
    pub event: StoredEvent,
    /// How often that failed.
    pub attempts: u32,
}

/// A delivery that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When to try again; never if there is none.
    pub next: Option<Timestamp>,
    /// Why, in one word of the gateway's.
    pub error: String,
}

/// What is queued for an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// What is to be delivered.
    pub event: StoredEvent,
    /// How often that failed.
    pub attempts: u32,
    /// When it is tried next, unless it is dead.
    pub next_at: Timestamp,
    /// Whether it was given up.
    pub is_dead: bool,
    /// Why it last failed.
    pub last_error: Option<String>,
}

/// Which events are delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// Those that became known here at this time or later.
    pub since: Timestamp,
    /// Only those that were given up.
    pub dead_only: bool,
}

/// Why deliveries to an endpoint stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisabledFor {
    /// It said that it is gone for good.
    Gone,
    /// It failed for days, without one success.
    Failing,
}

impl DisabledFor {
    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    /// Of a stored word. One that is not known means that it fails.
    pub(crate) fn of_word(word: &str) -> Self {
        if word == Self::Gone.as_str() {
            Self::Gone
        } else {
            Self::Failing
        }
    }
}

/// How an endpoint is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndpointState {
    /// Since when, and why, nothing is delivered to it.
    pub disabled: Option<(Timestamp, DisabledFor)>,
    /// Since when every delivery has failed.
    pub failing_since: Option<Timestamp>,
    /// When one last succeeded.
    pub delivered_at: Option<Timestamp>,
}

/// How much there is to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many orders have to be read.
    pub dirty: u64,
    /// Since when the one that waits longest has to be.
    pub oldest_dirty: Option<Timestamp>,
    /// What is queued, for each endpoint with a queue or a state.
    pub endpoints: Vec<EndpointCounts>,
    /// When each of the gateway's own endpoints last received a webhook.
    pub received: Vec<LastReceipt>,
}

/// What is queued for an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointCounts {
    /// Its name.
    pub endpoint: Arc<str>,
    /// How it is doing.
    pub state: EndpointState,
    /// How many events wait.
    pub pending: u64,
    /// How many were given up.
    pub dead: u64,
    /// When the oldest that waits became known here.
    pub oldest_pending: Option<Timestamp>,
}

/// When an endpoint last received a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastReceipt {
    /// Its name.
    pub endpoint: Arc<str>,
    /// When.
    pub at: Timestamp,
}
