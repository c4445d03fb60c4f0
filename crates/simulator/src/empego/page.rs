//! The page behind an embed URL: who is signed in, for which patient, in which language. It opens once.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    web::Data,
};
use askama::Template;
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::session::Session;
use crate::world::World;

const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

#[derive(Template)]
#[template(path = "empego/page.html")]
struct Page {
    words: &'static Words,
    session: Session,
    /// The browser message, as JSON; none where Empego documents none.
    message: Option<String>,
}

#[derive(Template)]
#[template(path = "empego/gone.html")]
struct Gone;

/// The page's words in one language.
struct Words {
    language: &'static str,
    language_name: &'static str,
    title: &'static str,
    signed_in: &'static str,
    user_id: &'static str,
    key_owner: &'static str,
    patient: &'static str,
    no_patient: &'static str,
    language_label: &'static str,
    view: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    language_name: "English",
    title: "Stand-in for Empego",
    signed_in: "Signed in",
    user_id: "User id",
    key_owner: "none: the API key's owner",
    patient: "Patient",
    no_patient: "none",
    language_label: "Language",
    view: "View",
};

const FRENCH: Words = Words {
    language: "fr",
    language_name: "français",
    title: "Doublure d’Empego",
    signed_in: "Session de",
    user_id: "Identifiant",
    key_owner: "aucun : propriétaire de la clé API",
    patient: "Patient",
    no_patient: "aucun",
    language_label: "Langue",
    view: "Vue",
};

pub(crate) async fn open(request: HttpRequest, world: Data<World>) -> HttpResponse {
    let id = form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == "sessionId");
    let session = id.and_then(|(_, id)| world.state().sessions.open(&id));
    let (mut response, page) = match session {
        Some(session) => {
            let page = Page {
                words: if session.french { &FRENCH } else { &ENGLISH },
                message: message(&session.endpoint).map(|message| message.to_string()),
                session,
            };
            (HttpResponse::Ok(), page.render())
        }
        None => (HttpResponse::Gone(), Gone.render()),
    };
    match page {
        Ok(html) => response
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; script-src 'self'; style-src 'self'",
            ))
            .body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

pub(crate) async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}

pub(crate) async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE)
}

/// The documented browser message. Its example spells a field `evenType`, its table `eventType`: both are sent.
fn message(endpoint: &str) -> Option<Value> {
    let (event, status) = if endpoint.starts_with("consultation/") {
        ("consultation", "TO_BE_ANALYZED")
    } else if endpoint.starts_with("followup/") {
        ("followUp", "PLANNED")
    } else {
        return None;
    };
    let creates = matches!(endpoint, "consultation/view" | "followup/view" | "followup/plan");
    Some(json!({
        "evenType": event,
        "eventType": event,
        "operation": if creates { "create" } else { "update" },
        "status": status,
        "id": Uuid::new_v4().to_string(),
    }))
}
