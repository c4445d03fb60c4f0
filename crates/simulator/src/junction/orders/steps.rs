//! What happens to an order by one call of control: `POST /__sim/junction/orders/{id}/{step}`.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::{
    appointment::{Appointment, Stage},
    notices, progress,
    status::Status,
    visits,
};
use crate::junction::{id::Id, moment::Moment, state::Junction};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::junction) enum Step {
    Requisition,
    RequisitionBypassed,
    /// The requisition never comes.
    RequisitionNever,
    /// A pending visit is confirmed.
    Confirm,
    StartVisit,
    Draw,
    Partial,
    Final,
    Corrected,
    /// The results are critical, whatever the status.
    Critical,
    SampleError,
    ProviderCancels,
    ProviderMoves,
    PatientReschedules,
    PatientCancels,
    NoShow,
    PdfReady,
    PdfPending,
    /// Any status, known or not.
    SetStatus,
    /// Any members of the visit.
    SetVisit,
}

/// What a step may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::junction) struct Details {
    /// Why a sample is no good, or what else goes with a status.
    detail: Option<String>,
    /// Why a visit is cancelled.
    reason: Option<String>,
    /// When the visit is now.
    start_at: Option<Moment>,
    status: Option<String>,
    event_status: Option<String>,
    event_data: Option<Value>,
    provider: Option<String>,
    #[serde(deserialize_with = "given")]
    time_zone: Option<Zone>,
    can_reschedule: Option<bool>,
    interpretation: Option<String>,
    has_missing_results: Option<bool>,
    result_types: Option<Vec<String>>,
}

/// A time zone; null is one that is not known, which is not the same as absent.
#[derive(Debug, Clone, Deserialize)]
struct Zone(Option<String>);

fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Zone>, D::Error> {
    Zone::deserialize(deserializer).map(Some)
}

impl Details {
    pub(in crate::junction) fn read(members: Map<String, Value>) -> serde_json::Result<Self> {
        serde_json::from_value(members.into())
    }
}

/// Takes a step. What is wrong comes back if it cannot be taken.
pub(in crate::junction) fn take(
    junction: &mut Junction,
    id: Id,
    step: Step,
    details: Details,
) -> Result<(), &'static str> {
    progress::settle(junction);
    let now = junction.home.clock.now();
    let order = junction.orders.iter_mut().find(|order| order.id == id);
    let order = order.ok_or("there is no such order")?;
    let method = order.method();
    if let Some(interpretation) = &details.interpretation {
        order.results.interpretation.clone_from(interpretation);
    }
    if let Some(missing) = details.has_missing_results {
        order.results.has_missing_results = missing;
    }
    if let Some(types) = details.result_types.clone().filter(|types| !types.is_empty()) {
        order.results.result_types = types;
    }
    let reason = |otherwise: &str| details.reason.clone().unwrap_or_else(|| otherwise.to_owned());
    match step {
        Step::Requisition => plan_away(junction, id, Status::RequisitionCreated, now),
        Step::RequisitionBypassed => plan_away(junction, id, Status::RequisitionBypassed, now),
        Step::RequisitionNever => order.planned.clear(),
        Step::Confirm => {
            let visit = active(junction, id)?;
            visit.start_at = details.start_at.or(visit.start_at);
            plan_away(junction, id, Status::AppointmentScheduled, now);
        }
        Step::StartVisit => {
            active(junction, id)?;
            progress::visit(junction, id, Stage::InProgress, None, now);
        }
        Step::Draw => plan_away(junction, id, Status::DrawCompleted, now),
        Step::Partial => plan_away(junction, id, Status::PartialResults, now),
        Step::Final => plan_away(junction, id, Status::Completed, now),
        Step::Corrected => plan_away(junction, id, Status::Corrected, now),
        Step::Critical => {
            "critical".clone_into(&mut order.results.interpretation);
            order.updated_at = order.updated_at.max(now);
            notices::critical(junction, id);
        }
        Step::SampleError => {
            order.planned.clear();
            let detail = details.detail.unwrap_or_else(|| "sample_hemolyzed".to_owned());
            progress::enter(junction, id, Status::SampleError.full(method), Some(detail), now);
        }
        Step::ProviderCancels => {
            active(junction, id)?;
            let data = json!({"origin": "provider", "reason": reason("no_phlebotomist_available")});
            visits::end(junction, id, data);
        }
        Step::PatientCancels => {
            active(junction, id)?;
            visits::end(
                junction,
                id,
                json!({"origin": "patient", "reason": reason("patient_request")}),
            );
        }
        Step::NoShow => {
            active(junction, id)?;
            visits::end(
                junction,
                id,
                json!({"origin": "provider", "reason": reason("patient_no_show")}),
            );
        }
        Step::ProviderMoves => shift(junction, id, "provider", details.start_at, now)?,
        Step::PatientReschedules => shift(junction, id, "patient", details.start_at, now)?,
        Step::PdfReady => order.results.has_pdf = true,
        Step::PdfPending => order.results.has_pdf = false,
        Step::SetStatus => {
            let status = details.status.ok_or("status is needed")?;
            progress::enter(junction, id, status, details.detail, now);
        }
        Step::SetVisit => set_visit(junction, id, details)?,
    }
    Ok(())
}

/// Reaches a status now, in the place of what was planned.
fn plan_away(junction: &mut Junction, id: Id, status: Status, now: Moment) {
    if let Some(order) = junction.orders.iter_mut().find(|order| order.id == id) {
        order.planned.clear();
    }
    progress::apply(junction, id, status, now);
}

/// Moves a visit as others wish: to a day later, unless it says when.
fn shift(
    junction: &mut Junction,
    id: Id,
    origin: &str,
    start: Option<Moment>,
    now: Moment,
) -> Result<(), &'static str> {
    let visit = active(junction, id)?;
    let before = visit.start_at.unwrap_or(now);
    let start = start.unwrap_or_else(|| before.plus(24 * 60 * 60));
    visit.start_at = Some(start);
    visit.end_at = Some(start.plus(60 * 60));
    let data = json!({"origin": origin, "is_reschedule": true});
    progress::reschedule(junction, id, data, now);
    Ok(())
}

fn set_visit(junction: &mut Junction, id: Id, details: Details) -> Result<(), &'static str> {
    let visit = junction.home.appointment_mut(id).ok_or("the order has no visit")?;
    if let Some(status) = details.status {
        visit.status = status;
    }
    if let Some(status) = details.event_status {
        visit.event_status = status;
    }
    if let Some(provider) = details.provider {
        visit.provider = provider;
    }
    if let Some(Zone(zone)) = details.time_zone {
        visit.iana_timezone = zone;
    }
    if let Some(can_reschedule) = details.can_reschedule {
        visit.can_reschedule = can_reschedule;
    }
    visit.start_at = details.start_at.or(visit.start_at);
    visit.event_data = details.event_data.or_else(|| visit.event_data.take());
    notices::appointment(junction, id, false);
    Ok(())
}

fn active(junction: &mut Junction, id: Id) -> Result<&mut Appointment, &'static str> {
    let visit = junction.home.appointment_mut(id).filter(|visit| visit.is_active());
    visit.ok_or("the order has no active visit")
}
