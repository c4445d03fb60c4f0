//! The Management API, whose callers are one org's.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    call::Call,
    fields,
    id::Id,
    member::{Change, Member},
    refused::Refused,
    state::Junction,
    team::Team,
    token::{self, Access},
    visit,
    wanted::{Reference, Wanted},
};

pub(super) fn resolve_team(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let name = fields::body(call.body.as_ref(), |fields| {
        fields.required("integration_team_id", fields::short_text)
    })?;
    Ok(junction.team(&Reference::Partners(name))?.answer(&[]))
}

pub(super) fn create_team(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let new = fields::body(call.body.as_ref(), Team::read)?;
    let same = junction.teams.iter().find(|team| {
        let same_name = new.integration_team_id.is_some() && team.integration_team_id == new.integration_team_id;
        same_name || team.id == new.id
    });
    if let Some(same) = same {
        return Err(Refused::TeamExists(same.id));
    }
    let answer = new.answer(&[]);
    junction.teams.push(new);
    Ok(answer)
}

pub(super) fn get_team(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let id = call.id("team_id")?;
    let mut include = Vec::new();
    for value in call.values("include_environment") {
        include.push(fields::parameter(
            "query",
            "include_environment",
            &value,
            fields::environment,
        )?);
    }
    Ok(junction.team(&Reference::Junctions(id))?.answer(&include))
}

pub(super) fn create_api_access_token(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let team = call.id("team_id")?;
    let environment = fields::body(call.body.as_ref(), |fields| fields.required("env", fields::environment))?;
    junction.team(&Reference::Junctions(team))?;
    let token = junction.tokens.mint(Access { team, environment }, Instant::now());
    Ok(json!({"access_token": token, "expires_in": token::LIFETIME.as_secs()}))
}

pub(super) fn resolve_member(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let name = fields::body(call.body.as_ref(), |fields| {
        fields.required("integration_member_id", fields::short_text)
    })?;
    Ok(json!(junction.member(&Reference::Partners(name))?))
}

pub(super) fn create_member(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let new = fields::body(call.body.as_ref(), Member::read)?;
    if let Ok(same) = junction.member(&Reference::Partners(new.integration_member_id.clone())) {
        return Err(Refused::MemberExists(same.id));
    }
    are_known(new.teams(), junction)?;
    let answer = json!(new);
    junction.members.push(new);
    Ok(answer)
}

pub(super) fn get_member(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let id = call.id("member_id")?;
    Ok(json!(junction.member(&Reference::Junctions(id))?))
}

pub(super) fn update_member(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let id = call.id("member_id")?;
    let change = fields::body(call.body.as_ref(), |fields| Some(Change::read(fields)))?;
    junction.member(&Reference::Junctions(id))?;
    are_known(change.teams(), junction)?;
    let member = junction.members.iter_mut().find(|member| member.id == id);
    let member = member.ok_or(Refused::NotFound("Member not found"))?;
    member.update(change, junction.bindings);
    Ok(json!(member))
}

pub(super) fn create_dashboard_url(call: &Call<'_>, junction: &mut Junction) -> Result<Value, Refused> {
    let wanted = fields::body(call.body.as_ref(), Wanted::read)?;
    let visit = junction.admit(&wanted)?;
    let session = junction.visits.allow(visit, Instant::now());
    let host = &call.host;
    Ok(json!({
        "url": format!("http://{host}/junction/ehr/dashboard?session={session}"),
        "expires_in": visit::LIFETIME.as_secs(),
    }))
}

/// A binding to a team that is not there is refused.
fn are_known(mut teams: impl Iterator<Item = Id>, junction: &Junction) -> Result<(), Refused> {
    teams.try_for_each(|id| junction.team(&Reference::Junctions(id)).map(drop))
}
