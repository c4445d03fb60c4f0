//! Simulated progress of a sandbox's order.

use serde_json::Value;

use super::{api, appointment::Appointment, reading, status::Status};
use crate::junction::{
    call::Call,
    feature::Environment,
    fields,
    order::{Order, Outcome, Planned},
    refused::Refused,
    state::Junction,
    token::Access,
};

const INTERPRETATIONS: &[&str] = &["normal", "abnormal", "critical", "unknown"];
const TYPES: &[&str] = &["numeric", "range", "comment", "coded_value"];

/// Plans what is to come, each step so many seconds after the last one by the stand-in's clock. Without a visit it goes as
/// far as the requisition, and from there no further.
pub(in crate::junction) fn start(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let order = api::known(call, access, junction, "Order doesn't exist")?;
    let id = order.id;
    if access.environment != Environment::Sandbox {
        return Err(Refused::Forbidden("Orders can be simulated in the sandbox only"));
    }
    let last = match call.values("final_status").next() {
        Some(text) => fields::parameter("query", "final_status", &text, |value| status(value, order))?,
        None => Status::Completed,
    };
    let delay = match call.values("delay").next() {
        Some(text) => fields::parameter("query", "delay", &text, reading::number)?.max(0),
        None => 0,
    };
    let outcome = match &call.body {
        None | Some(Value::Null) => None,
        Some(_) => Some(fields::body(call.body.as_ref(), |fields| {
            let normal = Outcome::default();
            let interpretation = fields.optional("interpretation", |value| reading::one_of(value, INTERPRETATIONS));
            let types = fields.optional("result_types", |value| {
                fields::list(value, |value| reading::one_of(value, TYPES))
            });
            let missing = fields.optional("has_missing_results", fields::boolean);
            Some(Outcome {
                interpretation: interpretation.unwrap_or(normal.interpretation),
                result_types: types.filter(|types| !types.is_empty()).unwrap_or(normal.result_types),
                has_missing_results: missing == Some(Value::Bool(true)),
                has_pdf: true,
            })
        })?),
    };
    let has_visit = junction.home.appointment(id).is_some_and(Appointment::is_active);
    let now = junction.home.clock.now();
    let order = junction.orders.iter_mut().find(|order| order.id == id);
    let order = order.ok_or(Refused::NotFound("Order doesn't exist"))?;
    if let Some(outcome) = outcome {
        order.results = outcome;
    }
    let steps = steps(order, has_visit, last);
    if !steps.is_empty() {
        order.planned.clear();
    }
    for (count, step) in (0_i64..).zip(steps) {
        order.planned.push(Planned {
            at: now.plus(delay.saturating_mul(count)),
            status: step.full(order.method()),
        });
    }
    Ok("Success".into())
}

fn status(value: &Value, order: &Order) -> fields::Read<Status> {
    let text = fields::text(value)?;
    let status = Status::of(&text).filter(|status| status.full(order.method()) == text);
    status.map_or_else(|| fields::wrong("enum", "Input should be a status of this order"), Ok)
}

/// What is between an order's status and the last one.
fn steps(order: &Order, has_visit: bool, last: Status) -> Vec<Status> {
    let Some(here) = order.status() else {
        return vec![last];
    };
    if !has_visit && order.sample_id.is_none() {
        let wants_requisition = here == Status::Ordered && order.is_at_home();
        return if wants_requisition {
            vec![Status::RequisitionCreated]
        } else {
            Vec::new()
        };
    }
    let way = [
        Status::Ordered,
        Status::RequisitionCreated,
        Status::AppointmentPending,
        Status::AppointmentScheduled,
        Status::DrawCompleted,
        Status::PartialResults,
        Status::Completed,
        Status::Corrected,
    ];
    let place = |status| way.iter().position(|step| *step == status);
    match (place(here), place(last)) {
        (Some(here), Some(end)) => {
            let between = way.into_iter().enumerate().filter(|(at, step)| {
                let is_asked_for = *at == end || *step != Status::PartialResults;
                here < *at && *at <= end && is_asked_for
            });
            between.map(|(_, step)| step).collect()
        }
        (Some(_) | None, None) | (None, Some(_)) => vec![last],
    }
}
