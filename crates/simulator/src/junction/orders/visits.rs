//! The calls about visits.

use serde_json::{Map, Value, json};

use super::{
    appointment::{Appointment, Stage},
    behaviour::Tier,
    progress, reading,
    slots::{self, Offer},
    status::Status,
};
use crate::junction::{
    call::Call,
    fields,
    id::Id,
    moment::Moment,
    order::{Order, Planned},
    refused::Refused,
    state::Junction,
    token::Access,
};

const PROVIDERS: &[&str] = &["getlabs", "phlebfinders", "quest", "sonora_quest"];

/// Why a visit is cancelled: id, name, whether its price is paid back. The last one needs notes.
const REASONS: [(&str, &str, bool); 4] = [
    (
        "5c0257ef-6fea-4a22-b20a-3ddab573d5c5",
        "Patient needs to reschedule",
        true,
    ),
    (
        "8b1c2f7e-0d43-4f6a-9a5e-2f1d7c9e4b10",
        "Patient no longer needs the test",
        true,
    ),
    ("c1f7e2d9-54b8-4e0f-8c36-7a9d0b5e1f22", "Patient was not at home", false),
    ("e2d6a1b8-93c4-4d7f-b5a0-1c8e6f3d9a47", "Other", false),
];

pub(in crate::junction) fn availability(
    call: &Call<'_>,
    access: Access,
    junction: &mut Junction,
) -> Result<Value, Refused> {
    let now = junction.home.clock.now();
    let start = call.values("start_date").next();
    let start = match start {
        Some(start) => fields::parameter("query", "start_date", &start, fields::date)?
            .parse()
            .ok(),
        None => None,
    };
    let address = fields::body(call.body.as_ref(), |fields| Some(reading::us_address(fields)))?;
    let home = &mut junction.home;
    let zip = text(&address, "zip_code");
    if !home
        .behaviour
        .tiers(zip, Some(text(&address, "first_line")))
        .contains(&Tier::AppointmentReady)
    {
        return Ok(json!({"slots": [], "timezone": home.behaviour.zone(zip)}));
    }
    let visits: Vec<_> = home.appointments.iter().filter(|visit| visit.is_active()).collect();
    let taken = |start| {
        let then = visits.iter().filter(|visit| visit.start_at == Some(start));
        u32::try_from(then.count()).unwrap_or(u32::MAX)
    };
    let from = start.unwrap_or_else(|| now.day());
    Ok(home.keys.offer(&address, from, (access, &home.behaviour, now), taken))
}

pub(in crate::junction) fn book(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let (key, notes, is_async) = fields::body(call.body.as_ref(), |fields| {
        let key = fields.required("booking_key", fields::text);
        let notes = fields.optional("appointment_notes", reading::notes);
        let is_async = fields.optional("async_confirmation", fields::boolean);
        fields.optional("sync_confirmation_timeout_millisecond", reading::integer);
        fields.optional("async_confirmation_timeout_millisecond", reading::integer);
        Some((key?, notes, call.stays_pending || is_async == Some(Value::Bool(true))))
    })?;
    let order = visited(call, access, junction)?;
    let (id, has_requisition) = (order.id, order.status() != Some(Status::Ordered));
    let provider = junction.home.behaviour.ready_provider.clone();
    is_free(order, &provider, junction)?;
    let offer = spend(&key, access, junction)?;
    let now = junction.home.clock.now();
    let mut visit = new_visit(order_of(id, junction)?, provider, offer.address.clone(), notes);
    take(&mut visit, offer);
    visit.can_reschedule = true;
    visit.enter(Stage::Pending, None, now);
    progress::begin_visit(junction, visit);
    if has_requisition {
        progress::apply(junction, id, Status::AppointmentPending, now);
        if is_async {
            plan_confirmation(junction, id, now);
        } else {
            progress::apply(junction, id, Status::AppointmentScheduled, now);
        }
    } else {
        progress::visit(junction, id, Stage::Reserved, None, now);
    }
    shown(id, junction)
}

