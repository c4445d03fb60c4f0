//! What a team's endpoints hear of its orders.

use serde_json::{Value, json};

use super::{appointment::Appointment, status::Status};
use crate::junction::{id::Id, order::Order, state::Junction, webhooks::message::Event};

/// An order is new, or has another status.
pub(in crate::junction) fn order(junction: &mut Junction, id: Id, is_new: bool) {
    let Some(order) = junction.orders.iter().find(|order| order.id == id) else {
        return;
    };
    if order.status() == Some(Status::PartialResults) && !junction.webhooks.settings.partial_events {
        return;
    }
    let event_type = if is_new {
        "labtest.order.created"
    } else {
        "labtest.order.updated"
    };
    let event = event(junction, order, event_type, junction.shown_order(order));
    junction.webhooks.emit(event);
}

/// An order's appointment is new, or has another status.
pub(in crate::junction) fn appointment(junction: &mut Junction, order: Id, is_new: bool) {
    let order = junction.orders.iter().find(|known| known.id == order);
    let visit = order.and_then(|order| junction.home.appointment(order.id));
    let (Some(order), Some(visit)) = (order, visit.map(Appointment::answer)) else {
        return;
    };
    let event_type = if is_new {
        "labtest.appointment.created"
    } else {
        "labtest.appointment.updated"
    };
    let event = event(junction, order, event_type, visit);
    junction.webhooks.emit(event);
}

/// An order has a critical result.
pub(in crate::junction) fn critical(junction: &mut Junction, id: Id) {
    let Some(order) = junction.orders.iter().find(|order| order.id == id) else {
        return;
    };
    let data = json!({
        "order_id": order.id,
        "sample_id": order.sample_id.as_deref().unwrap_or_default(),
        "status": order.status().map_or("", Status::word),
        "interpretation": "critical",
        "team_id": order.team_id,
        "user_id": order.user_id,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    });
    let event = event(junction, order, "labtest.result.critical", data);
    junction.webhooks.emit(event);
}

fn event(junction: &Junction, order: &Order, event_type: &str, data: Value) -> Event {
    Event {
        kind: event_type.to_owned(),
        team: order.team_id,
        environment: order.environment,
        order: Some(order.id),
        user: Some(order.user_id),
        client_user_id: junction.patient_of(order).map(|patient| patient.client_user_id.clone()),
        data,
    }
}
