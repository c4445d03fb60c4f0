//! Orders in SQLite.

mod deliveries;
mod endpoints;
mod events;
mod following;
mod placing;
mod reconciling;
mod tidy;
mod value;

use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::Sqlite;
use crate::{
    known::Answer,
    orders::{
        Begun, Claimed, Counts, DisabledFor, Due, EndpointState, Failure, Followed, FollowedTeam, NewEvent, Observed,
        OrderKey, OrderStore, Placement, PlacementKey, Queued, Receipt, Received, Replay, Settled, StoredEvent,
    },
};

impl OrderStore for Sqlite {
    fn begin_placing(&self, placement: Placement, now: Timestamp) -> Answer<'_, Begun> {
        self.write(move |connection| placing::begin(connection, &placement, now))
            .boxed()
    }

    fn finish_placing(&self, key: PlacementKey, order: Followed, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| placing::finish(connection, &key, &order, now))
            .boxed()
    }

    fn follow(&self, order: Followed, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| following::follow(connection, &order, now))
            .boxed()
    }

    fn refresh(&self, order: Followed, updated_at: Timestamp, now: Timestamp) -> Answer<'_, bool> {
        self.write(move |connection| following::refresh(connection, &order, updated_at, now))
            .boxed()
    }

    fn receive(&self, receipt: Receipt, now: Timestamp) -> Answer<'_, Received> {
        self.write(move |connection| following::receive(connection, &receipt, now))
            .boxed()
    }

    fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<Claimed>> {
        self.write(move |connection| following::claim(connection, now, until, limit))
            .boxed()
    }

    fn settle(
        &self,
        order: OrderKey,
        marks: i64,
        observed: Observed,
        events: Vec<NewEvent>,
        now: Timestamp,
    ) -> Answer<'_, Settled> {
        self.write(move |connection| following::settle(connection, &order, marks, &observed, &events, now))
            .boxed()
    }

    fn postpone(&self, order: OrderKey, marks: i64, until: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| following::postpone(connection, &order, marks, until))
            .boxed()
    }

    fn forget(&self, order: OrderKey) -> Answer<'_, ()> {
        self.write(move |connection| tidy::forget(connection, &order)).boxed()
    }

    fn teams(&self) -> Answer<'_, Vec<FollowedTeam>> {
        self.read(reconciling::teams).boxed()
    }

    fn reconciled_until(&self, team: FollowedTeam) -> Answer<'_, Option<Timestamp>> {
        self.read(move |connection| reconciling::until(connection, &team))
            .boxed()
    }

    fn reconciled(&self, team: FollowedTeam, until: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| reconciling::note(connection, &team, until))
            .boxed()
    }

    fn events<'a>(&'a self, tenant: &'a str, after: i64, limit: u32) -> Answer<'a, Vec<StoredEvent>> {
        let tenant = tenant.to_owned();
        self.read(move |connection| events::after(connection, &tenant, after, limit))
            .boxed()
    }

    fn newest_seq<'a>(&'a self, tenant: &'a str) -> Answer<'a, i64> {
        let tenant = tenant.to_owned();
        self.read(move |connection| events::newest(connection, &tenant)).boxed()
    }

    fn spread(&self, endpoint: Arc<str>, tenant: Arc<str>, limit: u32, now: Timestamp) -> Answer<'_, u64> {
        self.write(move |connection| deliveries::spread(connection, &endpoint, &tenant, limit, now))
            .boxed()
    }

    fn due(&self, endpoint: Arc<str>, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<Due>> {
        self.write(move |connection| deliveries::due(connection, &endpoint, now, until, limit))
            .boxed()
    }

    fn delivered(&self, endpoint: Arc<str>, seq: i64, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| deliveries::delivered(connection, &endpoint, seq, now))
            .boxed()
    }

    fn failed(&self, endpoint: Arc<str>, seq: i64, failure: Failure, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| deliveries::failed(connection, &endpoint, seq, &failure, now))
            .boxed()
    }

    fn endpoint_state(&self, endpoint: Arc<str>) -> Answer<'_, EndpointState> {
        self.read(move |connection| endpoints::state(connection, &endpoint))
            .boxed()
    }

    fn disable(&self, endpoint: Arc<str>, why: DisabledFor, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| endpoints::disable(connection, &endpoint, why, now))
            .boxed()
    }

    fn enable(&self, endpoint: Arc<str>) -> Answer<'_, ()> {
        self.write(move |connection| endpoints::enable(connection, &endpoint))
            .boxed()
    }

    fn queue(&self, endpoint: Arc<str>, limit: u32) -> Answer<'_, Vec<Queued>> {
        self.read(move |connection| deliveries::queue(connection, &endpoint, limit))
            .boxed()
    }

    fn replay(&self, endpoint: Arc<str>, replay: Replay, now: Timestamp) -> Answer<'_, u64> {
        self.write(move |connection| deliveries::replay(connection, &endpoint, replay, now))
            .boxed()
    }

    fn lease(&self, name: Arc<str>, holder: Arc<str>, until: Timestamp, now: Timestamp) -> Answer<'_, bool> {
        self.write(move |connection| endpoints::lease(connection, &name, &holder, until, now))
            .boxed()
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn counts(&self) -> Answer<'_, Counts> {
        self.read(endpoints::counts).boxed()
    }

    fn tidy(&self, now: Timestamp) -> Answer<'_, ()> {
        self.write(move |connection| tidy::tidy(connection, now)).boxed()
    }
}
