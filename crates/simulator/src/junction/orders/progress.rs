//! How orders and their visits go on: by calls, by control, and by themselves as the clock goes.

use serde_json::{Value, json};

use super::{
    appointment::{Appointment, Stage},
    notices,
    status::Status,
};
use crate::junction::{
    id::Id,
    moment::Moment,
    order::{Order, Planned},
    state::Junction,
};

/// From an order to the end of a visit that still waits for its requisition, as documented.
const RESERVED_SECS: i64 = 8 * 60 * 60;
/// From the end of a visit that still waits for its requisition to its start, as documented.
const TOO_LATE_SECS: i64 = 2 * 60 * 60;
/// When a visit is that was requested, from its confirmation on.
const REQUESTED_AHEAD_SECS: i64 = 72 * 60 * 60;

/// Does everything whose time has come, in its order.
pub(in crate::junction) fn settle(junction: &mut Junction) {
    let now = junction.home.clock.now();
    while let Some((id, planned)) = due(junction, now) {
        match Status::of(&planned.status) {
            Some(status) => apply(junction, id, status, planned.at),
            None => enter(junction, id, planned.status, None, planned.at),
        }
    }
    let late = junction.orders.iter().filter(|order| is_late(order, junction, now));
    let late: Vec<_> = late.map(|order| order.id).collect();
    for order in late {
        let data = json!({"origin": "junction", "reason": "requisition_not_created"});
        visit(junction, order, Stage::Cancelled, Some(data), now);
    }
}

/// The next thing that an order has planned and that is due.
fn due(junction: &mut Junction, now: Moment) -> Option<(Id, Planned)> {
    let orders = junction.orders.iter_mut().filter_map(|order| {
        let (index, next) = order.planned.iter().enumerate().min_by_key(|(_, planned)| planned.at)?;
        (next.at <= now).then_some((next.at, index, order))
    });
    let (_, index, order) = orders.min_by_key(|(at, _, _)| *at)?;
    Some((order.id, order.planned.remove(index)))
}

/// Whether an order's visit waited too long for the requisition.
fn is_late(order: &Order, junction: &Junction, now: Moment) -> bool {
    if order.appointment_id.is_none() || order.status() != Some(Status::Ordered) {
        return false;
    }
    let visit = junction.home.appointment(order.id).filter(|visit| visit.is_active());
    let Some(visit) = visit else {
        return false;
    };
    let is_scheduled = order.placed.contains_key("activate_by");
    let is_old = !is_scheduled && order.created_at.plus(RESERVED_SECS) < now;
    is_old || visit.start_at.is_some_and(|start| start < now.plus(TOO_LATE_SECS))
}

/// Has an order reach a status, with what that does to its visit. What an order cannot reach any more is left out.
pub(in crate::junction) fn apply(junction: &mut Junction, id: Id, status: Status, at: Moment) {
    let Some(order) = junction.orders.iter().find(|order| order.id == id) else {
        return;
    };
    let is_over = matches!(order.status(), Some(Status::Cancelled | Status::SampleError));
    let has_requisition = order.was(Status::RequisitionCreated) || order.was(Status::RequisitionBypassed);
    let method = order.method();
    let is_critical = order.results.interpretation == "critical";
    if is_over || (has_requisition && status == Status::RequisitionCreated) {
        return;
    }
    match status {
        Status::AppointmentScheduled => confirm(junction, id, at),
        Status::DrawCompleted => {
            visit(junction, id, Stage::Completed, None, at);
            plan_results(junction, id, at);
        }
        Status::Ordered
        | Status::RequisitionCreated
        | Status::RequisitionBypassed
        | Status::AppointmentPending
        | Status::AppointmentCancelled
        | Status::PartialResults
        | Status::Completed
        | Status::Corrected
        | Status::SampleError
        | Status::Cancelled => {}
    }
    enter(junction, id, status.full(method), None, at);
    if matches!(status, Status::RequisitionCreated | Status::RequisitionBypassed) {
        release(junction, id, method, at);
    }
    if status.has_results() && is_critical {
        notices::critical(junction, id);
    }
}