pub(in crate::junction) fn request(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let (address, provider, notes) = fields::body(call.body.as_ref(), |fields| {
        let address = fields.required("address", |value| {
            fields::object(value, |fields| Some(reading::us_address(fields)))
        });
        let provider = fields.required("provider", |value| reading::one_of(value, PROVIDERS));
        let notes = fields.optional("appointment_notes", reading::notes);
        Some((address?, provider?, notes))
    })?;
    let order = visited(call, access, junction)?;
    let (id, has_requisition) = (order.id, order.status() != Some(Status::Ordered));
    is_free(order, &provider, junction)?;
    let behaviour = &junction.home.behaviour;
    let tiers = behaviour.tiers(text(&address, "zip_code"), Some(text(&address, "first_line")));
    if provider != behaviour.request_provider || !tiers.contains(&Tier::AppointmentRequest) {
        return Err(Refused::BadRequest("This provider does not serve this area"));
    }
    let now = junction.home.clock.now();
    let zone = junction.home.behaviour.zone(text(&address, "zip_code"));
    let mut visit = new_visit(order_of(id, junction)?, provider, address, notes);
    visit.iana_timezone = zone;
    visit.enter(Stage::Pending, None, now);
    progress::begin_visit(junction, visit);
    if has_requisition {
        progress::apply(junction, id, Status::AppointmentPending, now);
        plan_confirmation(junction, id, now);
    }
    shown(id, junction)
}

pub(in crate::junction) fn reschedule(
    call: &Call<'_>,
    access: Access,
    junction: &mut Junction,
) -> Result<Value, Refused> {
    let (key, notes) = fields::body(call.body.as_ref(), |fields| {
        let key = fields.required("booking_key", fields::text);
        let notes = fields.optional("appointment_notes", reading::notes);
        Some((key?, notes))
    })?;
    let order = at_home(call, access, junction)?;
    let id = order.id;
    let visit = junction.home.appointment(id).filter(|visit| visit.is_active());
    let visit = visit.ok_or(Refused::NotFound("No appointment for this order"))?;
    if !visit.can_reschedule {
        return Err(Refused::BadRequest("This appointment cannot be rescheduled"));
    }
    let offer = spend(&key, access, junction)?;
    let now = junction.home.clock.now();
    if let Some(visit) = junction.home.appointment_mut(id) {
        take(visit, offer);
        if notes.is_some() {
            visit.notes = notes;
        }
    }
    let data = json!({"origin": "customer", "is_reschedule": true});
    progress::reschedule(junction, id, data, now);
    shown(id, junction)
}

pub(in crate::junction) fn cancel(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let (reason, notes) = fields::body(call.body.as_ref(), |fields| {
        let reason = fields.required("cancellation_reason_id", fields::id);
        let notes = fields.optional("notes", reading::notes);
        Some((reason?, notes))
    })?;
    let order = at_home(call, access, junction)?;
    let id = order.id;
    let visit = junction.home.appointment(id);
    let visit = visit.ok_or(Refused::NotFound("No appointment for this order"))?;
    if !visit.is_active() {
        return Err(Refused::BadRequest("This appointment cannot be cancelled"));
    }
    let known = REASONS.iter().find(|(id, _, _)| Id::parse(id) == Some(reason));
    let (_, name, _) = known.ok_or(Refused::BadRequest("Unknown cancellation reason"))?;
    if *name == "Other" && notes.is_none_or(|notes| notes.trim().is_empty()) {
        return Err(Refused::BadRequest("Notes are required for this cancellation reason"));
    }
    let data = json!({"origin": "customer", "reason": name});
    end(junction, id, data);
    shown(id, junction)
}

/// Cancels an order's active visit; the order can have another one, if its requisition is there.
pub(in crate::junction) fn end(junction: &mut Junction, id: Id, data: Value) {
    let now = junction.home.clock.now();
    let is_active = junction.home.appointment(id).is_some_and(Appointment::is_active);
    if !is_active {
        return;
    }
    progress::visit(junction, id, Stage::Cancelled, Some(data), now);
    let order = junction.orders.iter_mut().find(|order| order.id == id);
    let Some(order) = order.filter(|order| order.status() != Some(Status::Ordered)) else {
        return;
    };
    order.planned.clear();
    let status = Status::AppointmentCancelled.full(order.method());
    progress::enter(junction, id, status, None, now);
}

pub(in crate::junction) fn reasons() -> Value {
    let reasons = REASONS.iter();
    reasons
        .map(|(id, name, is_refundable)| json!({"id": id, "name": name, "is_refundable": is_refundable}))
        .collect()
}

pub(in crate::junction) fn get(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let id = at_home(call, access, junction)?.id;
    shown(id, junction)
}

