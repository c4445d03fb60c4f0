//! What requests about orders need beside Junction: the store, the keys that slots are sealed with, and turns.

use std::{sync::Arc, time::Duration};

use domain::{
    junction::orders::{
        seen::SeenOrder,
        slot::{Scope, Slot},
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::{
    keyring::{Key, Keyring},
    known::Unavailable,
    orders::OrderStore,
};
use tokio::{
    sync::OwnedMutexGuard,
    task::spawn_local,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{
    super::calls::Stopped,
    clock::Clock,
    offered::Offered,
    ordering::Ordering,
    turns::{ASK_AGAIN_AFTER, Turns},
};

/// Sealing keys are changed each day, so that what is sealed under one stays far below what random nonces allow.
const SECONDS_PER_DAY: i64 = 86_400;

/// What requests about orders need beside Junction; shared by all workers.
#[derive(Debug, Clone, Default)]
pub struct OrderKeeping {
    /// What lasts, if there is a store.
    pub store: Option<Arc<dyn OrderStore>>,
    /// What slots are sealed with.
    pub keyring: Option<Keyring>,
    /// The times that Junction's own clients were offered.
    pub offered: Arc<Offered>,
    /// One at a time, in this process.
    pub turns: Arc<Turns>,
    /// By which slots expire.
    pub clock: Clock,
}

/// A turn, until it is dropped.
pub(super) struct HeldTurn {
    _here: OwnedMutexGuard<()>,
    everywhere: Option<Everywhere>,
}

/// The same turn among all processes that share the store.
struct Everywhere {
    store: Arc<dyn OrderStore>,
    name: Arc<str>,
    holder: Arc<str>,
}

impl Drop for HeldTurn {
    /// The lease would end by itself; until then others would wait in vain.
    fn drop(&mut self) {
        if let Some(Everywhere { store, name, holder }) = self.everywhere.take() {
            spawn_local(async move {
                let now = Timestamp::now();
                // Whether or not it can be given back early, it ends.
                drop(store.lease(name, holder, now, now).await);
            });
        }
    }
}

impl OrderKeeping {
    /// The store.
    ///
    /// # Errors
    /// [`Reason::NoStoreForOrders`].
    pub fn store(&self) -> Result<&Arc<dyn OrderStore>, Reason> {
        self.store.as_ref().ok_or(Reason::NoStoreForOrders)
    }

    fn seal(&self, tenant: &str, slot: &Slot) -> Result<String, Reason> {
        let key = self.keyring.as_ref().ok_or(Reason::Defect)?.current();
        let day = Timestamp::now().as_second().div_euclid(SECONDS_PER_DAY);
        let sealed = key.sealer(chain(day)).seal(tenant, SLOT, &slot.to_bytes()?);
        let sealed = sealed.map_err(|_no_randomness| Reason::Defect)?;
        Ok(format!("{}.{day}.{sealed}", key.id()))
    }

    fn open(&self, tenant: &str, text: &str) -> Option<Slot> {
        let mut parts = text.splitn(3, '.');
        let (id, day, sealed) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        let key: &Key = self.keyring.as_ref()?.key(id)?;
        let opened = key.sealer(chain(day)).open(tenant, SLOT, sealed).ok()?;
        Slot::from_bytes(&opened).ok()
    }
}

/// What is sealed, so that nothing else that is sealed can be taken for it.
const SLOT: &str = "slot";

/// A name of its own for each day. It is no version of UUID that chains of records have.
fn chain(day: i64) -> Uuid {
    Uuid::from_u128(u128::from(day.unsigned_abs()))
}

impl Ordering<'_> {
    /// Seals what books a slot, for this tenant alone.
    pub(super) fn seal(&self, slot: &Slot) -> Result<String, Reason> {
        self.calls.gateway.orders.seal(&self.calls.tenant.id, slot)
    }

    /// Opens a slot that was given out for this order.
    pub(super) fn opened(&self, text: &str, order: &SeenOrder) -> Result<Slot, Reason> {
        let slot = self.calls.gateway.orders.open(&self.calls.tenant.id, text);
        let slot = slot.ok_or(Reason::SlotNotOurs)?;
        // It may have been looked for at another address than the order's; whether it has passed matters only to a new visit.
        let scope = Scope {
            team: order.team,
            order: order.id,
            user: order.user,
            address: slot.scope.address,
        };
        slot.check(&scope, Timestamp::MIN)?;
        Ok(slot)
    }

    /// Waits until no other request arranges or cancels a visit of this patient's.
    pub(super) async fn turn_of_patient(&self, order: &SeenOrder) -> Result<HeldTurn, Stopped> {
        self.turn(&format!("visits/{}/{}", order.team, order.user)).await
    }

    /// Waits until it is this request's turn among all with this name.
    pub(super) async fn turn(&self, name: &str) -> Result<HeldTurn, Stopped> {
        let orders = &self.calls.gateway.orders;
        let here = timeout(self.calls.deadline.remaining(), orders.turns.take(name)).await;
        let here = here.map_err(|_others_take_long| Reason::JunctionAnswersTooSlowly)?;
        let shared = orders.store.as_ref().filter(|store| store.is_shared());
        let everywhere = match shared {
            None => None,
            Some(store) => Some(self.turn_everywhere(store, name).await?),
        };
        Ok(HeldTurn {
            _here: here,
            everywhere,
        })
    }

    async fn turn_everywhere(&self, store: &Arc<dyn OrderStore>, name: &str) -> Result<Everywhere, Stopped> {
        // It may be made of a patient's id, which the store has no use for.
        let name: Arc<str> = hex::encode(Sha256::digest(name)).into();
        let holder: Arc<str> = Uuid::new_v4().to_string().into();
        loop {
            let remaining = self.calls.deadline.remaining();
            if remaining.is_zero() {
                return Err(Reason::JunctionAnswersTooSlowly.into());
            }
            // Its calls end by then, and so what it holds the turn for.
            let now = Timestamp::now();
            let until = later(now, remaining);
            let held = timeout(
                remaining,
                store.lease(Arc::clone(&name), Arc::clone(&holder), until, now),
            )
            .await;
            let held = held.map_err(|_slow| Reason::OrdersStoreUnavailable)?;
            if held.map_err(unavailable)? {
                return Ok(Everywhere {
                    store: Arc::clone(store),
                    name,
                    holder,
                });
            }
            sleep(ASK_AGAIN_AFTER.min(remaining)).await;
        }
    }
}

/// What a store that cannot be used means for a request. Why is for the operator.
#[expect(clippy::needless_pass_by_value, reason = "it is what errors are turned with")]
pub(super) fn unavailable(why: Unavailable) -> Refusal {
    tracing::warn!(%why, "the store cannot be used for orders");
    Reason::OrdersStoreUnavailable.into()
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
