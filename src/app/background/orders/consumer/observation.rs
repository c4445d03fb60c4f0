//! What is known of an order, in the words of the rules and in those of the store. Pure.

use domain::junction::{
    JunctionId,
    orders::{
        change::{self, Event},
        status::OrderState,
        visit_state::VisitState,
    },
};
use store::orders::{NewEvent, Observed};

/// For the store.
pub(super) fn to_store(observed: &change::Observed) -> Observed {
    Observed {
        state: observed.state.as_str().to_owned(),
        raw_status: observed.raw_status.clone(),
        updated_at: observed.updated_at,
        last_event_id: observed.last_event_id,
        appointment: observed.appointment.map(JunctionId::uuid),
        visit_state: observed.visit_state.map(|state| state.as_str().to_owned()),
        transaction: observed.transaction.map(JunctionId::uuid),
    }
}

/// From the store. Words that a later version has written are other words.
pub(super) fn from_stored(stored: &Observed) -> change::Observed {
    let visit_state = stored.visit_state.as_deref();
    change::Observed {
        state: OrderState::parse(&stored.state).unwrap_or(OrderState::Other),
        raw_status: stored.raw_status.clone(),
        updated_at: stored.updated_at,
        last_event_id: stored.last_event_id,
        appointment: stored.appointment.and_then(JunctionId::of),
        visit_state: visit_state.map(|word| VisitState::parse(word).unwrap_or(VisitState::Other)),
        transaction: stored.transaction.and_then(JunctionId::of),
    }
}

pub(super) fn to_stored_event(event: &Event) -> NewEvent {
    NewEvent {
        kind: event.kind,
        state: event.state.to_owned(),
        at: event.at,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_stored_comes_back_as_it_was() {
        for state in OrderState::ALL {
            for visit_state in VisitState::ALL.iter().map(|state| Some(*state)).chain([None]) {
                let observed = change::Observed {
                    state: *state,
                    raw_status: "received.walk_in_test.ordered".to_owned(),
                    updated_at: Timestamp::UNIX_EPOCH,
                    last_event_id: Some(7),
                    appointment: JunctionId::of(Uuid::from_u128(1)),
                    visit_state,
                    transaction: None,
                };
                assert_eq!(from_stored(&to_store(&observed)), observed);
            }
        }
    }
}
