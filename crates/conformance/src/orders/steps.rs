//! The steps, in the order in which they are taken. This is what is promised of orders, written by hand.

use serde_json::{Value, json};

use super::story::{Slot, Story};

/// One step.
pub(super) struct Step {
    /// Its name in reports, stable.
    pub(super) name: &'static str,
    pub(super) group: &'static str,
    /// What is sent, for people.
    pub(super) title: &'static str,
    /// Below the target.
    pub(super) path: &'static str,
    /// What is sent; nothing if a step before has not told what is needed.
    pub(super) ask: fn(&Story) -> Option<Ask>,
    /// What may come back.
    pub(super) expected: &'static [Expected],
    /// What must be in a response that is no error, by name if it is not; and what later steps take from it.
    pub(super) learn: fn(&mut Story, &Value) -> Result<(), &'static str>,
    /// Whether it creates or changes something, or would if the target read it more leniently than it should.
    pub(super) is_write: bool,
    /// Whether it is repeated until the order has its requisition.
    pub(super) waits: bool,
}

/// What is sent.
pub(super) struct Ask {
    pub(super) is_get: bool,
    pub(super) team: Team,
    pub(super) key: Key,
    pub(super) body: Option<Value>,
}

/// Which idempotency key comes with it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    None,
    /// The order's.
    Own,
    /// That of orders which are refused.
    Refused,
}

/// How the team is named.
#[derive(Debug, Clone, Copy)]
pub(super) enum Team {
    InBody,
    Own,
    Other,
}

/// What may come back.
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) code: Option<&'static str>,
    pub(super) is_retryable: bool,
    pub(super) field: Option<&'static str>,
}

const fn good(status: u16) -> Expected {
    Expected {
        status,
        code: None,
        is_retryable: false,
        field: None,
    }
}

const fn refused(status: u16, code: &'static str) -> Expected {
    Expected {
        status,
        code: Some(code),
        is_retryable: false,
        field: None,
    }
}

const fn later(status: u16, code: &'static str) -> Expected {
    Expected {
        is_retryable: true,
        ..refused(status, code)
    }
}

