//! What hosts hear of an order: that it changed, and how far it is, and nothing of the person.

use std::{str::FromStr, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The order.
    Order,
    /// Its visit.
    Visit,
    /// A result is critical. It is delivered before everything else.
    ResultCritical,
}

impl EventKind {
    /// The word that is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Visit => "visit",
            Self::ResultCritical => "result_critical",
        }
    }

    /// Whether it goes before others.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        match self {
            Self::Order | Self::Visit => false,
            Self::ResultCritical => true,
        }
    }
}

/// A stored word that is not an event's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event has a kind that this version does not know")]
pub struct UnknownKind;

impl FromStr for EventKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        [Self::Order, Self::Visit, Self::ResultCritical]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownKind)
    }
}

/// An event to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What changed.
    pub kind: EventKind,
    /// How far it is now, in the gateway's word.
    pub state: String,
    /// When it changed, by Junction's clock.
    pub at: Timestamp,
}

/// An event of a followed order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number, which ascends in a store.
    pub seq: i64,
    /// The tenant whose hosts hear of it.
    pub tenant: Arc<str>,
    /// Junction's id of the team.
    pub team: Uuid,
    /// Junction's id of the order.
    pub order: Uuid,
    /// What changed.
    pub kind: EventKind,
    /// How far it is, in the gateway's word.
    pub state: String,
    /// When it changed, by Junction's clock.
    pub at: Timestamp,
}
