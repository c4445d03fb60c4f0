//! What has changed about orders, for hosts that ask.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, web::Data};
use domain::{
    audit::Named,
    fault::Fault,
    junction::orders::{bare::EventsQuery, grant::OrderGrant},
    reason::Reason,
    refusal::Refusal,
};
use jiff::Timestamp;
use serde::Serialize;

use super::document::with_request_id;
use crate::{
    directory::Caller,
    gateway::{Gateway, StoredEvent},
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading, or_internal},
        body::is_there,
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// Which events are asked for.
pub(in crate::http) struct EventsAsked(EventsQuery);

impl ReadLaunch for EventsAsked {
    /// Only servers: an event names an order of any patient, and a token may be bound to one.
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction()?;
        caller.host.junction.orders.check(OrderGrant::Read)?;
        if caller.token.is_some() {
            return Err(Reason::EventsForKeysAlone);
        }
        Ok(())
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let Reading {
            request, mut errors, ..
        } = reading;
        if is_there(request, payload).await {
            errors.add("", Fault::NotAccepted("Send no body with this method"));
        }
        let asked = EventsQuery::read(request.query_string(), &mut errors);
        if errors.is_empty() {
            Ok(Self(asked))
        } else {
            Err(Refusal::new(Reason::FieldsAtFault).naming(errors).into())
        }
    }

    fn named(&self) -> Named<'_> {
        Named::default()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventsDocument<'a> {
    events: Vec<EventDocument<'a>>,
    /// What to send as `after` next.
    next: i64,
    request_id: &'a str,
}

/// An event as a host sees it, however it gets there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventDocument<'a> {
    seq: i64,
    kind: &'static str,
    order_id: String,
    team_id: String,
    state: &'a str,
    at: Timestamp,
}

pub(in crate::http) async fn events(
    asked: Authenticated<EventsAsked>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let EventsAsked(EventsQuery { after, wait }) = asked.launch;
    let events = Attempt::launching(&request, async |_progress| {
        gateway.order_events(&asked.caller, after, wait).await
    });
    let events = or_internal(events).await?;
    Ok(with_request_id(&request, |request_id| {
        HttpResponse::Ok().json(EventsDocument {
            next: events.last().map_or(after, |event| event.seq),
            events: events.iter().map(EventDocument::new).collect(),
            request_id,
        })
    }))
}

impl<'a> EventDocument<'a> {
    fn new(event: &'a StoredEvent) -> Self {
        Self {
            seq: event.seq,
            kind: event.kind.as_str(),
            order_id: event.order.to_string(),
            team_id: event.team.to_string(),
            state: &event.state,
            at: event.at,
        }
    }
}
