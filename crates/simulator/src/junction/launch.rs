//! Fast Launch: straight into the app if this browser has a session that fits; otherwise to the host, which can create
//! one.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, LOCATION},
    },
    web::Data,
};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{app, fields, page, refused::Refused, state::Junction, wanted::Wanted};
use crate::world::World;

pub(super) async fn launch(request: HttpRequest, world: Data<World>) -> HttpResponse {
    let parameters: Vec<(String, String)> = form_urlencoded::parse(request.query_string().as_bytes())
        .into_owned()
        .collect();
    let junction = &mut world.state().junction;
    let outcome = wanted(&parameters).and_then(|wanted| {
        if !has_session(&request, &wanted, junction) {
            return Ok(continuation(&parameters, junction));
        }
        let visit = junction.admit(&wanted)?;
        Ok(page::show(visit, None, junction))
    });
    outcome.unwrap_or_else(|refused| page::refuse(refused.status(), refused.sentence()))
}

/// What the query asks for; the same rules hold as in the API.
fn wanted(parameters: &[(String, String)]) -> Result<Wanted, Refused> {
    let mut object = Map::new();
    for (name, value) in parameters {
        let before = object.insert(name.clone(), Value::from(value.as_str()));
        if before.is_some() {
            return Err(Refused::Invalid(Vec::new()));
        }
    }
    fields::body(Some(&Value::Object(object)), Wanted::read)
}

/// Whether this browser belongs to the same member, for the same team.
fn has_session(request: &HttpRequest, wanted: &Wanted, junction: &Junction) -> bool {
    let known = junction.member(&wanted.member).and_then(|member| {
        let team = junction.team(&wanted.team)?;
        Ok((member.id, team.id))
    });
    known.is_ok_and(|known| app::browser(request, junction) == Some(known))
}

/// What Junction adds to the continuation's URL is documented by an example alone: here it is what the launch said.
fn continuation(parameters: &[(String, String)], junction: &Junction) -> HttpResponse {
    let Some(configured) = &junction.continuation.0 else {
        return page::refuse(
            StatusCode::FORBIDDEN,
            "There is no session, and no session continuation URL is configured",
        );
    };
    let mut url = configured.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    HttpResponse::Found()
        .insert_header((LOCATION, url.as_str()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
