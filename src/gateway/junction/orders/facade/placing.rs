//! Orders of Junction's own clients: placed once for each key, and one that is sent again within some minutes without a key is the
//! same order.

use std::sync::Arc;

use domain::{
    junction::{
        JunctionCall, JunctionId,
        orders::{facade::SentOrder, seen::SeenOrder, status::OrderState},
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::orders::{Begun, Followed, OrderStore, Placement};
use tokio::time::sleep;

use super::{
    super::{
        super::calls::{Stopped, contradicted},
        cancelling::is_cancelled,
        fate::Fate,
        keeping::unavailable,
        ordering::READ_AGAIN_AFTER,
        placing::{REMEMBERED_BY_JUNCTION, digest, junction_key},
    },
    Passing, as_sent,
};
use crate::upstream::junction::{AsSent, Call, Verbatim};

/// How long the same bytes of one host are the same order. Junction's clients repeat for a few minutes at most.
const SAME_ORDER: SignedDuration = SignedDuration::from_mins(5);

/// How many orders with the same bytes one host can place within the time that keys are kept.
const MOST_ALIKE: u32 = 16;

/// What is said of an order that was placed before, in the member that Junction has for people.
const PLACED_BEFORE: &str = "The order was placed before";

/// What is said of an order that was cancelled before.
const CANCELLED_BEFORE: &str = "The order was cancelled before";

impl Passing<'_> {
    pub(super) async fn place(&self, order: &SentOrder) -> Result<Verbatim, Stopped> {
        let store = Arc::clone(self.ordering.calls.gateway.orders.store()?);
        let body = self.asked.body.as_deref().unwrap_or_default();
        let team = self.team().uuid();
        if let Some(key) = &self.asked.key {
            let key = digest(&[b"client's key", team.as_bytes(), key.as_ref().as_bytes()]);
            let placement = self.placement(key, digest(&[b"client's body", &key, body]));
            let placed = self.place_under(order, placement, store.as_ref(), None).await?;
            return placed.ok_or_else(|| Reason::Defect.into());
        }
        let alike = self.alike(body)?;
        for number in 0..MOST_ALIKE {
            let key = digest(&[b"client's body", team.as_bytes(), &alike, &number.to_be_bytes()]);
            let placement = self.placement(key, key);
            let since = self.now().checked_sub(SAME_ORDER).unwrap_or(Timestamp::MIN);
            let placed = self.place_under(order, placement, store.as_ref(), Some(since)).await?;
            if let Some(placed) = placed {
                return Ok(placed);
            }
        }
        Err(Reason::KeyOfOtherOrder.into())
    }

    /// What the same bytes have in common. A secret key is in it, since the store keeps it, and a body might be found by trying.
    fn alike(&self, body: &[u8]) -> Result<Vec<u8>, Reason> {
        let gateway = self.ordering.calls.gateway;
        let keyring = gateway.orders.keyring.as_ref().ok_or(Reason::Defect)?;
        let tenant = &self.ordering.calls.tenant.id;
        let body = hex::encode(Sha256::digest(body));
        let halves = ["order", "same order"].map(|kind| keyring.current().pseudonym_bytes(kind, tenant, &body));
        Ok(halves.concat())
    }

    fn placement(&self, key: [u8; 32], body: [u8; 32]) -> Placement {
        Placement {
            tenant: Arc::clone(&self.ordering.calls.tenant.id),
            host: Arc::clone(self.host),
            key,
            body,
        }
    }

    /// The order of this key, placed now or before; none if it was placed before `since`.
    async fn place_under(
        &self,
        sent: &SentOrder,
        placement: Placement,
        store: &dyn OrderStore,
        since: Option<Timestamp>,
    ) -> Result<Option<Verbatim>, Stopped> {
        let key = junction_key(&placement);
        let _turn = self.ordering.turn(&format!("placing/{key}")).await?;
        let placement_key = placement.key();
        let is_past = |at: Timestamp| since.is_some_and(|since| at < since);
        let begun = store.begin_placing(placement, Timestamp::now()).await;
        match begun.map_err(unavailable)? {
            Begun::New => {}
            Begun::Repeated { since } if is_past(since) => return Ok(None),
            Begun::Repeated { since } if Timestamp::now().duration_since(since) < REMEMBERED_BY_JUNCTION => {}
            Begun::Repeated { since: _ } => return Err(Refusal::new(Reason::KeyTooOld).into()),
            Begun::OtherBody => return Err(Reason::KeyOfOtherOrder.into()),
            Begun::Placed { order } => {
                let id = JunctionId::of(order).ok_or(Reason::Defect)?;
                let (order, shown) = self.shown_order(id).await?;
                let is_another = is_past(order.created_at);
                return Ok((!is_another).then(|| changed(&shown, PLACED_BEFORE)));
            }
        }
        self.check_user(sent.user).await?;
        self.ordering.check_area(self.team(), sent.zip.area(), None).await?;
        let (order, made) = self.made(sent, &key).await?;
        let followed = Followed {
            tenant: Arc::clone(&self.ordering.calls.tenant.id),
            team: order.team.uuid(),
            environment: self.ordering.junction.account.environment.as_str().into(),
            order: order.id.uuid(),
        };
        let finished = store.finish_placing(placement_key, followed, Timestamp::now()).await;
        finished.map_err(unavailable)?;
        Ok(Some(made))
    }

    /// Places it, and asks once more under the same key if Junction does not say what became of it.
    async fn made(&self, sent: &SentOrder, key: &str) -> Result<(SeenOrder, Verbatim), Stopped> {
        let call = Call::passed_on_with_key(self.sent(), key);
        let made = match self.ordering.calls.ask_team(self.team(), &call).await {
            Err(stopped) if is_unclear(&stopped) => {
                sleep(READ_AGAIN_AFTER.min(self.ordering.calls.deadline.remaining())).await;
                self.ordering.calls.ask_team(self.team(), &call).await
            }
            outcome => outcome,
        };
        let made = made.map_err(|stopped| {
            if is_unclear(&stopped) {
                Refusal::new(Reason::OutcomeNotRead).into()
            } else {
                as_sent(stopped)
            }
        })?;
        let order = made.order().ok_or(Reason::OutcomeNotRead)?;
        if order.team != self.team() || order.user != sent.user {
            return Err(Reason::JunctionNamesOtherTeam.into());
        }
        Ok((order, made))
    }

    pub(super) async fn cancel_order(&self, id: JunctionId) -> Result<Verbatim, Stopped> {
        let order = self.ordering.order(id, self.whose).await?;
        let _turn = self.ordering.turn_of_patient(&order).await?;
        let mut made = None;
        if order.status.state() != OrderState::Cancelled {
            let visit = self.ordering.visit_of(&order).await?;
            self.ordering
                .actions(&order, visit.as_ref())
                .cancel_order
                .check(self.asked.accepts_late_fee)?;
            made = self.cancelled(id).await?;
        }
        // Junction may have accepted it before order and visit say so.
        let both = self.ordering.read_until(async || {
            let (order, shown) = self.shown_order(id).await?;
            let visit = self.ordering.visit_of(&order).await?;
            Ok(is_cancelled(&order, visit.as_ref()).then_some(shown))
        });
        let shown = both.await?.ok_or(Reason::OutcomeNotRead)?;
        Ok(made.unwrap_or_else(|| changed(&shown, CANCELLED_BEFORE)))
    }

    /// Junction's response; none if only the order shows that it was done.
    async fn cancelled(&self, id: JunctionId) -> Result<Option<Verbatim>, Stopped> {
        let call = Call::passed_on_once(self.sent());
        let stopped = match self.ordering.calls.ask_team(self.team(), &call).await {
            Ok(made) => return Ok(Some(made)),
            Err(stopped) => stopped,
        };
        let cancelled = self.ordering.read_after(Fate::of(&stopped), async || {
            let (order, _) = self.shown_order(id).await?;
            Ok((order.status.state() == OrderState::Cancelled).then_some(()))
        });
        cancelled.await?.ok_or_else(|| as_sent(stopped))?;
        Ok(None)
    }

    async fn shown_order(&self, id: JunctionId) -> Result<(SeenOrder, Verbatim), Stopped> {
        let call = Call::passed_on(AsSent {
            call: JunctionCall::GetOrder,
            values: &[id.to_string()],
            query: &[],
            body: None,
        });
        let shown = self.ordering.calls.ask_team(self.team(), &call).await?;
        let order = shown
            .order()
            .filter(|order| order.id == id && order.team == self.team());
        Ok((order.ok_or_else(|| contradicted(200))?, shown))
    }
}

/// Whether it may have been placed. Under the same key it is safe to ask again.
fn is_unclear(stopped: &Stopped) -> bool {
    Fate::of(stopped) == Fate::Unknown || stopped.status() == Some(500)
}

/// The response to a change that was made before: the order as it came, in Junction's envelope.
fn changed(shown: &Verbatim, message: &str) -> Verbatim {
    let end = format!(r#","status":"success","message":"{message}"}}"#);
    Verbatim {
        status: 200,
        body: [br#"{"order":"#, shown.body.as_slice(), end.as_bytes()].concat(),
    }
}
