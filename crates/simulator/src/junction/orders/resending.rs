//! Events that are sent again, by order or by time.

use serde_json::{Value, json};

use super::{notices, reading};
use crate::junction::{
    call::Call,
    fields::{self, Read},
    id::Id,
    moment::Moment,
    refused::Refused,
    state::Junction,
    token::Access,
};

/// As documented.
const LONGEST_SECS: i64 = 60 * 24 * 60 * 60;

/// Sends the newest event of each order again: which events Junction sends, it does not say.
pub(in crate::junction) fn resend(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let (ids, start, end) = fields::body(call.body.as_ref(), |fields| {
        let ids = fields.optional("order_ids", reading::ids);
        let start = fields.optional("start_at", moment);
        let end = fields.optional("end_at", moment);
        Some((ids, start, end))
    })?;
    if ids.is_none() && start.is_none() {
        return Err(Refused::BadRequest("Either order_ids or start_at is required"));
    }
    let end = end.unwrap_or_else(|| junction.home.clock.now());
    if start.is_some_and(|start| end > start.plus(LONGEST_SECS)) {
        return Err(Refused::BadRequest("The time range must not exceed 60 days"));
    }
    let of_team = junction.orders.iter().filter(|order| {
        let is_named = ids.as_ref().is_none_or(|ids| ids.contains(&order.id));
        let is_then = start.is_none_or(|start| order.updated_at >= start && order.updated_at <= end);
        order.team_id == access.team && order.environment == access.environment && is_named && is_then
    });
    let resent: Vec<Id> = of_team.map(|order| order.id).collect();
    for id in &resent {
        notices::order(junction, *id, false);
    }
    Ok(json!({"order_ids": resent}))
}

fn moment(value: &Value) -> Read<Moment> {
    let moment = Moment::parse(&fields::text(value)?);
    moment.map_or_else(
        || fields::wrong("datetime_parsing", "Input should be a valid datetime"),
        Ok,
    )
}
