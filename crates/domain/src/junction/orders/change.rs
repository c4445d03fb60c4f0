//! What changed about an order since it was last read. Events may arrive late, twice or not at all: what was read decides,
//! and what is older than what is known decides nothing.

use jiff::Timestamp;

use super::{
    seen::{SeenOrder, SeenVisit},
    status::OrderState,
    visit_state::VisitState,
};
use crate::junction::JunctionId;

/// What is remembered of an order: nothing of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Its state.
    pub state: OrderState,
    /// Its status, as Junction sent it.
    pub raw_status: String,
    /// When it changed last at Junction, to the microsecond.
    pub updated_at: Timestamp,
    /// The newest of its events.
    pub last_event_id: Option<i64>,
    /// Its visit.
    pub appointment: Option<JunctionId>,
    /// The state of its visit.
    pub visit_state: Option<VisitState>,
    /// What joins it with the orders that replace it.
    pub transaction: Option<JunctionId>,
}

/// What came of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing changed.
    Unchanged,
    /// What was read is older than what is remembered: it is to be read again.
    Older,
    /// Something changed.
    New {
        /// What is remembered from now on.
        observed: Observed,
        /// What hosts learn, in this order.
        events: Vec<Event>,
    },
}

/// What a host learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// About what.
    pub kind: EventKind,
    /// The state of the order or visit, in the gateway's words.
    pub state: &'static str,
    /// When it came about at Junction.
    pub at: Timestamp,
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The order.
    Order,
    /// Its visit.
    Visit,
    /// A result that has to be acted upon at once.
    ResultCritical,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Order, Self::Visit, Self::ResultCritical];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Visit => "visit",
            Self::ResultCritical => "result_critical",
        }
    }

    /// Reads its word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether hosts learn of it before everything else.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        match self {
            Self::Order | Self::Visit => false,
            Self::ResultCritical => true,
        }
    }
}

/// Compares what was read with what is remembered. `has_critical` says that Junction reported a critical result of which no
/// host knows yet.
#[must_use]
pub fn changes(stored: Option<&Observed>, order: &SeenOrder, visit: Option<&SeenVisit>, has_critical: bool) -> Change {
    let mut observed = Observed::of(order, visit);
    if let Some(stored) = stored {
        if observed.is_older_than(stored) {
            return Change::Older;
        }
        observed.keep(stored, visit.is_some());
    }
    let critical = has_critical.then(|| Event {
        kind: EventKind::ResultCritical,
        state: observed.state.as_str(),
        at: observed.updated_at,
    });
    let visited = visit.filter(|_| stored.is_none_or(|stored| stored.visit() != observed.visit()));
    let visited = visited.map(|visit| Event {
        kind: EventKind::Visit,
        state: visit.state.as_str(),
        at: visit
            .events
            .iter()
            .map(|event| event.at)
            .max()
            .unwrap_or(order.updated_at),
    });
    let mut steps = steps(stored, order);
    // Something changed that has no event of its own; only its time says so.
    if steps.is_empty() && visited.is_none() && stored.is_none_or(|stored| stored.order() != observed.order()) {
        steps.push(Event {
            kind: EventKind::Order,
            state: observed.state.as_str(),
            at: order.updated_at,
        });
    }
    let events: Vec<_> = critical.into_iter().chain(steps).chain(visited).collect();
    if events.is_empty() && stored == Some(&observed) {
        Change::Unchanged
    } else {
        Change::New { observed, events }
    }
}

/// One event for each that is new, also if several came at once: one that is left out would be missing in the host's
/// history.
fn steps(stored: Option<&Observed>, order: &SeenOrder) -> Vec<Event> {
    let known = stored.and_then(|stored| stored.last_event_id);
    let mut new: Vec<_> = order
        .events
        .iter()
        .filter(|event| known.is_none_or(|known| event.id > known))
        .collect();
    new.sort_by_key(|event| event.id);
    let steps = new.into_iter().map(|event| Event {
        kind: EventKind::Order,
        state: event.status.state().as_str(),
        at: event.at,
    });
    steps.collect()
}

