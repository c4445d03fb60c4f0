//! The twelve endpoints, answering as documented.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use serde_json::json;
use url::form_urlencoded;

use super::{
    journal::Entry,
    session::Session,
    user::{FieldsMissing, Profile},
    user_header,
};
use crate::{fault::Fault, world::World};

/// The paths of Empego's page.
pub(crate) const ENDPOINTS: [&str; 12] = [
    "consultation/view",
    "consultation/dashboard",
    "consultation/specific",
    "consultation/answer",
    "followup/view",
    "followup/dashboard",
    "followup/specific",
    "followup/plan",
    "administration/franchise-management",
    "administration/franchise-onboarding",
    "administration/franchise-offboarding",
    "statistics",
];

pub(crate) async fn answer(request: HttpRequest, tail: Path<String>, world: Data<World>) -> HttpResponse {
    let fault = {
        let mut state = world.state();
        state.journal.push(Entry::of(&request, &tail));
        Fault::take(&mut state.fault, &tail)
    };
    if let Some(fault) = &fault
        && let Some(response) = fault.strike(&request).await
    {
        return response;
    }
    match launch(&request, &tail, &world, fault.as_ref()) {
        Ok(url) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(url),
        Err(error) => error.response(request.path()),
    }
}

/// The documented errors.
enum Refused {
    BadHeader,
    FieldsMissing,
    BadKey,
    NotFound,
}

impl Refused {
    fn response(&self, path: &str) -> HttpResponse {
        let (status, message) = match self {
            Self::BadHeader => (StatusCode::BAD_REQUEST, "Invalid x-integration-user header format"),
            Self::FieldsMissing => (
                StatusCode::BAD_REQUEST,
                "User creation failed - missing required fields",
            ),
            Self::BadKey => (StatusCode::UNAUTHORIZED, "Authentication failed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
        };
        HttpResponse::build(status).json(json!({
            "timestamp": format!("{:.3}", jiff::Timestamp::now()),
            "status": status.as_u16(),
            "error": status.canonical_reason(),
            "message": message,
            "path": path,
        }))
    }
}

fn launch(request: &HttpRequest, tail: &str, world: &World, fault: Option<&Fault>) -> Result<String, Refused> {
    if !ENDPOINTS.contains(&tail) {
        return Err(Refused::NotFound);
    }
    let api_key = request.headers().get("api-key").and_then(|key| key.to_str().ok());
    if !api_key.is_some_and(|key| world.api_keys.iter().any(|known| known == key)) {
        return Err(Refused::BadKey);
    }
    let header = request.headers().get("x-integration-user");
    let object = match header.map(|value| user_header::decode(value.as_bytes())) {
        Some(None) => return Err(Refused::BadHeader),
        decoded => decoded.flatten(),
    };

    let mut state = world.state();
    let profile = match &object {
        None => state.users.owner.clone(),
        Some(object) => {
            let user = state.users.upsert(object, world.partial);
            user.map_err(|FieldsMissing| Refused::FieldsMissing)?
        }
    };
    let parameter = |name: &str| {
        form_urlencoded::parse(request.query_string().as_bytes())
            .find(|(stated, _)| stated == name)
            .map(|(_, value)| value.into_owned())
    };
    let patient = parameter("patientKey");
    let session = Session {
        clinician: profile.full_name(),
        user_id: object.and_then(|object| Some(object.get("userId")?.as_str()?.to_owned())),
        patient: patient.clone(),
        french: is_french(parameter("locale").as_deref(), &profile),
        endpoint: tail.to_owned(),
    };
    let language = if session.french { "fr" } else { "en" };
    let id = state.sessions.start(session);

    let own_host = world.address.to_string();
    let host = fault.and_then(|fault| fault.host.as_ref()).unwrap_or(&own_host);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("sessionId", &id);
    query.extend_pairs(patient.map(|patient| ("patient", patient)));
    Ok(format!(
        "http://{host}/{language}/embed/franchise/demo/{tail}?{}",
        query.finish()
    ))
}

/// The locale decides; without one, the user's own language.
fn is_french(locale: Option<&str>, profile: &Profile) -> bool {
    match locale {
        Some(locale) => locale == "fr",
        None => profile.preferred_language.as_deref() == Some("FR"),
    }
}
