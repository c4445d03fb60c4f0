//! The times that Junction offered its own clients, by the keys that book them: a client that repeats a booking sends the key, and a
//! visit shows only its time.

use std::time::Duration;

use domain::junction::{JunctionId, orders::facade::BookingKey};
use jiff::Timestamp;
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

/// The most times that are remembered: those of some hundred answers.
const CAPACITY: u64 = 100_000;

/// How long. Junction's keys last some minutes, and a client repeats at once.
const REMEMBERED: Duration = Duration::from_hours(2);

/// The times that were offered; shared by all workers. Of keys only digests are kept.
#[derive(Debug)]
pub struct Offered(Cache<[u8; 32], Offer>);

/// A time that was offered.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    /// When it begins.
    pub(super) start: Timestamp,
    /// Until when it can be booked.
    pub(super) expires: Option<Timestamp>,
    /// The patient's time zone, as Junction names it.
    pub(super) zone: Option<String>,
}

impl Default for Offered {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_live(REMEMBERED).build())
    }
}

impl Offered {
    pub(super) fn remember(&self, team: JunctionId, key: &str, offer: Offer) {
        self.0.insert(digest(team, key), offer);
    }

    pub(super) fn find(&self, team: JunctionId, key: &BookingKey) -> Option<Offer> {
        self.0.get(&digest(team, key.as_ref()))
    }
}

fn digest(team: JunctionId, key: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(team.uuid().as_bytes())
        .chain_update(key)
        .finalize()
        .into()
}
