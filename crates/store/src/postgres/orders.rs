//! Orders in PostgreSQL, which several gateways share. Each function is one statement, or several of which each may be the last:
//! connections are shared, and have no transactions of their own.

mod deliveries;
mod endpoints;
mod events;
mod following;
mod placing;
mod reconciling;
mod tidy;

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt as _, future::BoxFuture};
use jiff::Timestamp;
use tokio_postgres::{Client, Error};

use super::{Connected, Database, Fault, Needs, channel::Channel};
use crate::{
    known::{Answer, Unavailable},
    orders::{
        Begun, Claimed, Counts, DisabledFor, Due, EndpointState, Failure, Followed, FollowedTeam, NewEvent, Observed,
        OrderKey, OrderStore, Placement, PlacementKey, Queued, Receipt, Received, Replay, Settled, StoredEvent,
    },
};

/// How long anyone waits for the database at most, so that a webhook is confirmed in two seconds.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How long a list may take that no one outside waits for.
const LISTS: Duration = Duration::from_secs(30);

/// The tables of a database, over one connection.
#[derive(Debug)]
pub struct SharedOrders(Channel);

impl SharedOrders {
    /// In this database, which [`OrderStore::keep`] connects to.
    #[must_use]
    pub fn of(database: Database) -> Self {
        Self(Channel::of(database, Needs::Orders, PATIENCE))
    }

    /// Connects once, for a command. The second part must be polled for as long as the first one is used.
    ///
    /// # Errors
    /// Why there is no connection.
    pub async fn connect(database: &Database) -> Result<(Self, Connected), Fault> {
        let (channel, connected) = Channel::connect(database).await?;
        Ok((Self(channel), connected))
    }

    async fn ask<T>(&self, question: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, Unavailable> {
        self.0.ask(PATIENCE, question).await
    }

    async fn list<T>(&self, question: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, Unavailable> {
        self.0.ask(LISTS, question).await
    }
}

impl OrderStore for SharedOrders {
    fn begin_placing(&self, placement: Placement, now: Timestamp) -> Answer<'_, Begun> {
        self.ask(async move |client| placing::begin(client, &placement, now).await)
            .boxed()
    }

    fn finish_placing(&self, key: PlacementKey, order: Followed, now: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| placing::finish(client, &key, &order, now).await)
            .boxed()
    }

    fn follow(&self, order: Followed, now: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| following::follow(client, &order, now).await)
            .boxed()
    }

    fn refresh(&self, order: Followed, updated_at: Timestamp, now: Timestamp) -> Answer<'_, bool> {
        self.ask(async move |client| following::refresh(client, &order, updated_at, now).await)
            .boxed()
    }

    fn receive(&self, receipt: Receipt, now: Timestamp) -> Answer<'_, Received> {
        self.ask(async move |client| following::receive(client, &receipt, now).await)
            .boxed()
    }

    fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<Claimed>> {
        self.ask(async move |client| following::claim(client, now, until, limit).await)
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
        self.ask(async move |client| following::settle(client, &order, marks, &observed, &events, now).await)
            .boxed()
    }

    fn postpone(&self, order: OrderKey, marks: i64, until: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| following::postpone(client, &order, marks, until).await)
            .boxed()
    }

    fn forget(&self, order: OrderKey) -> Answer<'_, ()> {
        self.list(async move |client| tidy::forget(client, &order).await)
            .boxed()
    }

    fn teams(&self) -> Answer<'_, Vec<FollowedTeam>> {
        self.list(reconciling::teams).boxed()
    }

    fn reconciled_until(&self, team: FollowedTeam) -> Answer<'_, Option<Timestamp>> {
        self.ask(async move |client| reconciling::until(client, &team).await)
            .boxed()
    }

    fn reconciled(&self, team: FollowedTeam, until: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| reconciling::note(client, &team, until).await)
            .boxed()
    }

    fn events<'a>(&'a self, tenant: &'a str, after: i64, limit: u32) -> Answer<'a, Vec<StoredEvent>> {
        self.ask(async move |client| events::after(client, tenant, after, limit).await)
            .boxed()
    }

    fn newest_seq<'a>(&'a self, tenant: &'a str) -> Answer<'a, i64> {
        self.ask(async move |client| events::newest(client, tenant).await)
            .boxed()
    }

    fn spread(&self, endpoint: Arc<str>, tenant: Arc<str>, limit: u32, now: Timestamp) -> Answer<'_, u64> {
        self.list(async move |client| deliveries::spread(client, &endpoint, &tenant, limit, now).await)
            .boxed()
    }

    fn due(&self, endpoint: Arc<str>, now: Timestamp, until: Timestamp, limit: u32) -> Answer<'_, Vec<Due>> {
        self.ask(async move |client| deliveries::due(client, &endpoint, now, until, limit).await)
            .boxed()
    }

    fn delivered(&self, endpoint: Arc<str>, seq: i64, now: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| deliveries::delivered(client, &endpoint, seq, now).await)
            .boxed()
    }

    fn failed(&self, endpoint: Arc<str>, seq: i64, failure: Failure, now: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| deliveries::failed(client, &endpoint, seq, &failure, now).await)
            .boxed()
    }

    fn endpoint_state(&self, endpoint: Arc<str>) -> Answer<'_, EndpointState> {
        self.ask(async move |client| endpoints::state(client, &endpoint).await)
            .boxed()
    }

    fn disable(&self, endpoint: Arc<str>, why: DisabledFor, now: Timestamp) -> Answer<'_, ()> {
        self.ask(async move |client| endpoints::disable(client, &endpoint, why, now).await)
            .boxed()
    }

    fn enable(&self, endpoint: Arc<str>) -> Answer<'_, ()> {
        self.ask(async move |client| endpoints::enable(client, &endpoint).await)
            .boxed()
    }

    fn queue(&self, endpoint: Arc<str>, limit: u32) -> Answer<'_, Vec<Queued>> {
        self.list(async move |client| deliveries::queue(client, &endpoint, limit).await)
            .boxed()
    }

    fn replay(&self, endpoint: Arc<str>, replay: Replay, now: Timestamp) -> Answer<'_, u64> {
        self.list(async move |client| deliveries::replay(client, &endpoint, replay, now).await)
            .boxed()
    }

    fn lease(&self, name: Arc<str>, holder: Arc<str>, until: Timestamp, now: Timestamp) -> Answer<'_, bool> {
        self.ask(async move |client| endpoints::lease(client, &name, &holder, until, now).await)
            .boxed()
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn counts(&self) -> Answer<'_, Counts> {
        self.list(endpoints::counts).boxed()
    }

    fn tidy(&self, now: Timestamp) -> Answer<'_, ()> {
        self.list(async move |client| tidy::tidy(client, now).await).boxed()
    }

    fn keep(&self) -> BoxFuture<'_, ()> {
        self.0.keep().boxed()
    }
}
