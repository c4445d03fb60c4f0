//! What may be done with an order and its visit now, and why something may not.

use jiff::Timestamp;

use super::{
    adult,
    grant::{OrderGrant, OrderGrants},
    late_fee,
    seen::{CollectionMethod, SeenOrder, SeenVisit, Tier},
    status::Step,
    visit_state::VisitState,
};
use crate::reason::Reason;

/// Everything that may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actions {
    /// Book a visit at a time.
    pub book: Action,
    /// Request a visit without a time.
    pub request: Action,
    /// Move the visit.
    pub reschedule: Action,
    /// Cancel the visit.
    pub cancel_visit: Action,
    /// Cancel the order, and its visit with it.
    pub cancel_order: Action,
    /// Read results.
    pub results: Action,
}

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It may, as far as the gateway knows. Junction decides.
    Allowed,
    /// It may if the request accepts what this says.
    AllowedIfAccepted(Reason),
    /// It may not.
    Denied(Reason),
}

/// What decides beside the order and its visit.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Whether visits may be arranged before the requisition is there.
    pub book_before_requisition: bool,
    /// What the host may do.
    pub grants: &'a OrderGrants,
}

impl Action {
    /// Whether it may be done, perhaps on a condition.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        match self {
            Self::Allowed | Self::AllowedIfAccepted(_) => true,
            Self::Denied(_) => false,
        }
    }

    /// Why not, or on which condition.
    #[must_use]
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Allowed => None,
            Self::AllowedIfAccepted(reason) | Self::Denied(reason) => Some(reason),
        }
    }

    /// Refuses what may not be done, unless its condition is accepted.
    ///
    /// # Errors
    /// Why not.
    pub const fn check(self, accepts: bool) -> Result<(), Reason> {
        match self {
            Self::Allowed => Ok(()),
            Self::AllowedIfAccepted(_) if accepts => Ok(()),
            Self::AllowedIfAccepted(reason) | Self::Denied(reason) => Err(reason),
        }
    }

    fn of(outcome: Result<(), Reason>) -> Self {
        outcome.map_or_else(Self::Denied, |()| Self::Allowed)
    }

    /// The same, on condition that a fee is accepted if the visit begins soon.
    fn with_fee(self, visit: Option<&SeenVisit>, now: Timestamp) -> Self {
        let start = visit.filter(|visit| visit.is_active()).and_then(|visit| visit.start);
        match (self, late_fee::check(start, now, false)) {
            (Self::Allowed, Err(reason)) => Self::AllowedIfAccepted(reason),
            (Self::Allowed, Ok(())) | (Self::AllowedIfAccepted(_) | Self::Denied(_), _) => self,
        }
    }
}

/// Decides about everything that may be done.
#[must_use]
pub fn actions(order: &SeenOrder, visit: Option<&SeenVisit>, rules: Rules<'_>, now: Timestamp) -> Actions {
    let at_home = at_home(order);
    let active = visit.filter(|visit| visit.is_active());
    let may = |grant, outcome: Result<(), Reason>| Action::of(rules.grants.check(grant).and(outcome));
    let arrange = at_home.and(arrange(order, visit, rules.book_before_requisition));
    Actions {
        book: may(OrderGrant::Schedule, arrange),
        request: may(OrderGrant::Schedule, arrange.and(adult_now(order, now))),
        reschedule: may(OrderGrant::Schedule, at_home.and(reschedule(active))),
        cancel_visit: may(OrderGrant::Cancel, at_home.and(cancel_visit(active))).with_fee(active, now),
        cancel_order: may(OrderGrant::Cancel, cancel_order(order)).with_fee(active, now),
        results: may(OrderGrant::Results, results(order)),
    }
}

/// Refuses an order whose sample is collected otherwise.
fn at_home(order: &SeenOrder) -> Result<(), Reason> {
    match order.method {
        CollectionMethod::AtHomePhlebotomy => Ok(()),
        CollectionMethod::Testkit
        | CollectionMethod::WalkInTest
        | CollectionMethod::OnSiteCollection
        | CollectionMethod::Other => Err(Reason::NotAtHome),
    }
}

/// Whether a visit may be booked or requested. The visit knows better than the order's status whether it is active; of a
/// status that is not known, Junction is asked.
fn arrange(order: &SeenOrder, visit: Option<&SeenVisit>, before_requisition: bool) -> Result<(), Reason> {
    let has_visit = visit.map(SeenVisit::is_active);
    if has_visit == Some(true) {
        return Err(Reason::OrderHasVisit);
    }
    match order.status.step() {
        Some(Step::Ordered) if !before_requisition => Err(Reason::NoRequisition),
        Some(Step::AppointmentPending | Step::AppointmentScheduled) if has_visit.is_none() => {
            Err(Reason::OrderHasVisit)
        }
        None
        | Some(
            Step::Ordered
            | Step::RequisitionCreated
            | Step::RequisitionBypassed
            | Step::AppointmentPending
            | Step::AppointmentScheduled
            | Step::AppointmentCancelled,
        ) => Ok(()),
        Some(
            Step::DrawCompleted
            | Step::PartialResults
            | Step::Completed
            | Step::Corrected
            | Step::SampleError
            | Step::Cancelled,
        ) => Err(Reason::OrderPastVisit),
    }
}

