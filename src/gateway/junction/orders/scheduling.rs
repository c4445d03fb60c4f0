//! Slots, and visits that are booked, requested and moved. Nothing of it is asked for twice before it was read whether it was
//! done, and one patient's visits are arranged one after the other.

use std::sync::Arc;

use domain::{
    junction::{
        JunctionId,
        orders::{
            address::VisitAddress,
            adult,
            notes::Notes,
            parse::{Arrangement, Rescheduling, SlotsQuery},
            seen::{SeenOrder, SeenSlot, SeenSlots, SeenVisit, Tier},
            slot::{Scope, Slot},
            status::OrderState,
            times::PatientZone,
        },
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{
    super::calls::Stopped,
    fate::Fate,
    ordering::{InTeam, Ordering},
    reading::OrderView,
};
use crate::{
    gateway::{Gateway, OrderRequest},
    upstream::junction::Call,
};

/// An order that may have an active visit. Orders of other states have none: `requisition_created` and what it becomes.
const MAY_HAVE_VISIT: [&str; 5] = [
    "ordered",
    "requisition_created",
    "requisition_bypassed",
    "appointment_pending",
    "appointment_scheduled",
];

/// What a visit that is arranged should be warned of.
const BEFORE_REQUISITION: &str = "requisition_pending";

/// Slots, each with what it is booked with: sealed.
#[derive(Debug)]
pub struct OfferedSlots {
    /// The zone where the patient is.
    pub zone: Option<PatientZone>,
    /// The times. What books each of them is sealed.
    pub slots: Vec<SeenSlot>,
}

impl Gateway {
    /// The times that a visit can be booked for, from a day on: 14 days of them.
    ///
    /// # Errors
    /// Why there are none to show, as reported to the caller.
    pub async fn slots(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        asked: SlotsQuery,
    ) -> Result<OfferedSlots, Refusal> {
        self.about_team(request, async move |ordering, whose| {
            let order = ordering.order_at_home(order, &whose).await?;
            ordering.slots(&order, &whose, asked).await
        })
        .await
    }

    /// Books a visit with a slot, or requests one from a provider.
    ///
    /// # Errors
    /// Why there is none, as reported to the caller; `outcome_unknown` if there may be one.
    pub async fn arrange_visit(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        asked: Arrangement,
    ) -> Result<OrderView, Refusal> {
        self.about_visit(request, order, async move |ordering, whose, found| {
            match asked {
                Arrangement::Book { slot, notes } => {
                    let slot = ordering.opened(slot.as_ref(), &found)?;
                    ordering.book(&found, &slot, notes.as_ref()).await?;
                }
                Arrangement::Request {
                    provider,
                    address,
                    notes,
                } => {
                    ordering
                        .request(&found, &provider, address.map(|address| *address), notes.as_ref())
                        .await?;
                }
            }
            let mut view = ordering.view(order, &whose).await?;
            if found.status.state() == OrderState::Placed {
                view.warnings.push(BEFORE_REQUISITION);
            }
            Ok(view)
        })
        .await
    }

    /// Moves a visit to another time, in one step: until it is moved, the patient keeps the old time.
    ///
    /// # Errors
    /// Why it was not moved, as reported to the caller; `outcome_unknown` if it may have been.
    pub async fn reschedule_visit(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        asked: Rescheduling,
    ) -> Result<OrderView, Refusal> {
        self.about_visit(request, order, async move |ordering, whose, found| {
            let slot = ordering.opened(asked.slot.as_ref(), &found)?;
            ordering.reschedule(&found, &slot, asked.notes.as_ref()).await?;
            ordering.view(order, &whose).await
        })
        .await
    }
}

impl Ordering<'_> {
    async fn slots(&self, order: &SeenOrder, whose: &InTeam, asked: SlotsQuery) -> Result<OfferedSlots, Stopped> {
        let visit = self.visit_of(order).await?;
        let actions = self.actions(order, visit.as_ref());
        // A visit that is moved needs a new time too.
        if !actions.reschedule.is_allowed() {
            actions.book.check(false)?;
        }
        let address = self.address_of(order, asked.address)?;
        self.check_area(whose.team, address.zip().area(), Some(Tier::Ready))
            .await?;
        let call = Call::availability(&address, asked.from);
        let SeenSlots { zone, slots } = self.calls.ask_team(whose.team, &call).await?;
        let scope = Scope {
            team: order.team,
            order: order.id,
            user: order.user,
            address: Sha256::digest(address.place()).into(),
        };
        let sealed = slots.into_iter().map(|seen| {
            let slot = seen.booking_key.clone().map(|booking_key| Slot {
                booking_key,
                scope,
                start: seen.start,
                end: seen.end,
                expires: seen.expires,
                zone: zone.clone(),
            });
            let booking_key = slot.map(|slot| self.seal(&slot)).transpose()?;
            Ok(SeenSlot { booking_key, ..seen })
        });
        Ok(OfferedSlots {
            slots: sealed.collect::<Result<_, Reason>>()?,
            zone: self.zone(zone.as_deref()),
        })
    }

    async fn book(&self, order: &SeenOrder, slot: &Slot, notes: Option<&Notes>) -> Result<(), Stopped> {
        let visit = self.visit(order.id, order.team).await?;
        // The same request again: it was done.
        if visit.as_ref().is_some_and(|visit| is_at(visit, slot)) {
            return Ok(());
        }
        self.actions(order, visit.as_ref()).book.check(false)?;
        slot.check(&slot.scope, self.now())?;
        self.check_adult(order, slot.start, slot.zone.as_deref())?;
        // Which provider comes is not said before, so any of those whose visits are booked may be the same.
        self.check_other_orders(order, |visit| visit.tier != Tier::Request)
            .await?;
        let call = Call::book_visit(order.id, &slot.booking_key, notes.map(AsRef::as_ref));
        self.moved_to(order, slot, &call).await
    }

    async fn reschedule(&self, order: &SeenOrder, slot: &Slot, notes: Option<&Notes>) -> Result<(), Stopped> {
        let visit = self.visit(order.id, order.team).await?;
        // The same request again: it was done.
        if visit.as_ref().is_some_and(|visit| is_at(visit, slot)) {
            return Ok(());
        }
        self.actions(order, visit.as_ref()).reschedule.check(false)?;
        slot.check(&slot.scope, self.now())?;
        self.check_adult(order, slot.start, slot.zone.as_deref())?;
        let call = Call::reschedule_visit(order.id, &slot.booking_key, notes.map(AsRef::as_ref));
        self.moved_to(order, slot, &call).await
    }

    /// Makes a call after which the order has a visit at this slot's time, once; and reads whether it has one if the call does
    /// not say so.
    async fn moved_to(&self, order: &SeenOrder, slot: &Slot, call: &Call<SeenVisit>) -> Result<(), Stopped> {
        let Err(stopped) = self.calls.ask_team(order.team, call).await else {
            return Ok(());
        };
        let fate = Fate::of(&stopped);
        let found = self.read_after(fate, async || {
            let visit = self.visit(order.id, order.team).await?;
            Ok(visit.filter(|visit| is_at(visit, slot)).map(drop))
        });
        found.await?.ok_or_else(|| taken(stopped, fate))
    }

    async fn request(
        &self,
        order: &SeenOrder,
        provider: &str,
        address: Option<VisitAddress>,
        notes: Option<&Notes>,
    ) -> Result<(), Stopped> {
        let is_requested =
            |visit: &SeenVisit| visit.is_active() && visit.tier == Tier::Request && visit.provider == provider;
        let visit = self.visit(order.id, order.team).await?;
        // The same request again: it was done.
        if visit.as_ref().is_some_and(is_requested) {
            return Ok(());
        }
        self.actions(order, visit.as_ref()).request.check(false)?;
        let address = self.address_of(order, address)?;
        self.check_provider(order.team, address.zip().area(), provider).await?;
        self.check_other_orders(order, |visit| visit.provider == provider)
            .await?;
        let call = Call::request_visit(order.id, &address, provider, notes.map(AsRef::as_ref));
        match self.calls.ask_team(order.team, &call).await {
            Ok(_visit) => Ok(()),
            Err(stopped) => {
                let requested = self.read_after(Fate::of(&stopped), async || {
                    let visit = self.visit(order.id, order.team).await?;
                    Ok(visit.filter(is_requested).map(drop))
                });
                requested.await?.ok_or(stopped)
            }
        }
    }

    /// Refuses a provider who takes no requests for this ZIP code.
    pub(super) async fn check_provider(&self, team: JunctionId, zip: &str, provider: &str) -> Result<(), Stopped> {
        let coverage = self.coverage(team, zip, None).await?;
        if !coverage.is_served {
            return Err(Reason::ZipNotServed.into());
        }
        if !coverage.provides(provider, Tier::Request) {
            return Err(Reason::TierNotOffered.into());
        }
        Ok(())
    }

    /// Refuses a visit before the patient is of age, on the day that it is where the patient is.
    pub(super) fn check_adult(&self, order: &SeenOrder, start: Timestamp, zone: Option<&str>) -> Result<(), Reason> {
        let zone = self.zone(zone);
        let day = adult::day_of_visit(start, zone.as_ref());
        // Junction itself decides about an order that does not say when the patient was born.
        order.dob.map_or(Ok(()), |born| adult::check(born, day))
    }

    fn zone(&self, name: Option<&str>) -> Option<PatientZone> {
        PatientZone::read(name, self.junction.rules.environment)
    }

    /// The address that was sent, or the order's.
    fn address_of(&self, order: &SeenOrder, sent: Option<VisitAddress>) -> Result<VisitAddress, Reason> {
        let environment = self.junction.rules.environment;
        match (sent, &order.address) {
            (Some(sent), _) => Ok(sent),
            (None, Some(own)) => VisitAddress::of(own, environment),
            (None, None) => Err(Reason::AddressNotComplete),
        }
    }

    /// Refuses a second visit for the patient: another order may have an active one that would be in the way.
    pub(super) async fn check_other_orders(
        &self,
        order: &SeenOrder,
        is_in_the_way: impl Fn(&SeenVisit) -> bool,
    ) -> Result<(), Stopped> {
        let others = self.all_orders_of(order.user, order.team, &MAY_HAVE_VISIT).await?;
        for other in others.iter().filter(|other| other.id != order.id) {
            let visit = self.visit_of(other).await?;
            if visit.is_some_and(|visit| visit.is_active() && is_in_the_way(&visit)) {
                return Err(Reason::PatientHasVisit.into());
            }
        }
        Ok(())
    }
}

fn is_at(visit: &SeenVisit, slot: &Slot) -> bool {
    visit.is_active() && visit.start == Some(slot.start)
}

/// What a slot that could not be had is refused with: in production Junction responds with 404 to one that is gone, and with 500
/// if the provider refuses.
pub(super) fn taken(stopped: Stopped, fate: Fate) -> Stopped {
    match (fate, stopped.status()) {
        (Fate::Refused, Some(status @ (404 | 410 | 500))) => {
            Refusal::answered(Reason::SlotGone, status, None, None).into()
        }
        (Fate::Refused | Fate::NotDone | Fate::Unknown, _) => stopped,
    }
}
