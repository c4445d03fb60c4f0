//! What hosts hear of an order: that it changed, and how far it is, and nothing of the person.

use std::sync::Arc;

use domain::junction::orders::change::EventKind;
use jiff::Timestamp;
use uuid::Uuid;

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