const fn at(field: &'static str, status: u16, code: &'static str) -> Expected {
    Expected {
        field: Some(field),
        ..refused(status, code)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the table wants functions of one form")]
fn get(_: &Story) -> Option<Ask> {
    Some(Ask {
        is_get: true,
        team: Team::Own,
        key: Key::None,
        body: None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the table wants functions of one form")]
fn of_other_team(_: &Story) -> Option<Ask> {
    Some(Ask {
        is_get: true,
        team: Team::Other,
        key: Key::None,
        body: None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the table wants functions of one form")]
fn post(body: Value) -> Option<Ask> {
    Some(Ask {
        is_get: false,
        team: Team::Own,
        key: Key::None,
        body: Some(body),
    })
}

fn placing(body: Option<Value>, key: Key) -> Option<Ask> {
    Some(Ask {
        is_get: false,
        team: Team::InBody,
        key,
        body: Some(body?),
    })
}

fn slot(story: &Story, nth: usize) -> Option<&Slot> {
    story.slots.get(nth)
}

fn visit(story: &Story, nth: usize) -> Option<Ask> {
    post(json!({"slot": slot(story, nth)?.sealed}))
}

/// Nothing is taken from it.
#[expect(clippy::unnecessary_wraps, reason = "the table wants functions of one form")]
fn nothing(_: &mut Story, _: &Value) -> Result<(), &'static str> {
    Ok(())
}

fn is(body: &Value, pointer: &str, wanted: &Value) -> bool {
    body.pointer(pointer) == Some(wanted)
}

fn is_the_order(story: &Story, body: &Value) -> Result<(), &'static str> {
    let is_it = story.order.as_deref() == body.get("orderId").and_then(Value::as_str);
    is_it.then_some(()).ok_or("the same order")
}

fn is_booked_for(story: &Story, nth: usize, body: &Value) -> Result<(), &'static str> {
    is_the_order(story, body)?;
    let starts_at = slot(story, nth).map(|slot| Value::from(slot.starts_at.as_str()));
    let is_then = starts_at.is_some_and(|at| is(body, "/visit/startsAt", &at));
    let is_booked = is(body, "/visit/state", &json!("scheduled")) && is_then;
    is_booked.then_some(()).ok_or("a visit at the slot's time")
}

fn has_no_visit(story: &mut Story, body: &Value) -> Result<(), &'static str> {
    is_the_order(story, body)?;
    is(body, "/visit/state", &json!("cancelled"))
        .then_some(())
        .ok_or("a cancelled visit")
}

fn has_ended(story: &mut Story, body: &Value) -> Result<(), &'static str> {
    is_the_order(story, body)?;
    is(body, "/state", &json!("cancelled"))
        .then_some(())
        .ok_or("a cancelled order")
}

const ORDERS: &str = "/v1/junction/orders";
const ORDER: &str = "/v1/junction/orders/{id}";

/// Writes steps without what they have in common.
macro_rules! steps {
    ($($group:literal { $($name:ident, $title:literal, $path:expr, $ask:expr => [$($expected:expr),+], $learn:expr, $writes:literal $(, $waits:literal)?;)+ })+) => {
        &[$($(Step {
            name: stringify!($name),
            group: $group,
            title: $title,
            path: $path,
            ask: $ask,
            expected: &[$($expected),+],
            learn: $learn,
            is_write: $writes,
            waits: false $(|| $waits)?,
        },)+)+]
    };
}

/// All of them. The first one shows that the tenant is in the sandbox, and that this host may simulate.
pub(super) const STEPS: &[Step] = steps! {
    "Before" {
        sandbox_only, "An unknown order that is to be simulated: in production, simulating is refused before that",
            "/v1/junction/orders/{unknown}/simulate", |_| post(json!({}))
            => [refused(404, "junction_not_found")], nothing, false;
        coverage, "A ZIP code that the sandbox serves", "/v1/junction/coverage", |_| post(json!({"zip": "85004"}))
            => [good(200)], |_, body| is(body, "/served", &json!(true)).then_some(()).ok_or("served"), false;
        coverage_malformed, "A ZIP code of nine digits without its dash", "/v1/junction/coverage", |_| post(json!({"zip": "850041234"}))
            => [at("/zip", 400, "invalid_request")], nothing, false;
        tests, "The tests that can be ordered", "/v1/junction/tests", get => [good(200)], Story::take_test, false;
        unknown_order, "An order that does not exist", "/v1/junction/orders/{unknown}", get
            => [refused(404, "junction_not_found")], nothing, false;
        malformed_id, "An order whose id is not a UUID", "/v1/junction/orders/first", get
            => [at("/path/id", 400, "invalid_request")], nothing, false;
    }
    "Refused placings" {
        no_key, "An order without an Idempotency-Key", ORDERS, |story| placing(story.placing(), Key::None)
            => [refused(400, "idempotency_key_required")], nothing, true;
        name, "A name with an accent", ORDERS,
            |story| placing(story.placing_with(&["patient", "demographics", "firstName"], json!("Élodie")), Key::Refused)
            => [at("/patient/demographics/firstName", 422, "name_not_orderable")], nothing, true;
        address, "A post office box", ORDERS, |story| placing(story.placing_with(&["address", "firstLine"], json!("PO Box 7")), Key::Refused)
            => [at("/address/firstLine", 422, "address_incomplete")], nothing, true;
        minor, "A patient who is 17", ORDERS, |story| {
                let dob = json!(story.birthday_of_a_minor());
                placing(story.placing_with(&["patient", "demographics", "dob"], dob), Key::Refused)
            } => [at("/patient/demographics/dob", 422, "patient_is_minor")], nothing, true;
        area, "A ZIP code that is not served", ORDERS, |story| placing(story.placing_with(&["address", "zip"], json!("99950")), Key::Refused)
            => [refused(422, "area_not_served")], nothing, true;
    }
    "Placing" {
        place, "An order", ORDERS, |story| placing(story.placing(), Key::Own)
            => [good(201)], |story, body| {
                story.order = body.get("orderId").and_then(Value::as_str).map(str::to_owned);
                story.order.as_ref().map(|_| ()).ok_or("an order")
            }, true;
        repeat, "The same once more", ORDERS, |story| placing(story.placing(), Key::Own)
            => [good(200)], |story, body| is_the_order(story, body), true;
        conflict, "The same key with another body", ORDERS,
            |story| placing(story.placing_with(&["clinicalNotes"], json!("Another order.")), Key::Own)
            => [refused(409, "idempotency_conflict")], nothing, true;
        other_team, "The order, asked for in another team", ORDER, of_other_team
            => [refused(404, "junction_not_found"), refused(403, "team_denied")], nothing, false;
        early_slots, "Times before the requisition is there", "/v1/junction/orders/{id}/slots", |_| post(json!({}))
            => [later(409, "requisition_pending"), good(200)], nothing, false;
        requisition, "The order, until it has its requisition", ORDER, get => [good(200)], |story, body| {
                is_the_order(story, body)?;
                is(body, "/state", &json!("ready_to_schedule")).then_some(()).ok_or("ready_to_schedule")
            }, false, true;
    }
    "Visits" {
        slots, "Times", "/v1/junction/orders/{id}/slots", |_| post(json!({})) => [good(200)], Story::take_slots, false;
        foreign_slot, "A slot that the gateway did not give out", "/v1/junction/orders/{id}/visit", |_| post(json!({"slot": "AAAA"}))
            => [refused(409, "slot_foreign")], nothing, true;
        book, "A visit", "/v1/junction/orders/{id}/visit", |story| visit(story, 0)
            => [good(200)], |story, body| is_booked_for(story, 0, body), true;
        double_booking, "A second visit", "/v1/junction/orders/{id}/visit", |story| visit(story, 1)
            => [refused(409, "visit_active")], nothing, true;
        reschedule, "The visit at another time", "/v1/junction/orders/{id}/visit/reschedule", |story| visit(story, 1)
            => [good(200)], |story, body| is_booked_for(story, 1, body), true;
        early_results, "Results before the sample is drawn", "/v1/junction/orders/{id}/results", get
            => [later(404, "results_not_ready")], nothing, false;
        reasons, "Why a visit can be cancelled", "/v1/junction/cancellation-reasons", get => [good(200)], |story, body| {
                let reason = body.pointer("/reasons/0/reasonId").and_then(Value::as_str);
                story.reason = reason.map(str::to_owned);
                story.reason.as_ref().map(|_| ()).ok_or("a reason")
            }, false;
        cancel_visit, "The visit, cancelled days before", "/v1/junction/orders/{id}/visit/cancel",
            |story| post(json!({"reasonId": story.reason.as_deref()?, "notes": "A conformance run."}))
            => [good(200)], has_no_visit, true;
        cancel_visit_again, "The same once more, which is done already", "/v1/junction/orders/{id}/visit/cancel",
            |story| post(json!({"reasonId": story.reason.as_deref()?, "notes": "A conformance run."}))
            => [good(200)], has_no_visit, true;
    }
    "The end" {
        cancel, "The order, cancelled", "/v1/junction/orders/{id}/cancel", |_| post(json!({}))
            => [good(200)], has_ended, true;
        cancel_again, "The same once more, which is done already", "/v1/junction/orders/{id}/cancel", |_| post(json!({}))
            => [good(200)], has_ended, true;
        late_slots, "Times for an order that has ended", "/v1/junction/orders/{id}/slots", |_| post(json!({}))
            => [refused(409, "junction_conflict")], nothing, false;
        search, "The patient's orders", "/v1/junction/orders/search",
            |story| {
                story.order.as_ref()?;
                post(json!({"patient": {"clientUserId": story.patient}}))
            } => [good(200)], |story, body| {
                let orders = body.get("orders").and_then(Value::as_array).ok_or("orders")?;
                let is_there = orders.iter().any(|order| is_the_order(story, order).is_ok());
                is_there.then_some(()).ok_or("the order among them")
            }, false;
    }
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::code::Code;

    use super::*;

    #[test]
    fn a_name_stands_for_one_step() {
        let names: BTreeSet<_> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn refusals_are_those_of_the_table_of_codes() {
        for expected in STEPS.iter().flat_map(|step| step.expected) {
            let Some(code) = expected.code else { continue };
            let of_table = Code::ALL.iter().find(|one| one.as_str() == code).unwrap();
            let told = (of_table.status(), of_table.is_retryable());
            assert_eq!((expected.status, expected.is_retryable), told, "{code}");
        }
    }
}
