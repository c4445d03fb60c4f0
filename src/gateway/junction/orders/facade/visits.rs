//! Visits of Junction's own clients. Those repeat by themselves what fails, so each request begins with a look at whether it was
//! carried out before.

use domain::{
    junction::{
        JunctionCall, JunctionId,
        orders::{
            facade::{BookingKey, SentCancellation, SentRequest},
            seen::{SeenOrder, SeenVisit, Tier},
            visit_state::VisitState,
        },
    },
    reason::Reason,
};

use super::{
    super::{super::calls::Stopped, cancelling::check_reason, fate::Fate, offered::Offer, scheduling::taken},
    Passing, as_sent,
};
use crate::upstream::junction::{AsSent, Call, Verbatim};

/// A visit as the rules see it, and as it came.
type Shown = (SeenVisit, Verbatim);

/// Where a cancellation names its reason, and explains it.
const REASON: [&str; 2] = ["/cancellation_reason_id", "/notes"];

impl Passing<'_> {
    pub(super) async fn book(&self, id: JunctionId, key: &BookingKey) -> Result<Verbatim, Stopped> {
        let order = self.ordering.order_at_home(id, self.whose).await?;
        let _turn = self.ordering.turn_of_patient(&order).await?;
        let offer = self.offered().find(self.team(), key);
        let before = self.shown_visit(id).await?;
        // Sent again: it was done.
        if let (Some(offer), Some((visit, shown))) = (&offer, &before)
            && is_at(visit, offer)
        {
            return Ok(shown.clone());
        }
        let visit = before.as_ref().map(|(visit, _)| visit);
        self.ordering.actions(&order, visit).book.check(false)?;
        self.check_offer(&order, offer.as_ref())?;
        self.ordering
            .check_other_orders(&order, |visit| visit.tier != Tier::Request)
            .await?;
        // There was no active visit, and no other request of the gateway's arranges one now.
        let is_booked = |visit: &SeenVisit| match &offer {
            Some(offer) => is_at(visit, offer),
            None => visit.is_active(),
        };
        self.moved(id, is_booked).await
    }

    pub(super) async fn reschedule(&self, id: JunctionId, key: &BookingKey) -> Result<Verbatim, Stopped> {
        let order = self.ordering.order_at_home(id, self.whose).await?;
        let _turn = self.ordering.turn_of_patient(&order).await?;
        let offer = self.offered().find(self.team(), key);
        let before = self.shown_visit(id).await?;
        if let (Some(offer), Some((visit, shown))) = (&offer, &before)
            && is_at(visit, offer)
        {
            return Ok(shown.clone());
        }
        let visit = before.as_ref().map(|(visit, _)| visit);
        self.ordering.actions(&order, visit).reschedule.check(false)?;
        self.check_offer(&order, offer.as_ref())?;
        let old_start = visit.and_then(|visit| visit.start);
        let is_moved = |visit: &SeenVisit| match &offer {
            Some(offer) => is_at(visit, offer),
            None => visit.is_active() && visit.start != old_start,
        };
        self.moved(id, is_moved).await
    }

    pub(super) async fn request(&self, id: JunctionId, sent: &SentRequest) -> Result<Verbatim, Stopped> {
        let order = self.ordering.order_at_home(id, self.whose).await?;
        let _turn = self.ordering.turn_of_patient(&order).await?;
        let is_requested =
            |visit: &SeenVisit| visit.is_active() && visit.tier == Tier::Request && visit.provider == sent.provider;
        let before = self.shown_visit(id).await?;
        if let Some((visit, shown)) = &before
            && is_requested(visit)
        {
            return Ok(shown.clone());
        }
        let visit = before.as_ref().map(|(visit, _)| visit);
        self.ordering.actions(&order, visit).request.check(false)?;
        self.ordering
            .check_provider(self.team(), sent.zip.area(), &sent.provider)
            .await?;
        self.ordering
            .check_other_orders(&order, |visit| visit.provider == sent.provider)
            .await?;
        self.passed_once(async || self.visit_that(id, is_requested).await).await
    }

    pub(super) async fn cancel_visit(&self, id: JunctionId, sent: SentCancellation) -> Result<Verbatim, Stopped> {
        let order = self.ordering.order_at_home(id, self.whose).await?;
        let _turn = self.ordering.turn_of_patient(&order).await?;
        let before = self.shown_visit(id).await?;
        if let Some((visit, shown)) = &before
            && visit.state == VisitState::Cancelled
        {
            return Ok(shown.clone());
        }
        let visit = before.as_ref().map(|(visit, _)| visit);
        self.ordering
            .actions(&order, visit)
            .cancel_visit
            .check(self.asked.accepts_late_fee)?;
        let reasons = self.ordering.reasons(self.team()).await?;
        check_reason(&reasons, sent.reason, sent.has_notes, REASON)?;
        self.passed_once(async || self.visit_that(id, |visit| !visit.is_active()).await)
            .await
    }

    /// Remembers the times of an answer that goes back.
    pub(super) fn remember_slots(&self, read: &Verbatim) {
        let Some(slots) = read.slots() else { return };
        for slot in slots.slots {
            if let Some(key) = &slot.booking_key {
                let offer = Offer {
                    start: slot.start,
                    expires: slot.expires,
                    zone: slots.zone.clone(),
                };
                self.offered().remember(self.team(), key, offer);
            }
        }
    }

    /// Makes the one call after which there should be such a visit.
    async fn moved(&self, id: JunctionId, is_it: impl Fn(&SeenVisit) -> bool) -> Result<Verbatim, Stopped> {
        let call = Call::passed_on_once(self.sent());
        let stopped = match self.ordering.calls.ask_team(self.team(), &call).await {
            Ok(made) => return Ok(made),
            Err(stopped) => stopped,
        };
        let fate = Fate::of(&stopped);
        let found = self
            .ordering
            .read_after(fate, async || self.visit_that(id, &is_it).await);
        found.await?.ok_or_else(|| as_sent(taken(stopped, fate)))
    }

    /// The order's visit as it comes, if it is such a one.
    async fn visit_that(
        &self,
        id: JunctionId,
        is_it: impl Fn(&SeenVisit) -> bool,
    ) -> Result<Option<Verbatim>, Stopped> {
        let shown = self.shown_visit(id).await?;
        Ok(shown.filter(|(visit, _)| is_it(visit)).map(|(_, shown)| shown))
    }

    /// The order's visit, if it has or had one.
    async fn shown_visit(&self, id: JunctionId) -> Result<Option<Shown>, Stopped> {
        let call = Call::passed_on(AsSent {
            call: JunctionCall::GetVisit,
            values: &[id.to_string()],
            query: &[],
            body: None,
        });
        let Some(shown) = self.found(&call).await? else {
            return Ok(None);
        };
        let visit = shown.visit().ok_or(Reason::JunctionSentNoAnswer)?;
        if visit.order.is_some_and(|of| of != id) {
            return Err(Reason::JunctionContradicts.into());
        }
        Ok(Some((visit, shown)))
    }

    /// Refuses a time that cannot be booked any more, and one at which the patient is a minor. Of a time that is not remembered,
    /// only Junction knows.
    fn check_offer(&self, order: &SeenOrder, offer: Option<&Offer>) -> Result<(), Reason> {
        let Some(offer) = offer else {
            return self.ordering.check_adult(order, self.now(), None);
        };
        if offer.expires.is_some_and(|expires| expires <= self.now()) {
            return Err(Reason::SlotPast);
        }
        self.ordering.check_adult(order, offer.start, offer.zone.as_deref())
    }
}

fn is_at(visit: &SeenVisit, offer: &Offer) -> bool {
    visit.is_active() && visit.start == Some(offer.start)
}