/// A visit that is requested has no day: the patient must be an adult whenever it is.
fn adult_now(order: &SeenOrder, now: Timestamp) -> Result<(), Reason> {
    order
        .dob
        .map_or(Ok(()), |born| adult::check(born, adult::latest_day(now)))
}

fn reschedule(active: Option<&SeenVisit>) -> Result<(), Reason> {
    let visit = active.ok_or(Reason::NoVisitToReschedule)?;
    match visit.tier {
        Tier::Request => Err(Reason::VisitByRequest),
        Tier::Ready | Tier::Other if visit.can_reschedule && visit.state != VisitState::InProgress => Ok(()),
        Tier::Ready | Tier::Other => Err(Reason::VisitNotReschedulable),
    }
}

fn cancel_visit(active: Option<&SeenVisit>) -> Result<(), Reason> {
    let visit = active.ok_or(Reason::NoVisitToCancel)?;
    if visit.state == VisitState::InProgress {
        Err(Reason::VisitTooFar)
    } else {
        Ok(())
    }
}

fn cancel_order(order: &SeenOrder) -> Result<(), Reason> {
    match order.status.step() {
        None
        | Some(
            Step::Ordered
            | Step::RequisitionCreated
            | Step::RequisitionBypassed
            | Step::AppointmentPending
            | Step::AppointmentScheduled
            | Step::AppointmentCancelled
            | Step::DrawCompleted,
        ) => Ok(()),
        Some(Step::PartialResults | Step::Completed | Step::Corrected | Step::SampleError | Step::Cancelled) => {
            Err(Reason::OrderTooFar)
        }
    }
}