/// Takes up a new order, which gets its requisition in its time.
pub(in crate::junction) fn place(junction: &mut Junction, mut order: Order) {
    order.begin();
    let delay = junction.home.behaviour.requisition_delay();
    if let (Some(delay), true) = (delay, order.is_at_home()) {
        order.planned.push(Planned {
            at: order.created_at.plus(delay),
            status: Status::RequisitionCreated.full(order.method()),
        });
    }
    let id = order.id;
    junction.orders.push(order);
    notices::order(junction, id, true);
}

/// Has an order reach a status, and nothing else.
pub(in crate::junction) fn enter(junction: &mut Junction, id: Id, status: String, detail: Option<String>, at: Moment) {
    if let Some(order) = junction.orders.iter_mut().find(|order| order.id == id) {
        order.enter(status, detail, at);
        notices::order(junction, id, false);
    }
}

/// Has an order's active visit reach a stage.
pub(in crate::junction) fn visit(junction: &mut Junction, order: Id, stage: Stage, data: Option<Value>, at: Moment) {
    let visit = junction.home.appointment_mut(order).filter(|visit| visit.is_active());
    if let Some(visit) = visit {
        visit.enter(stage, data, at);
        notices::appointment(junction, order, false);
    }
}

/// A visit whose time was changed is scheduled anew, or reserved if it was.
pub(in crate::junction) fn reschedule(junction: &mut Junction, order: Id, data: Value, at: Moment) {
    let is_reserved = junction
        .home
        .appointment(order)
        .is_some_and(|visit| visit.is(Stage::Reserved));
    if is_reserved {
        visit(junction, order, Stage::Reserved, Some(data), at);
        return;
    }
    visit(junction, order, Stage::Scheduled, Some(data), at);
    let method = junction
        .orders
        .iter()
        .find(|known| known.id == order)
        .map(Order::method);
    if let Some(method) = method {
        enter(junction, order, Status::AppointmentScheduled.full(method), None, at);
    }
}

/// Takes up a new visit of an order.
pub(in crate::junction) fn begin_visit(junction: &mut Junction, visit: Appointment) {
    if let Some(order) = junction.orders.iter_mut().find(|order| order.id == visit.order_id) {
        order.appointment_id = Some(visit.id);
    }
    let order = visit.order_id;
    junction.home.appointments.push(visit);
    notices::appointment(junction, order, true);
}

/// A visit that waited for the requisition goes on.
fn release(junction: &mut Junction, id: Id, method: &str, at: Moment) {
    let visit = junction.home.appointment(id).filter(|visit| visit.is_active());
    let Some(is_reserved) = visit.map(|visit| visit.is(Stage::Reserved)) else {
        return;
    };
    enter(junction, id, Status::AppointmentPending.full(method), None, at);
    if is_reserved {
        apply(junction, id, Status::AppointmentScheduled, at);
    }
}

/// Schedules an order's active visit, at some time if it has none.
fn confirm(junction: &mut Junction, id: Id, at: Moment) {
    if let Some(visit) = junction.home.appointment_mut(id).filter(|visit| visit.is_active()) {
        let start = *visit.start_at.get_or_insert(at.plus(REQUESTED_AHEAD_SECS));
        visit.end_at.get_or_insert(start.plus(60 * 60));
    }
    visit(junction, id, Stage::Scheduled, None, at);
}

fn plan_results(junction: &mut Junction, id: Id, at: Moment) {
    let delay = junction.home.behaviour.results_after_secs;
    if let Some(order) = junction.orders.iter_mut().find(|order| order.id == id) {
        order.sample_id.get_or_insert_with(|| format!("{}-0175", id_digits(id)));
        // A simulation has its own plan.
        if let (Some(delay), true) = (delay, order.planned.is_empty()) {
            let status = Status::Completed.full(order.method());
            order.planned.push(Planned {
                at: at.plus(delay),
                status,
            });
        }
    }
}

/// Eight digits that stay with an order.
fn id_digits(id: Id) -> String {
    let digits = id
        .to_string()
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(char::from)
        .collect::<String>();
    format!("{digits:0<8}").chars().take(8).collect()
}
