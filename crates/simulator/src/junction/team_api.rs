//! The API of teams, whose callers see one team in one environment.

use serde_json::{Value, json};

use super::{
    call::Call,
    fields,
    orders::behaviour::Kind,
    patient::{self, Patient},
    refused::Refused,
    state::Junction,
    token::Access,
};

/// As documented.
const SANDBOX_USERS: usize = 50;

pub(super) fn resolve_user(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let patient = named(call.argument("client_user_id"), access, junction);
    Ok(patient.ok_or(Refused::NotFound("User not found"))?.answer())
}

pub(super) fn create_user(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let new = fields::body(call.body.as_ref(), |fields| Patient::read(fields, access))?;
    if let Some(same) = named(&new.client_user_id, access, junction) {
        return Err(Refused::UserExists {
            user_id: same.user_id,
            created_on: same.created_on.clone(),
        });
    }
    let there = junction.patients_of(access.team, access.environment).count();
    if junction.home.behaviour.kind == Kind::Sandbox && there >= SANDBOX_USERS {
        return Err(Refused::BadRequest("The sandbox is limited to 50 users"));
    }
    let answer = new.answer();
    junction.users.push(new);
    Ok(answer)
}

pub(super) fn get_user(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let id = call.id("user_id")?;
    let patient = junction.patient(id, access.team, access.environment);
    Ok(patient.ok_or(Refused::NotFound("Not found"))?.answer())
}

pub(super) fn update_user_info(call: &Call<'_>, access: Access, junction: &mut Junction) -> Result<Value, Refused> {
    let id = call.id("user_id")?;
    let info = fields::body(call.body.as_ref(), |fields| Some(patient::read_info(fields)))?;
    let patient = junction.users.iter_mut().find(|patient| {
        patient.user_id == id && patient.team_id == access.team && patient.environment == access.environment
    });
    let patient = patient.ok_or(Refused::NotFound("Not found"))?;
    Ok(json!(patient.info.insert(info)))
}

/// The patient whom the partner calls so.
fn named<'a>(client_user_id: &str, access: Access, junction: &'a Junction) -> Option<&'a Patient> {
    junction
        .patients_of(access.team, access.environment)
        .find(|patient| patient.client_user_id == client_user_id)
}