/// Results that were there once stay: an order may fail or be cancelled after some of them came.
fn results(order: &SeenOrder) -> Result<(), Reason> {
    let has_results = |step| matches!(step, Step::PartialResults | Step::Completed | Step::Corrected);
    let steps = order.events.iter().filter_map(|event| event.status.step());
    let is_unknown = order.status.step().is_none();
    if is_unknown || order.status.step().into_iter().chain(steps).any(has_results) {
        Ok(())
    } else {
        Err(Reason::NoResults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::junction::orders::samples::{order, visit};

    const NOW: &str = "2026-11-26T15:00:00Z";

    fn decided(order: &SeenOrder, visit: Option<&SeenVisit>, before_requisition: bool) -> Actions {
        let grants = OrderGrants::of(OrderGrant::ALL.iter().copied());
        let rules = Rules {
            book_before_requisition: before_requisition,
            grants: &grants,
        };
        actions(order, visit, rules, NOW.parse().unwrap())
    }

    fn in_state(step: &str) -> SeenOrder {
        order(&[&format!("x.at_home_phlebotomy.{step}")])
    }

    /// A visit in these statuses, so many minutes from now.
    fn visit_in(status: &str, minutes: i64) -> SeenVisit {
        let now: Timestamp = NOW.parse().unwrap();
        SeenVisit {
            start: Some(now + jiff::SignedDuration::from_mins(minutes)),
            ..visit(status, status)
        }
    }

    #[test]
    fn what_may_be_done_follows_the_order() {
        use Reason::{NoRequisition, NoResults, OrderHasVisit, OrderPastVisit, OrderTooFar};
        let rows = [
            ("ordered", Some(NoRequisition), None, Some(NoResults)),
            ("requisition_created", None, None, Some(NoResults)),
            ("requisition_bypassed", None, None, Some(NoResults)),
            ("appointment_pending", Some(OrderHasVisit), None, Some(NoResults)),
            ("appointment_scheduled", Some(OrderHasVisit), None, Some(NoResults)),
            ("appointment_cancelled", None, None, Some(NoResults)),
            ("draw_completed", Some(OrderPastVisit), None, Some(NoResults)),
            ("partial_results", Some(OrderPastVisit), Some(OrderTooFar), None),
            ("completed", Some(OrderPastVisit), Some(OrderTooFar), None),
            ("corrected", Some(OrderPastVisit), Some(OrderTooFar), None),
            ("sample_error", Some(OrderPastVisit), Some(OrderTooFar), Some(NoResults)),
            ("cancelled", Some(OrderPastVisit), Some(OrderTooFar), Some(NoResults)),
            ("something_new", None, None, None),
        ];
        for (step, book, cancel, results) in rows {
            let actions = decided(&in_state(step), None, false);
            assert_eq!(actions.book.reason(), book, "{step}");
            assert_eq!(actions.request.reason(), book, "{step}");
            assert_eq!(actions.cancel_order.reason(), cancel, "{step}");
            assert_eq!(actions.results.reason(), results, "{step}");
            assert_eq!(actions.reschedule.reason(), Some(Reason::NoVisitToReschedule), "{step}");
            assert_eq!(actions.cancel_visit.reason(), Some(Reason::NoVisitToCancel), "{step}");
        }
        assert_eq!(decided(&in_state("ordered"), None, true).book, Action::Allowed);
    }

    #[test]
    fn what_may_be_done_follows_the_visit() {
        use Reason::{NoVisitToCancel, NoVisitToReschedule, OrderHasVisit, VisitByRequest, VisitNotReschedulable};
        let fixed = SeenVisit {
            can_reschedule: false,
            ..visit_in("confirmed", 3000)
        };
        let requested = SeenVisit {
            tier: Tier::Request,
            start: None,
            ..visit("pending", "pending")
        };
        let rows = [
            (visit_in("confirmed", 3000), Some(OrderHasVisit), None, None, "booked"),
            (
                fixed,
                Some(OrderHasVisit),
                Some(VisitNotReschedulable),
                None,
                "one that stays",
            ),
            (requested, Some(OrderHasVisit), Some(VisitByRequest), None, "requested"),
            (
                visit_in("in_progress", -5),
                Some(OrderHasVisit),
                Some(VisitNotReschedulable),
                Some(Reason::VisitTooFar),
                "at work",
            ),
            (
                visit_in("no_show", 3000),
                Some(OrderHasVisit),
                None,
                None,
                "a state that is not known",
            ),
            (
                visit_in("cancelled", 3000),
                None,
                Some(NoVisitToReschedule),
                Some(NoVisitToCancel),
                "cancelled, the order behind",
            ),
        ];
        for (visit, book, reschedule, cancel, reason) in rows {
            let actions = decided(&in_state("appointment_scheduled"), Some(&visit), false);
            assert_eq!(actions.book.reason(), book, "{reason}");
            assert_eq!(actions.reschedule.reason(), reschedule, "{reason}");
            assert_eq!(actions.cancel_visit.reason(), cancel, "{reason}");
        }
    }

    #[test]
    fn a_late_cancellation_is_allowed_to_those_who_accept_its_fee() {
        let late = Reason::VisitWithinADay;
        let rows = [
            (24 * 60 - 1, Some(late), "23 h 59 min before"),
            (24 * 60 + 1, None, "24 h 1 min before"),
        ];
        for (minutes, expected, reason) in rows {
            let visit = visit_in("confirmed", minutes);
            let actions = decided(&in_state("appointment_scheduled"), Some(&visit), false);
            for action in [actions.cancel_visit, actions.cancel_order] {
                assert_eq!(action.reason(), expected, "{reason}");
                assert!(action.is_allowed(), "{reason}");
                assert_eq!(action.check(false).err(), expected, "{reason}");
                assert_eq!(action.check(true), Ok(()), "{reason}");
            }
        }
        let ended = visit_in("cancelled", 60);
        let actions = decided(&in_state("appointment_cancelled"), Some(&ended), false);
        assert_eq!(actions.cancel_order, Action::Allowed, "the visit was cancelled before");
    }

    #[test]
    fn only_an_adult_may_be_visited_on_request() {
        let mut order = in_state("requisition_created");
        order.dob = Some("2008-11-27".parse().unwrap());
        let actions = decided(&order, None, false);
        assert_eq!(actions.request, Action::Denied(Reason::PatientUnder18));
        assert_eq!(actions.book, Action::Allowed, "a visit may be booked for a later day");
    }

    #[test]
    fn another_way_of_collection_has_no_visits_and_may_have_results() {
        let mut order = in_state("completed");
        order.method = CollectionMethod::WalkInTest;
        let actions = decided(&order, None, false);
        for action in [actions.book, actions.request, actions.reschedule, actions.cancel_visit] {
            assert_eq!(action, Action::Denied(Reason::NotAtHome));
        }
        assert_eq!(actions.results, Action::Allowed);
    }

    #[test]
    fn results_that_came_before_an_order_failed_can_be_read() {
        let order = order(&[
            "x.at_home_phlebotomy.partial_results",
            "x.at_home_phlebotomy.sample_error",
        ]);
        assert_eq!(decided(&order, None, false).results, Action::Allowed);
    }

    #[test]
    fn what_a_host_may_not_do_is_denied_first() {
        let grants = OrderGrants::of([OrderGrant::Read]);
        let rules = Rules {
            book_before_requisition: false,
            grants: &grants,
        };
        let actions = actions(&in_state("requisition_created"), None, rules, NOW.parse().unwrap());
        let Actions {
            book,
            request,
            reschedule,
            cancel_visit,
            cancel_order,
            results,
        } = actions;
        for action in [book, request, reschedule, cancel_visit, cancel_order, results] {
            assert_eq!(action, Action::Denied(Reason::OrdersNotGranted));
        }
    }
}
