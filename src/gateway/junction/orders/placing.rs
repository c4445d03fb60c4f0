//! Places an order, once for each key of a host's: what was begun is on the disk before Junction is asked, and what Junction is
//! asked twice carries the same key.

use std::{cell::Cell, rc::Rc, sync::Arc};

use domain::{
    junction::{
        Feature, JunctionId,
        orders::{
            idempotency::IdempotencyKey,
            placing::{Placing, PlacingPlan, plan},
            whose::Whose,
        },
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::orders::{Begun, Followed, OrderStore, Placement};

use super::{
    super::{
        calls::Stopped,
        launch::{Launching, refusal},
    },
    fate::Fate,
    keeping::unavailable,
    ordering::Ordering,
    reading::OrderView,
};
use crate::{
    directory::Caller,
    gateway::{Gateway, LaunchContext, Progress},
    upstream::junction::Call,
};

/// How long Junction remembers a key for certain, with an hour to spare: its page on idempotency says 24 hours.
pub(super) const REMEMBERED_BY_JUNCTION: SignedDuration = SignedDuration::from_hours(23);

/// An order to place, and which one it is.
#[derive(Debug)]
pub struct OrderToPlace {
    /// What was asked for.
    pub placing: Placing,
    /// The host's name for it.
    pub key: IdempotencyKey,
    /// A digest of the request's body.
    pub body: [u8; 32],
}

impl OrderToPlace {
    /// An order that is placed with this body. The digest is made with the host's key, of which only a digest is stored: a body
    /// cannot be found by trying.
    #[must_use]
    pub fn new(placing: Placing, key: IdempotencyKey, body: &[u8]) -> Self {
        let body = digest(&[b"body", key.as_ref().as_bytes(), body]);
        Self { placing, key, body }
    }
}

/// An order that was placed, now or before.
#[derive(Debug)]
pub struct PlacedOrder {
    /// The order.
    pub view: OrderView,
    /// Whether it had been placed under this key before.
    pub is_repeated: bool,
}

impl Gateway {
    /// Places an order.
    ///
    /// # Errors
    /// Why there is none, as reported to the caller; `outcome_unknown` if there may be one, which the same request again finds.
    pub async fn place_order(
        self: &Arc<Self>,
        caller: &Caller,
        asked: OrderToPlace,
        context: LaunchContext,
        progress: &Rc<Progress>,
    ) -> Result<PlacedOrder, Refusal> {
        let junction = caller.junction()?;
        let plan = plan(asked.placing, &junction.rules)?;
        let store = Arc::clone(self.orders.store()?);
        let placement = Placement {
            tenant: Arc::clone(&caller.tenant.id),
            host: Arc::clone(&caller.host.id),
            key: digest(&[b"key", asked.key.as_ref().as_bytes()]),
            body: asked.body,
        };
        let key = junction_key(&placement);
        let clinician = plan.account.clinician.user_id().clone();
        self.order(caller, Some(&clinician), context, progress, async move |ordering| {
            let _turn = ordering.turn(&format!("placing/{key}")).await?;
            ordering.place(&plan, placement, &key, store.as_ref()).await
        })
        .await
    }
}

impl Ordering<'_> {
    async fn place(
        &self,
        plan: &PlacingPlan,
        placement: Placement,
        key: &str,
        store: &dyn OrderStore,
    ) -> Result<PlacedOrder, Stopped> {
        let placement_key = placement.key();
        let begun = store
            .begin_placing(placement, Timestamp::now())
            .await
            .map_err(unavailable)?;
        match begun {
            Begun::New => {}
            Begun::Repeated { since } if Timestamp::now().duration_since(since) < REMEMBERED_BY_JUNCTION => {}
            Begun::Repeated { since: _ } => return Err(Refusal::new(Reason::KeyTooOld).into()),
            Begun::OtherBody => return Err(Reason::KeyOfOtherOrder.into()),
            Begun::Placed { order } => {
                let view = self
                    .placed_before(plan, JunctionId::of(order).ok_or(Reason::Defect)?)
                    .await?;
                return Ok(PlacedOrder {
                    view,
                    is_repeated: true,
                });
            }
        }
        let launching = Launching {
            calls: self.calls,
            plan: &plan.account,
            made_use_of_memory: Cell::default(),
        };
        let placed = match self.placed(plan, key, &launching).await {
            Err(stopped) if stopped.may_come_of_old_knowledge() && launching.made_use_of_memory.get() => {
                self.calls.memory.known.forget(&plan.account);
                self.placed(plan, key, &launching).await
            }
            outcome => outcome,
        };
        // The clinician is where the request or the token has them.
        let view = placed.map_err(|stopped| refusal(stopped, &plan.account))?;
        let followed = Followed {
            tenant: Arc::clone(&self.calls.tenant.id),
            team: view.order.team.uuid(),
            environment: self.junction.account.environment.as_str().into(),
            order: view.order.id.uuid(),
        };
        // Without it the same request again would ask Junction again, which knows the key.
        store
            .finish_placing(placement_key, followed, Timestamp::now())
            .await
            .map_err(unavailable)?;
        Ok(PlacedOrder {
            view,
            is_repeated: false,
        })
    }

    /// Team, clinician, patient, coverage, and only then the order.
    async fn placed(&self, plan: &PlacingPlan, key: &str, launching: &Launching<'_>) -> Result<OrderView, Stopped> {
        let team = launching.team().await?;
        let (member, feature) = launching.member_and_feature(team).await?;
        let Feature::OrderCreationFor(user) = feature else {
            return Err(Reason::Defect.into());
        };
        self.check_area(team, plan.address().zip().area(), None).await?;
        let call = Call::create_order(&plan.to_junction(user, member), key);
        let order = match self.calls.ask_team(team, &call).await {
            Ok(order) => order,
            // The key makes it safe to ask again, which the same request does.
            Err(stopped) if Fate::of(&stopped) == Fate::Unknown || stopped.status() == Some(500) => {
                return Err(Refusal::new(Reason::OutcomeNotRead).into());
            }
            Err(stopped) => return Err(stopped),
        };
        if order.team != team || order.user != user {
            return Err(Reason::JunctionNamesOtherTeam.into());
        }
        Ok(self.seen(order, None))
    }

    async fn placed_before(&self, plan: &PlacingPlan, order: JunctionId) -> Result<OrderView, Stopped> {
        let whose = Whose {
            clinician: Some(plan.account.clinician.user_id().clone()),
            team: plan.account.team.reference.clone(),
            patient: None,
        };
        let whose = self.in_team(&whose).await?;
        self.view(order, &whose).await
    }
}

/// What Junction gets in the place of a host's key: two hosts may use one key, and a key may be made of anything.
pub(super) fn junction_key(placement: &Placement) -> String {
    let Placement {
        tenant,
        host,
        key,
        body: _,
    } = placement;
    hex::encode(digest(&[b"sent", tenant.as_bytes(), host.as_bytes(), key]))
}

/// SHA-256 of parts, each with its length before it. No key is in it: one that is changed between two requests must not make
/// the second one another order.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"empego-gateway order v1");
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
