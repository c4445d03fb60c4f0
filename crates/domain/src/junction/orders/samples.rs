//! Orders and visits for the tests of this folder.

use jiff::{SignedDuration, Timestamp};

use super::{
    seen::{CollectionMethod, SeenEvent, SeenOrder, SeenVisit, Tier},
    status::OrderStatus,
    visit_state::VisitState,
};
use crate::junction::tests::id;

/// An order with these events, each a minute after the one before, as it was read after the last.
pub(super) fn order(statuses: &[&str]) -> SeenOrder {
    let created_at: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
    let events: Vec<_> = (1..)
        .zip(statuses)
        .map(|(number, status)| SeenEvent {
            id: number,
            at: created_at + SignedDuration::from_mins(number),
            status: OrderStatus::read(status),
            detail: None,
        })
        .collect();
    let last = events.last().unwrap();
    SeenOrder {
        id: id(2),
        team: id(1),
        user: id(3),
        method: CollectionMethod::AtHomePhlebotomy,
        status: last.status.clone(),
        detail: None,
        appointment: None,
        dob: Some("1986-03-09".parse().unwrap()),
        address: None,
        transaction: None,
        created_at,
        updated_at: last.at,
        sample_id: Some("11545596-0175".to_owned()),
        has_abn: false,
        activate_by: None,
        expected_result_by: None,
        interpretation: None,
        has_missing_results: None,
        origin: None,
        events,
    }
}

/// A visit in these statuses, with a time in the next days.
pub(super) fn visit(status: &str, event_status: &str) -> SeenVisit {
    SeenVisit {
        id: id(4),
        order: Some(id(2)),
        user: id(3),
        status: status.to_owned(),
        event_status: Some(event_status.to_owned()),
        state: VisitState::of(status, Some(event_status), true),
        start: Some("2026-11-29T15:00:00Z".parse().unwrap()),
        end: Some("2026-11-29T17:00:00Z".parse().unwrap()),
        zone: Some("America/Phoenix".to_owned()),
        provider: "getlabs".to_owned(),
        tier: Tier::Ready,
        can_reschedule: true,
        notes: None,
        events: Vec::new(),
        address: None,
    }
}
