//! The JSON document of an order, with its visit and what may be done about both.

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use domain::junction::{
    Environment,
    orders::{
        actions::{Action, Actions},
        seen::{SeenAddress, SeenEvent, SeenOrder, SeenVisit, SeenVisitEvent},
        times::PatientZone,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{gateway::OrderView, http::edge::attempt::Attempt};

/// A response that contains an order.
pub(super) fn with_order(mut response: HttpResponseBuilder, view: &OrderView, request: &HttpRequest) -> HttpResponse {
    with_request_id(request, |id| response.json(OrderDocument::new(view, id)))
}

/// A response whose document says which request it is to.
pub(super) fn with_request_id(request: &HttpRequest, respond: impl FnOnce(&str) -> HttpResponse) -> HttpResponse {
    let id = Attempt::request_id(request);
    respond(id.as_ref().map_or("", |id| id.as_str()))
}

/// An order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderDocument<'a> {
    order_id: String,
    transaction_id: Option<String>,
    state: &'static str,
    raw_status: &'a str,
    detail: Option<&'a str>,
    next: Option<&'static str>,
    visit: Option<VisitDocument<'a>>,
    actions: ActionsDocument,
    history: Vec<EventDocument<'a>>,
    sample_id: Option<&'a str>,
    has_abn: bool,
    origin: Option<&'a str>,
    interpretation: Option<&'a str>,
    has_missing_results: Option<bool>,
    activate_by: Option<Date>,
    expected_result_by: Option<Date>,
    created_at: Timestamp,
    updated_at: Timestamp,
    warnings: &'a [&'static str],
    request_id: &'a str,
}

/// An order in a list: without its visit, which takes a call of its own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedOrderDocument<'a> {
    order_id: String,
    transaction_id: Option<String>,
    state: &'static str,
    raw_status: &'a str,
    detail: Option<&'a str>,
    next: Option<&'static str>,
    has_visit: bool,
    sample_id: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VisitDocument<'a> {
    visit_id: String,
    state: &'static str,
    raw_status: &'a str,
    raw_event_status: Option<&'a str>,
    provider: &'a str,
    tier: &'static str,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    local_start: Option<String>,
    local_end: Option<String>,
    time_zone: Option<String>,
    can_reschedule: bool,
    notes: Option<&'a str>,
    address: Option<AddressDocument<'a>>,
    history: Vec<VisitEventDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressDocument<'a> {
    first_line: &'a str,
    second_line: Option<&'a str>,
    city: &'a str,
    state: &'a str,
    zip: &'a str,
    access_notes: Option<&'a str>,
}

#[derive(Serialize)]
struct EventDocument<'a> {
    id: i64,
    at: Timestamp,
    status: &'a str,
    state: &'static str,
    detail: Option<&'a str>,
}

#[derive(Serialize)]
struct VisitEventDocument<'a> {
    at: Timestamp,
    status: &'a str,
    data: Option<&'a Map<String, Value>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActionsDocument {
    book: ActionDocument,
    request: ActionDocument,
    reschedule: ActionDocument,
    cancel_visit: ActionDocument,
    cancel_order: ActionDocument,
    results: ActionDocument,
}

#[derive(Serialize)]
struct ActionDocument {
    allowed: bool,
    /// The code of the refusal, if it is not; or of the one that a request must accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl<'a> OrderDocument<'a> {
    fn new(view: &'a OrderView, request_id: &'a str) -> Self {
        let OrderView {
            order,
            visit,
            actions,
            warnings,
            environment,
        } = view;
        let state = order.status.state();
        Self {
            order_id: order.id.to_string(),
            transaction_id: order.transaction.map(|id| id.to_string()),
            state: state.as_str(),
            raw_status: order.status.raw(),
            detail: order.detail.as_deref(),
            next: state.next(),
            visit: visit.as_ref().map(|visit| VisitDocument::new(visit, *environment)),
            actions: ActionsDocument::new(actions),
            history: history(&order.events),
            sample_id: order.sample_id.as_deref(),
            has_abn: order.has_abn,
            origin: order.origin.as_deref(),
            interpretation: order.interpretation.as_deref(),
            has_missing_results: order.has_missing_results,
            activate_by: order.activate_by,
            expected_result_by: order.expected_result_by,
            created_at: order.created_at,
            updated_at: order.updated_at,
            warnings,
            request_id,
        }
    }
}

impl<'a> ListedOrderDocument<'a> {
    pub(super) fn new(order: &'a SeenOrder) -> Self {
        let state = order.status.state();
        Self {
            order_id: order.id.to_string(),
            transaction_id: order.transaction.map(|id| id.to_string()),
            state: state.as_str(),
            raw_status: order.status.raw(),
            detail: order.detail.as_deref(),
            next: state.next(),
            has_visit: order.appointment.is_some(),
            sample_id: order.sample_id.as_deref(),
            created_at: order.created_at,
            updated_at: order.updated_at,
        }
    }
}

impl<'a> VisitDocument<'a> {
    fn new(visit: &'a SeenVisit, environment: Environment) -> Self {
        let zone = PatientZone::read(visit.zone.as_deref(), environment);
        let local = |at: Option<Timestamp>| Some(zone.as_ref()?.local(at?));
        Self {
            visit_id: visit.id.to_string(),
            state: visit.state.as_str(),
            raw_status: &visit.status,
            raw_event_status: visit.event_status.as_deref(),
            provider: &visit.provider,
            tier: visit.tier.as_str(),
            starts_at: visit.start,
            ends_at: visit.end,
            local_start: local(visit.start),
            local_end: local(visit.end),
            time_zone: zone.as_ref().map(|zone| zone.name().to_owned()),
            can_reschedule: visit.can_reschedule,
            notes: visit.notes.as_deref(),
            address: visit.address.as_ref().map(AddressDocument::new),
            history: visit.events.iter().map(VisitEventDocument::new).collect(),
        }
    }
}

impl<'a> AddressDocument<'a> {
    fn new(address: &'a SeenAddress) -> Self {
        Self {
            first_line: &address.first_line,
            second_line: address.second_line.as_deref(),
            city: &address.city,
            state: &address.state,
            zip: &address.zip,
            access_notes: address.access_notes.as_deref(),
        }
    }
}

impl<'a> VisitEventDocument<'a> {
    fn new(event: &'a SeenVisitEvent) -> Self {
        Self {
            at: event.at,
            status: &event.status,
            data: event.data.as_ref(),
        }
    }
}

impl ActionsDocument {
    fn new(actions: &Actions) -> Self {
        Self {
            book: ActionDocument::new(actions.book),
            request: ActionDocument::new(actions.request),
            reschedule: ActionDocument::new(actions.reschedule),
            cancel_visit: ActionDocument::new(actions.cancel_visit),
            cancel_order: ActionDocument::new(actions.cancel_order),
            results: ActionDocument::new(actions.results),
        }
    }
}

impl ActionDocument {
    fn new(action: Action) -> Self {
        Self {
            allowed: action.is_allowed(),
            reason: action.reason().map(|reason| reason.code().as_str()),
        }
    }
}

/// In the order in which Junction counted them: two may have one time.
fn history(events: &[SeenEvent]) -> Vec<EventDocument<'_>> {
    let mut events: Vec<_> = events.iter().collect();
    events.sort_by_key(|event| event.id);
    events
        .into_iter()
        .map(|event| EventDocument {
            id: event.id,
            at: event.at,
            status: event.status.raw(),
            state: event.status.state().as_str(),
            detail: event.detail.as_deref(),
        })
        .collect()
}
