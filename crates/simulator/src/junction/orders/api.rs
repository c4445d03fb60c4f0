//! The calls about orders.

use serde_json::{Value, json};

use super::{placing::Wanted, progress, status::Status, visits};
use crate::junction::{
    call::Call, fields, id::Id, order::Order, refused::Refused, state::Junction, token::Access, wanted::Reference,
};

pub(in crate::junction) fn create(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let now = junction.home.clock.now();
    let Some(key) = call.idempotency_key else {
        return place(call, access, junction);
    };
    if let Some(response) = junction.home.replays.find(access, key, now) {
        return response;
    }
    let response = place(call, access, junction);
    let place = (access, key);
    junction.home.replays.keep(place, &response, call.keeps_failures, now);
    response
}

fn place(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let wanted = fields::body(call.body.as_ref(), Wanted::read)?;
    let now = junction.home.clock.now();
    let patient = junction.patient(wanted.user, access.team, access.environment);
    let mut order = Order::of(patient.ok_or(Refused::NotFound("User not found"))?, now);
    wanted.check()?;
    wanted.check_age(now.day())?;
    // Whether the creator must be the team's, Junction does not say: here it is so.
    if let Some(creator) = wanted.creator {
        let member = junction.member(&Reference::Junctions(creator));
        if !member.is_ok_and(|member| member.teams().any(|team| team == access.team)) {
            return Err(Refused::BadRequest("creator_member_id is not a member of this team"));
        }
    }
    order.lab_tests = wanted.tests;
    order.placed = wanted.placed;
    order.events.clear();
    let id = order.id;
    progress::place(junction, order);
    accepted(id, "Order submitted", junction)
}

pub(in crate::junction) fn get(call: &Call<'_>, access: Access, junction: &Junction) -> Result<Value, Refused> {
    let order = known(call, access, junction, "This order doesn't exist")?;
    Ok(junction.shown_order(order))
}

pub(in crate::junction) fn cancel(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let order = known(call, access, junction, "Order doesn't exist")?;
    let (id, method) = (order.id, order.method());
    if !order.status().is_none_or(Status::can_be_cancelled) {
        return Err(Refused::Transition(order.status().map_or("", Status::word)));
    }
    visits::end(junction, id, json!({"origin": "customer", "reason": "order_cancelled"}));
    let now = junction.home.clock.now();
    if let Some(order) = junction.orders.iter_mut().find(|order| order.id == id) {
        order.planned.clear();
    }
    progress::enter(junction, id, Status::Cancelled.full(method), None, now);
    accepted(id, "Order cancelled", junction)
}

pub(in crate::junction) fn transaction(call: &Call<'_>, access: Access, junction: &Junction) -> Result<Value, Refused> {
    let order = of_transaction(call, access, junction)?;
    let last = order.events.last();
    Ok(json!({
        "id": order.transaction_id,
        "team_id": order.team_id,
        "status": order.transaction_status(),
        "orders": [{
            "id": order.id,
            "origin": "initial",
            "parent_id": null,
            "last_status": order.status().map(Status::word),
            "last_status_created_at": last.map(|event| event.created_at),
            "updated_at": order.updated_at,
            "created_at": order.created_at,
        }],
    }))
}

/// The order in the path, of this team; Junction's texts differ by operation.
pub(in crate::junction) fn known<'a>(
    call: &Call<'_>,
    access: Access,
    junction: &'a Junction,
    otherwise: &'static str,
) -> Result<&'a Order, Refused> {
    let id = call.id("order_id")?;
    let order = junction.order(id, access.team, access.environment);
    order.ok_or(Refused::NotFound(otherwise))
}

/// The order of the transaction in the path, if the team has transactions at all.
pub(in crate::junction) fn of_transaction<'a>(
    call: &Call<'_>,
    access: Access,
    junction: &'a Junction,
) -> Result<&'a Order, Refused> {
    let id = call.id("transaction_id")?;
    if !junction.home.behaviour.transactions {
        return Err(Refused::Forbidden("This feature is not available for your team"));
    }
    let order = junction.orders.iter().find(|order| {
        order.transaction_id == id && order.team_id == access.team && order.environment == access.environment
    });
    order.ok_or(Refused::NotFound("Order transaction not found"))
}

fn accepted(id: Id, message: &str, junction: &Junction) -> Result<Value, Refused> {
    let order = junction.orders.iter().find(|order| order.id == id);
    let order = order.ok_or(Refused::NotFound("Order doesn't exist"))?;
    Ok(json!({"order": junction.shown_order(order), "status": "SUCCESS", "message": message}))
}