/// The order in the path, if it can have visits at all.
fn at_home<'a>(call: &Call<'_>, access: Access, junction: &'a Junction) -> Result<&'a Order, Refused> {
    let id = call.id("order_id")?;
    let order = junction.order(id, access.team, access.environment);
    let order = order.ok_or(Refused::NotFound("This order doesn't exist."))?;
    if order.is_at_home() {
        Ok(order)
    } else {
        Err(Refused::NotFound("This order doesn't have a phlebotomy order."))
    }
}

/// The order in the path, if a visit can be arranged now.
fn visited<'a>(call: &Call<'_>, access: Access, junction: &'a Junction) -> Result<&'a Order, Refused> {
    let order = at_home(call, access, junction)?;
    match order.status() {
        Some(Status::Ordered) if junction.home.behaviour.book_before_requisition => Ok(order),
        Some(Status::Ordered) => Err(Refused::BadRequest(
            "This order does not have a requisition, it's still in state ordered.",
        )),
        Some(status) if !status.can_be_visited() => {
            Err(Refused::BadRequest("This order does not take appointments any more"))
        }
        Some(_) | None => Ok(order),
    }
}

/// A patient has one active visit of a provider at a time, and an order has one at all.
fn is_free(order: &Order, provider: &str, junction: &Junction) -> Result<(), Refused> {
    let active = junction.home.appointments.iter().filter(|visit| visit.is_active());
    let of_patient = active.filter(|visit| visit.team_id == order.team_id && visit.user_id == order.user_id);
    for visit in of_patient {
        if visit.order_id == order.id {
            return Err(Refused::BadRequest("This order already has an active appointment"));
        }
        if visit.provider == provider {
            return Err(Refused::BadRequest(
                "The patient already has an active appointment with this provider",
            ));
        }
    }
    Ok(())
}

/// Spends a key, if what it stands for is still free.
fn spend(key: &str, access: Access, junction: &mut Junction) -> Result<Offer, Refused> {
    let now = junction.home.clock.now();
    let offer = junction.home.keys.spend(key, access, now);
    let offer = offer.ok_or(slots::KEY_EXPIRED)?;
    let active = junction.home.appointments.iter().filter(|visit| visit.is_active());
    let taken = active.filter(|visit| visit.start_at == Some(offer.start)).count();
    if u32::try_from(taken).is_ok_and(|taken| taken < junction.home.behaviour.slots.capacity) {
        Ok(offer)
    } else {
        Err(slots::taken(junction.home.behaviour.kind))
    }
}

fn order_of(id: Id, junction: &Junction) -> Result<&Order, Refused> {
    let order = junction.orders.iter().find(|order| order.id == id);
    order.ok_or(Refused::NotFound("This order doesn't exist."))
}

fn new_visit(order: &Order, provider: String, address: Map<String, Value>, notes: Option<String>) -> Appointment {
    Appointment {
        id: Id::new(),
        order_id: order.id,
        user_id: order.user_id,
        team_id: order.team_id,
        environment: order.environment,
        order_transaction_id: Some(order.transaction_id),
        address,
        start_at: None,
        end_at: None,
        iana_timezone: None,
        provider,
        status: String::new(),
        event_status: String::new(),
        can_reschedule: false,
        notes,
        event_data: None,
        events: Vec::new(),
    }
}

fn take(visit: &mut Appointment, offer: Offer) {
    visit.address = offer.address;
    visit.start_at = Some(offer.start);
    visit.end_at = Some(offer.end);
    visit.iana_timezone = offer.zone;
}

fn plan_confirmation(junction: &mut Junction, id: Id, now: Moment) {
    let delay = junction.home.behaviour.confirm_after_secs;
    let order = junction.orders.iter_mut().find(|order| order.id == id);
    if let (Some(delay), Some(order)) = (delay, order) {
        order.planned.push(Planned {
            at: now.plus(delay),
            status: Status::AppointmentScheduled.full(order.method()),
        });
    }
}

fn shown(order: Id, junction: &Junction) -> Result<Value, Refused> {
    let visit = junction.home.appointment(order);
    Ok(visit
        .ok_or(Refused::NotFound("No appointment for this order"))?
        .answer())
}

fn text<'a>(address: &'a Map<String, Value>, name: &str) -> &'a str {
    address.get(name).and_then(Value::as_str).unwrap_or_default()
}
