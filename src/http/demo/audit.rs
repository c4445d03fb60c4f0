//! What the console's pages ask of the demo's audit trail. Whatever names a person comes in a body and leaves in a response to
//! the demo's own page; each reading is recorded beside the trail, as those of the commands are.

use std::path::PathBuf;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data},
};
use domain::reason::Reason;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{asked::read, place::Place};
use crate::{
    audit::{
        search::PersonKind,
        showcase::{self, Search, Tampering},
        verdict::Verdict,
    },
    gateway::Gateway,
    http::edge::{failure::Failure, fallback::only},
};

/// Serves what the pages ask, beside their files.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    let only_post = || web::to(|| async { only("POST") });
    let resource = |name: &str| web::resource(format!("/console/audit/{name}")).default_service(only_post());
    app.service(resource("records").route(web::post().to(records)))
        .service(resource("search").route(web::post().to(search)))
        .service(resource("verification").route(web::post().to(verification)))
        .service(resource("tampering").route(web::post().to(tampering)));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecordsAsked {
    request_id: String,
}

async fn records(request: HttpRequest, payload: web::Payload, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let RecordsAsked { request_id } = read(&request, payload.into_inner(), &place).await?;
    told(&request, &place, move |folder| {
        Ok(json!({"records": showcase::records_of(&folder, &request_id)?}))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchAsked {
    tenant: String,
    kind: Kind,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Patient,
    Clinician,
}

async fn search(
    request: HttpRequest,
    payload: web::Payload,
    place: Data<Place>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let SearchAsked { tenant, kind, value } = read(&request, payload.into_inner(), &place).await?;
    let audit = gateway.audit.as_ref().ok_or(Reason::Defect)?;
    let keyring = audit.policy().keyring.clone();
    told(&request, &place, move |folder| {
        let asked = Search {
            tenant: &tenant,
            kind: match kind {
                Kind::Patient => PersonKind::Patient,
                Kind::Clinician => PersonKind::Clinician,
            },
            value: &value,
        };
        showcase::search(&folder, keyring, &asked)
    })
    .await
}

/// A question that needs no words: `{}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NothingAsked {}

async fn verification(
    request: HttpRequest,
    payload: web::Payload,
    place: Data<Place>,
) -> Result<HttpResponse, Failure> {
    let NothingAsked {} = read(&request, payload.into_inner(), &place).await?;
    told(&request, &place, |folder| Ok(verdict(&showcase::verified(&folder)?))).await
}

async fn tampering(request: HttpRequest, payload: web::Payload, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let NothingAsked {} = read(&request, payload.into_inner(), &place).await?;
    told(&request, &place, |folder| {
        let Tampering {
            segment,
            number,
            before,
            was,
            is,
            after,
            verdict: found,
        } = showcase::tampered(&folder)?;
        Ok(json!({
            "segment": segment, "number": number, "before": before, "was": was, "is": is, "after": after,
            "verdict": verdict(&found),
        }))
    })
    .await
}

fn verdict(found: &Verdict) -> Value {
    json!({"standing": found.standing.as_str(), "lines": found.lines, "message": found.message})
}

/// Responds with what the trail says, or with why it cannot be read: the page shows both. Reading waits for the disk, so no
/// worker does it.
async fn told(
    request: &HttpRequest,
    place: &Place,
    read: impl FnOnce(PathBuf) -> anyhow::Result<Value> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    if !place.is_named(request) {
        return Ok(place.answer(request, JSON, String::new));
    }
    let folder = place.console.trail.clone();
    let told = web::block(move || read(folder))
        .await
        .map_err(|_it_panicked| Reason::Defect)?;
    let body = told.unwrap_or_else(|why| json!({"trouble": format!("{why:#}")}));
    Ok(place.answer(request, JSON, || body.to_string()))
}

const JSON: &str = "application/json";
