//! Orders that are followed: what asks for them to be read, and what was read.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

/// Which order. Its ids are codes that are tied to a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// Junction's id of the team.
    pub team: Uuid,
    /// Of which of Junction's environments the team is, in Junction's word.
    pub environment: Arc<str>,
    /// Junction's id of the order.
    pub order: Uuid,
}

/// A team whose orders are followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FollowedTeam {
    /// The id of the tenant whose hosts hear of them.
    pub tenant: Arc<str>,
    /// Junction's id of the team.
    pub team: Uuid,
    /// Of which of Junction's environments the team is, in Junction's word.
    pub environment: Arc<str>,
}

/// An order to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The id of the tenant whose hosts hear of it. The first one that an order was followed for remains.
    pub tenant: Arc<str>,
    /// Junction's id of the team.
    pub team: Uuid,
    /// Of which of Junction's environments the team is, in Junction's word.
    pub environment: Arc<str>,
    /// Junction's id of the order.
    pub order: Uuid,
}

impl Followed {
    /// Its key alone.
    #[must_use]
    pub fn key(&self) -> OrderKey {
        OrderKey {
            team: self.team,
            environment: Arc::clone(&self.environment),
            order: self.order,
        }
    }
}

/// A webhook whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The name of the gateway's endpoint that it came to.
    pub endpoint: Arc<str>,
    /// A digest of the id that its sender gave it.
    pub id: [u8; 32],
    /// The endpoint's tenant.
    pub tenant: Arc<str>,
    /// The endpoint's team.
    pub team: Uuid,
    /// The team's environment.
    pub environment: Arc<str>,
    /// The order that has to be read, if it is about one.
    pub order: Option<Uuid>,
    /// Whether it reports a critical result, which goes before everything else.
    pub is_urgent: bool,
}

impl Receipt {
    /// The order that it asks to follow, if it does.
    #[must_use]
    pub fn followed(&self) -> Option<Followed> {
        self.order.map(|order| Followed {
            tenant: Arc::clone(&self.tenant),
            team: self.team,
            environment: Arc::clone(&self.environment),
            order,
        })
    }
}

/// What is known of a webhook's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Nothing was: it is noted now.
    New,
    /// It came before, and its order was not read since. It has to be read once more.
    Unfinished,
    /// It came before, and nothing is left to do.
    Done,
}

/// An order that was taken to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Which one.
    pub key: OrderKey,
    /// The tenant whose hosts hear of it.
    pub tenant: Arc<str>,
    /// What was read last, if it was read.
    pub observed: Option<Observed>,
    /// The number of this claim, by which it is settled or postponed.
    pub marks: i64,
    /// How often it was taken since it was last settled, this time included.
    pub attempts: u32,
    /// Whether Junction reported a critical result, of which no host has heard.
    pub is_urgent: bool,
}

/// What was read of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// How far it is, in the gateway's word.
    pub state: String,
    /// The same in Junction's word.
    pub raw_status: String,
    /// When it last changed, by Junction's clock. Kept to the microsecond.
    pub updated_at: Timestamp,
    /// The number of the last of its events, which ascend.
    pub last_event_id: Option<i64>,
    /// Junction's id of its visit.
    pub appointment: Option<Uuid>,
    /// How far the visit is, in the gateway's word.
    pub visit_state: Option<String>,
    /// Junction's id of the transaction that it belongs to.
    pub transaction: Option<Uuid>,
}

/// How settling went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is noted, and the order needs no reading now.
    Clean,
    /// It is noted, and the order has to be read again: something asked for that meanwhile.
    StillDirty,
    /// What is stored is newer: nothing was noted, and the claim holds.
    Older,
    /// The claim is not in force any more: nothing was noted.
    Lost,
}
