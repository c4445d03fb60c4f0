//! The Management API's operations on endpoints.

use std::collections::BTreeMap;

use actix_web::http::header::HeaderName;
use serde_json::{Value, json};

use super::{
    endpoint::{self, Change, Endpoint},
    outbox::State,
};
use crate::junction::{
    call::Call, feature::Environment, fields, id::Id, moment::Moment, refused::Refused, state::Junction,
    wanted::Reference,
};

const UNKNOWN: Refused = Refused::NotFound("Webhook not found");

/// A page of endpoints. The cursor is the id of the last one before it.
pub(in crate::junction) fn list(call: &Call<'_>, junction: &Junction) -> Result<Value, Refused> {
    let (team, environment) = place(call, junction)?;
    let all = junction.webhooks.endpoints.iter();
    let mut found: Vec<_> = all
        .filter(|endpoint| endpoint.team == team && endpoint.environment == environment)
        .collect();
    if let Some(cursor) = call.values("next_cursor").next() {
        let before = found.iter().position(|endpoint| endpoint.id == cursor);
        found.drain(..before.map_or(0, |before| before + 1));
    }
    let limit = call.values("limit").next().and_then(|limit| limit.parse().ok());
    let shown: Vec<_> = found.iter().take(limit.unwrap_or(50)).collect();
    let next = shown.last().filter(|_| shown.len() < found.len());
    Ok(json!({
        "data": shown.iter().map(|endpoint| endpoint.answer()).collect::<Value>(),
        "next_cursor": next.map(|endpoint| &endpoint.id),
    }))
}

pub(in crate::junction) fn create(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let (team, environment) = place(call, junction)?;
    let endpoint = fields::body(call.body.as_ref(), |fields| Endpoint::read(fields, team, environment))?;
    let answer = endpoint.answer();
    junction.webhooks.endpoints.push(endpoint);
    Ok(answer)
}

pub(in crate::junction) fn get(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    Ok(known(call, junction)?.answer())
}

pub(in crate::junction) fn update(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let change = fields::body(call.body.as_ref(), |fields| Some(Change::read(fields)))?;
    let endpoint = known(call, junction)?;
    endpoint.change(change);
    Ok(endpoint.answer())
}

pub(in crate::junction) fn delete(call: &Call<'_>, junction: &mut Junction) -> Result<(), Refused> {
    let id = known(call, junction)?.id.clone();
    junction.webhooks.endpoints.retain(|endpoint| endpoint.id != id);
    Ok(())
}

pub(in crate::junction) fn secret(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    Ok(json!({"key": known(call, junction)?.secret()}))
}

pub(in crate::junction) fn rotate(call: &Call<'_>, junction: &mut Junction) -> Result<(), Refused> {
    let secret = fields::body(call.body.as_ref(), |fields| {
        Some(fields.optional("key", endpoint::secret))
    })?;
    known(call, junction)?.rotate(secret);
    Ok(())
}

pub(in crate::junction) fn headers(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    Ok(json!({"headers": known(call, junction)?.headers, "sensitive": []}))
}

pub(in crate::junction) fn set_headers(call: &Call<'_>, junction: &mut Junction) -> Result<(), Refused> {
    let headers = fields::body(call.body.as_ref(), |fields| {
        fields.required("headers", |value| {
            let headers = serde_json::from_value::<BTreeMap<String, String>>(value.clone());
            let headers = headers
                .ok()
                .filter(|headers| headers.keys().all(|name| is_header(name)));
            headers.map_or_else(
                || fields::wrong("dict_type", "Input should be a dictionary of headers"),
                Ok,
            )
        })
    })?;
    known(call, junction)?.headers = headers;
    Ok(())
}

/// How many deliveries there were by status: one value each, of now.
pub(in crate::junction) fn metric(call: &Call<'_>, junction: &Junction) -> Result<Value, Refused> {
    let (team, environment) = place(call, junction)?;
    let now = Moment::real().as_second();
    let count = |state: State| {
        let all = junction.webhooks.deliveries.iter();
        all.filter(|delivery| {
            let event = &delivery.message.event;
            event.team == team && event.environment == environment && delivery.state == state
        })
        .count()
    };
    let row = |status: &str, count: usize| json!({"metric": {"status": status}, "values": [[now, count.to_string()]]});
    let result = [
        row("success", count(State::Delivered)),
        row("fail", count(State::Failed)),
    ];
    Ok(json!({"status": "success", "data": {"resultType": "matrix", "result": result}}))
}

fn is_header(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok()
}

fn place(call: &Call<'_>, junction: &Junction) -> Result<(Id, Environment), Refused> {
    let team = call.id("team_id")?;
    let environment = fields::parameter("path", "environment", call.argument("environment"), fields::environment)?;
    junction.team(&Reference::Junctions(team))?;
    Ok((team, environment))
}

fn known<'a>(call: &Call<'_>, junction: &'a mut Junction) -> Result<&'a mut Endpoint, Refused> {
    let (team, environment) = place(call, junction)?;
    let endpoint = junction
        .webhooks
        .endpoint(call.argument("webhook_id"), team, environment);
    endpoint.ok_or(UNKNOWN)
}
