//! Orders that are about to be placed, by the key that their caller sent.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

/// Under which key a host places an order. A host's keys are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementKey {
    /// The tenant's id.
    pub tenant: Arc<str>,
    /// The host's id.
    pub host: Arc<str>,
    /// A digest of the key that was sent.
    pub key: [u8; 32],
}

/// An order that is about to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The tenant's id.
    pub tenant: Arc<str>,
    /// The host's id.
    pub host: Arc<str>,
    /// A digest of the key that was sent.
    pub key: [u8; 32],
    /// A digest of the body. It is keyed, or a body could be found by trying.
    pub body: [u8; 32],
}

impl Placement {
    /// Its key alone.
    #[must_use]
    pub fn key(&self) -> PlacementKey {
        PlacementKey {
            tenant: Arc::clone(&self.tenant),
            host: Arc::clone(&self.host),
            key: self.key,
        }
    }
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Nothing was: it is noted now.
    New,
    /// The same body was sent with it, and how that ended is not known.
    Repeated {
        /// When it was first sent.
        since: Timestamp,
    },
    /// The same body was sent with it, and Junction created this order.
    Placed {
        /// Junction's id.
        order: Uuid,
    },
    /// Another body was sent with it.
    OtherBody,
}

impl Begun {
    /// What a row that was there before says to a placement with this body.
    pub(crate) fn of_row(stored: &[u8], order: Option<Uuid>, since: Timestamp, body: &[u8; 32]) -> Self {
        match order {
            _ if stored != body => Self::OtherBody,
            Some(order) => Self::Placed { order },
            None => Self::Repeated { since },
        }
    }
}
