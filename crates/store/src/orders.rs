//! What lasts of orders: which were placed under which key, what was last read of each, what has to be read again, and what
//! hosts still have to hear.
//!
//! No row says who a patient is, what was ordered or where a visit takes place: an order is its two ids and how far it is. All
//! times come from the caller, so that one clock decides.

mod delivery;
mod event;
mod following;
mod placing;

use std::{fmt, sync::Arc};

pub use domain::junction::orders::change::EventKind;
use futures_util::{FutureExt as _, future::BoxFuture};
use jiff::{SignedDuration, Timestamp};

pub use self::{
    delivery::{Counts, DisabledFor, Due, EndpointCounts, EndpointState, Failure, LastReceipt, Queued, Replay},
    event::{NewEvent, StoredEvent},
    following::{Claimed, Followed, FollowedTeam, Observed, OrderKey, Receipt, Received, Settled},
    placing::{Begun, Placement, PlacementKey},
};
use crate::known::Answer;

/// How long the digest of an idempotency key is kept: twice as long as Junction remembers a key.
pub const IDEMPOTENCY_KEPT: SignedDuration = SignedDuration::from_hours(48);

/// How long a receipt is kept. Retries of a webhook end after 27.6 hours.
pub const RECEIPTS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long an event is kept that every endpoint of its tenant has got.
pub const DELIVERED_EVENTS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long any event is kept.
pub const EVENTS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long an order is followed after its last change: corrections of results come late.
pub const ORDERS_KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Keeps orders, for this process and for others that use the same store. What a function has written is durable once it has
/// returned; with an error, nothing of it was written.
///
/// # Errors
/// Each function fails if the store can be neither read nor written.
pub trait OrderStore: fmt::Debug + Send + Sync {
    /// Notes that an order is about to be placed under a key, unless that was noted before.
    fn begin_placing(&self, placement: Placement, now: Timestamp) -> Answer<'_, Begun>;

    /// Notes which order was placed under a key, and follows it.
    fn finish_placing(&self, key: PlacementKey, order: Followed, now: Timestamp) -> Answer<'_, ()>;

    /// Follows an order, which will be read soon. Changes nothing if it is followed already.
    fn follow(&self, order: Followed, now: Timestamp) -> Answer<'_, ()>;

    /// Follows an order that Junction says has changed at `updated_at`, and has it read if what is stored is older. Returns
    /// whether it will be.
    fn refresh(&self, order: Followed, updated_at: Timestamp, now: Timestamp) -> Answer<'_, bool>;

    /// Notes a webhook's id, and that its order has to be read, both or neither.
    fn receive(&self, receipt: Receipt, now: Timestamp) -> Answer<'_, Received>;

    /// Takes orders that have to be read, the urgent ones first and then those that are due longest. No one else gets them
    /// before `until`, except after [`Self::settle`] or [`Self::postpone`].
    fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<Claimed>>;

    /// Notes what was read of a claimed order, and what hosts hear of it, both or neither. `marks` is the claim's.
    fn settle(
        &self,
        order: OrderKey,
        marks: i64,
        observed: Observed,
        events: Vec<NewEvent>,
        now: Timestamp,
    ) -> Answer<'_, Settled>;

    /// Gives a claimed order back, to be read at `until` or at the next webhook about it. `marks` is the claim's.
    fn postpone(&self, order: OrderKey, marks: i64, until: Timestamp) -> Answer<'_, ()>;

    /// Deletes all that is known of an order, with its events and their deliveries.
    fn forget(&self, order: OrderKey) -> Answer<'_, ()>;

    /// The teams of which an order is followed.
    fn teams(&self) -> Answer<'_, Vec<FollowedTeam>>;

    /// Up to when a team's orders were compared with those that Junction has, if they ever were.
    fn reconciled_until(&self, team: FollowedTeam) -> Answer<'_, Option<Timestamp>>;

    /// Notes that they were compared, up to this time.
    fn reconciled(&self, team: FollowedTeam, until: Timestamp) -> Answer<'_, ()>;

    /// A tenant's events after this number, in ascending order. A reader that has seen a number will never find a smaller one
    /// that was not visible; numbers may be missing.
    fn events<'a>(&'a self, tenant: &'a str, after: i64, limit: u32) -> Answer<'a, Vec<StoredEvent>>;

    /// The number of a tenant's newest event, or 0.
    fn newest_seq<'a>(&'a self, tenant: &'a str) -> Answer<'a, i64>;

    /// Queues a tenant's next events for an endpoint, at most `limit` of them. A new endpoint starts with the oldest event
    /// that is kept. Returns how many were queued.
    fn spread(&self, endpoint: Arc<str>, tenant: Arc<str>, limit: u32, now: Timestamp) -> Answer<'_, u64>;

    /// Takes what is to be delivered to an endpoint: at most one event of each order, in the order of their numbers, but
    /// critical results first. No one else gets them, or another event of the same order, before `until`; `limit` is how
    /// many of an endpoint's may be taken at a time, by all together. Nothing if the endpoint is disabled.
    fn due(&self, endpoint: Arc<str>, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<Due>>;

    /// Takes a delivered event off an endpoint's queue.
    fn delivered(&self, endpoint: Arc<str>, seq: i64, now: Timestamp) -> Answer<'_, ()>;

    /// Notes a failed delivery.
    fn failed(&self, endpoint: Arc<str>, seq: i64, failure: Failure, now: Timestamp) -> Answer<'_, ()>;

    /// How an endpoint is doing.
    fn endpoint_state(&self, endpoint: Arc<str>) -> Answer<'_, EndpointState>;

    /// Stops deliveries to an endpoint, and keeps its queue.
    fn disable(&self, endpoint: Arc<str>, why: DisabledFor, now: Timestamp) -> Answer<'_, ()>;

    /// Resumes deliveries to an endpoint, as if it had never failed.
    fn enable(&self, endpoint: Arc<str>) -> Answer<'_, ()>;

    /// What is queued for an endpoint, the oldest first, dead deliveries included.
    fn queue(&self, endpoint: Arc<str>, limit: u32) -> Answer<'_, Vec<Queued>>;

    /// Queues events for an endpoint again, with their numbers. Returns how many.
    fn replay(&self, endpoint: Arc<str>, replay: Replay, now: Timestamp) -> Answer<'_, u64>;

    /// Takes or renews a lease until this time, unless another holder has it. Returns whether it is held.
    fn lease(&self, name: Arc<str>, holder: Arc<str>, until: Timestamp, now: Timestamp) -> Answer<'_, bool>;

    /// How much there is to do.
    fn counts(&self) -> Answer<'_, Counts>;

    /// Deletes what is older than it is kept.
    fn tidy(&self, now: Timestamp) -> Answer<'_, ()>;

    /// Whether other processes may use it at the same time.
    fn is_shared(&self) -> bool;

    /// Stays connected for as long as it is polled, where there is a connection to keep.
    fn keep(&self) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }
}