impl Observed {
    /// What is remembered of what was read.
    #[must_use]
    pub fn of(order: &SeenOrder, visit: Option<&SeenVisit>) -> Self {
        Self {
            state: order.status.state(),
            raw_status: order.status.raw().to_owned(),
            updated_at: to_microsecond(order.updated_at),
            last_event_id: order.last_event_id(),
            appointment: visit.map(|visit| visit.id).or(order.appointment),
            visit_state: visit.map(|visit| visit.state),
            transaction: order.transaction,
        }
    }

    /// Junction's copies of an order may lag behind each other, and its clock may show the same time for both.
    fn is_older_than(&self, stored: &Self) -> bool {
        (self.updated_at, self.last_event_id) < (stored.updated_at, stored.last_event_id)
    }

    /// Goes on with what was not read this time: events that are known stay known, and so does the visit.
    fn keep(&mut self, stored: &Self, has_visit: bool) {
        self.last_event_id = self.last_event_id.max(stored.last_event_id);
        if !has_visit {
            self.appointment = stored.appointment.or(self.appointment);
            self.visit_state = stored.visit_state;
        }
    }

    fn order(&self) -> (OrderState, &str, Timestamp) {
        (self.state, &self.raw_status, self.updated_at)
    }

    fn visit(&self) -> (Option<JunctionId>, Option<VisitState>) {
        (self.appointment, self.visit_state)
    }
}

