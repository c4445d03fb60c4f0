//! Reads an order that Junction says has changed: what it says then is the truth, whatever was said of it before.

use std::sync::Arc;

use domain::{
    junction::{
        JunctionId,
        orders::seen::{SeenOrder, SeenVisit},
    },
    refusal::Refusal,
};
use jiff::Timestamp;
use tokio::time::Instant;

use super::super::{
    calls::{Calls, Stopped, contradicted},
    refused::orders_refusal,
};
use crate::{
    directory::Tenant,
    gateway::{Gateway, Progress},
    resilience::Deadline,
    upstream::junction::{Call, Page},
};

/// What is read of an order that is followed.
#[derive(Debug)]
pub struct FollowedOrder {
    /// The order.
    pub order: SeenOrder,
    /// Its visit, if it has or had one.
    pub visit: Option<SeenVisit>,
}

impl Gateway {
    /// Reads an order of a tenant's team, with its visit. None if Junction has no such order in this team.
    ///
    /// # Errors
    /// Why it cannot be read now.
    pub async fn follow_order(
        &self,
        tenant: &Arc<Tenant>,
        team: JunctionId,
        order: JunctionId,
    ) -> Result<Option<FollowedOrder>, Refusal> {
        let read = self.reading_in_background(tenant, async |calls: &Calls<'_>| {
            let Some(order) = calls.ask_team(team, &Call::get_order_whole(order)).await? else {
                return Ok(None);
            };
            if order.team != team {
                return Err(contradicted(200));
            }
            let visit = match order.appointment {
                None => None,
                Some(_) => calls.ask_team(team, &Call::get_visit(order.id)).await?,
            };
            Ok(Some(FollowedOrder { order, visit }))
        });
        read.await
    }

    /// A page of a team's orders that changed since then, the oldest first. Pages begin at 1.
    ///
    /// # Errors
    /// Why they cannot be read now.
    pub async fn orders_changed_since(
        &self,
        tenant: &Arc<Tenant>,
        team: JunctionId,
        since: Timestamp,
        page: u64,
    ) -> Result<Page<SeenOrder>, Refusal> {
        let read = self.reading_in_background(tenant, async |calls: &Calls<'_>| {
            calls.ask_team(team, &Call::orders_since(since, page)).await
        });
        read.await
    }

    /// Asks Junction to send a team's events of this time again.
    ///
    /// # Errors
    /// Why it will not.
    pub async fn resend_events(
        &self,
        tenant: &Arc<Tenant>,
        team: JunctionId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), Refusal> {
        let asked = self.reading_in_background(tenant, async |calls: &Calls<'_>| {
            calls.ask_team(team, &Call::resend_events(from, to)).await
        });
        asked.await
    }

    /// Calls Junction for no caller, as long as requests about orders may.
    pub(super) async fn reading_in_background<T>(
        &self,
        tenant: &Arc<Tenant>,
        read: impl AsyncFnOnce(&Calls<'_>) -> Result<T, Stopped>,
    ) -> Result<T, Refusal> {
        let junction = tenant.junction.as_ref();
        let junction = junction.ok_or(domain::reason::Reason::TenantWithoutJunction)?;
        let deadline = Deadline::new(Instant::now(), self.orders_timeout, None);
        let calls = Calls {
            gateway: self,
            tenant,
            person: None,
            account: &junction.account,
            memory: &junction.memory,
            trace: None,
            deadline: &deadline,
            progress: &Progress::default(),
        };
        read(&calls).await.map_err(orders_refusal)
    }
}