/// Stores keep no more of a time.
fn to_microsecond(at: Timestamp) -> Timestamp {
    let micros = at.as_microsecond();
    Timestamp::from_microsecond(micros).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::junction::{
        orders::samples::{order as after, visit},
        tests::id,
    };

    const ORDERED: &str = "received.at_home_phlebotomy.ordered";
    const READY: &str = "received.at_home_phlebotomy.requisition_created";
    const SCHEDULED: &str = "collecting_sample.at_home_phlebotomy.appointment_scheduled";
    const COMPLETED: &str = "completed.at_home_phlebotomy.completed";
    const CORRECTED: &str = "completed.at_home_phlebotomy.corrected";

    fn states(change: &Change) -> Option<Vec<(&'static str, &'static str)>> {
        match change {
            Change::Unchanged | Change::Older => None,
            Change::New { events, .. } => Some(events.iter().map(|event| (event.kind.as_str(), event.state)).collect()),
        }
    }

    #[test]
    fn an_order_that_is_read_first_tells_its_history() {
        let order = after(&[ORDERED, READY, SCHEDULED]);
        let change = changes(None, &order, Some(&visit("confirmed", "scheduled")), false);
        let expected = [
            ("order", "placed"),
            ("order", "ready_to_schedule"),
            ("order", "visit_scheduled"),
            ("visit", "scheduled"),
        ];
        assert_eq!(states(&change).unwrap(), expected);
    }

    #[test]
    fn steps_that_were_missed_are_told_one_by_one_in_their_order() {
        let known = Observed::of(&after(&[ORDERED]), None);
        let mut order = after(&[ORDERED, READY, SCHEDULED]);
        order.events.reverse();
        let change = changes(Some(&known), &order, None, false);
        assert_eq!(
            states(&change).unwrap(),
            [("order", "ready_to_schedule"), ("order", "visit_scheduled")]
        );
    }

    #[test]
    fn what_was_read_before_is_not_told_again() {
        let order = after(&[ORDERED, READY]);
        let visit = visit("pending", "pending");
        let known = Observed::of(&order, Some(&visit));
        assert_eq!(changes(Some(&known), &order, Some(&visit), false), Change::Unchanged);
        assert_eq!(
            changes(Some(&known), &order, None, false),
            Change::Unchanged,
            "the visit was not read"
        );
    }

    #[test]
    fn an_older_reading_changes_nothing() {
        let known = Observed::of(&after(&[ORDERED, READY, SCHEDULED, COMPLETED]), None);
        let older = after(&[ORDERED, READY, SCHEDULED]);
        assert_eq!(changes(Some(&known), &older, None, false), Change::Older);
        assert_eq!(
            changes(Some(&known), &older, None, true),
            Change::Older,
            "though a result is critical"
        );
        let mut lagging = after(&[ORDERED, READY, SCHEDULED]);
        lagging.updated_at = known.updated_at;
        assert_eq!(
            changes(Some(&known), &lagging, None, false),
            Change::Older,
            "at the same time"
        );
    }

    #[test]
    fn a_correction_at_the_same_time_is_told() {
        let known = Observed::of(&after(&[ORDERED, COMPLETED]), None);
        let mut order = after(&[ORDERED, COMPLETED, CORRECTED]);
        order.updated_at = known.updated_at;
        let at = order.events[1].at;
        order.events[2].at = at;
        let change = changes(Some(&known), &order, None, false);
        assert_eq!(states(&change).unwrap(), [("order", "corrected")]);
    }

    #[test]
    fn nothing_that_happened_is_missing_whatever_came_before_it() {
        let cancelled = "cancelled.at_home_phlebotomy.cancelled";
        let rows: &[(&[&str], &[&str], &str)] = &[
            (&[COMPLETED], &["corrected"], "corrected after the results"),
            (&[COMPLETED, CORRECTED], &["corrected"], "corrected again"),
            (&[cancelled], &["corrected"], "corrected after it was cancelled"),
        ];
        for (before, expected, reason) in rows {
            let known = Observed::of(&after(before), None);
            let change = changes(Some(&known), &after(&[*before, &[CORRECTED]].concat()), None, false);
            let states: Vec<_> = states(&change).unwrap().into_iter().map(|(_, state)| state).collect();
            assert_eq!(states, *expected, "{reason}");
        }
    }

    #[test]
    fn a_change_without_an_event_of_its_own_is_told_once() {
        let mut order = after(&[ORDERED, COMPLETED]);
        let known = Observed::of(&order, None);
        order.updated_at += jiff::SignedDuration::from_secs(5);
        let change = changes(Some(&known), &order, None, false);
        assert_eq!(states(&change).unwrap(), [("order", "resulted")]);
        let Change::New { observed, .. } = change else {
            unreachable!()
        };
        assert_eq!(changes(Some(&observed), &order, None, false), Change::Unchanged);
    }

    #[test]
    fn less_than_a_microsecond_is_no_change() {
        let mut order = after(&[ORDERED]);
        order.updated_at += jiff::SignedDuration::from_nanos(1_999);
        let mut known = Observed::of(&order, None);
        known.updated_at = Timestamp::from_microsecond(order.updated_at.as_microsecond()).unwrap();
        assert_eq!(changes(Some(&known), &order, None, false), Change::Unchanged);
    }

    #[test]
    fn a_visit_is_told_when_its_state_changes_or_it_is_another() {
        let order = after(&[ORDERED, READY, SCHEDULED]);
        let booked = visit("confirmed", "scheduled");
        let known = Observed::of(&order, Some(&booked));
        let moved = SeenVisit {
            id: id(77),
            ..booked.clone()
        };
        let rows = [
            (visit("cancelled", "cancelled"), "cancelled", "it was cancelled"),
            (visit("no_show", "no_show"), "other", "a state that is not known"),
            (moved, "scheduled", "another visit in the same state"),
        ];
        for (visit, state, reason) in rows {
            let change = changes(Some(&known), &order, Some(&visit), false);
            assert_eq!(states(&change).unwrap(), [("visit", state)], "{reason}");
        }
    }

    #[test]
    fn a_critical_result_is_told_first_and_also_when_nothing_else_changed() {
        let order = after(&[ORDERED, COMPLETED]);
        let known = Observed::of(&order, None);
        let change = changes(Some(&known), &order, None, true);
        assert_eq!(states(&change).unwrap(), [("result_critical", "resulted")]);
        let change = changes(None, &order, None, true);
        assert_eq!(states(&change).unwrap()[0], ("result_critical", "resulted"));
    }
}
