//! The demo's console: a simulated EHR as a page. Its files are part of the binary; what it knows of this run is in
//! `scene.json`.

use std::{borrow::Cow, collections::BTreeMap};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{AcceptLanguage, Header as _, HeaderValue, LOCATION, SET_COOKIE},
    },
    web::{self, Data},
};
use domain::{
    code::{Code, Guidance, Language},
    empego::{Endpoint, Intent},
    reason::Reason,
};
use serde::Serialize;

use super::place::{Place, origin_of};
use crate::http::edge::{failure::Failure, fallback::only};

/// A file of the page, by its name below `/console/`.
const FILES: &[(&str, &str, &str)] = &[
    ("", HTML, include_str!("../../../web/console/index.html")),
    ("errors", HTML, include_str!("../../../web/console/errors.html")),
    ("console.css", CSS, include_str!("../../../web/console/console.css")),
    ("icon.svg", SVG, include_str!("../../../web/console/icon.svg")),
    ("audit", HTML, include_str!("../../../web/console/audit.html")),
    ("audit.js", SCRIPT, include_str!("../../../web/console/audit.js")),
    ("doctor", HTML, include_str!("../../../web/console/doctor.html")),
    ("doctor.js", SCRIPT, include_str!("../../../web/console/doctor.js")),
    ("answers.js", SCRIPT, include_str!("../../../web/console/answers.js")),
    ("calls.js", SCRIPT, include_str!("../../../web/console/calls.js")),
    (
        "catalogue.js",
        SCRIPT,
        include_str!("../../../web/console/catalogue.js"),
    ),
    ("dom.js", SCRIPT, include_str!("../../../web/console/dom.js")),
    (
        "explanation.js",
        SCRIPT,
        include_str!("../../../web/console/explanation.js"),
    ),
    ("faults.js", SCRIPT, include_str!("../../../web/console/faults.js")),
    ("form.js", SCRIPT, include_str!("../../../web/console/form.js")),
    ("frame.js", SCRIPT, include_str!("../../../web/console/frame.js")),
    ("junction", HTML, include_str!("../../../web/console/junction.html")),
    ("junction.js", SCRIPT, include_str!("../../../web/console/junction.js")),
    (
        "junction-form.js",
        SCRIPT,
        include_str!("../../../web/console/junction-form.js"),
    ),
    ("launch.js", SCRIPT, include_str!("../../../web/console/launch.js")),
    ("options.js", SCRIPT, include_str!("../../../web/console/options.js")),
    (
        "orders-calls.js",
        SCRIPT,
        include_str!("../../../web/console/orders-calls.js"),
    ),
    (
        "orders-cancel.js",
        SCRIPT,
        include_str!("../../../web/console/orders-cancel.js"),
    ),
    (
        "orders-desk.js",
        SCRIPT,
        include_str!("../../../web/console/orders-desk.js"),
    ),
    (
        "orders-events.js",
        SCRIPT,
        include_str!("../../../web/console/orders-events.js"),
    ),
    (
        "orders-fields.js",
        SCRIPT,
        include_str!("../../../web/console/orders-fields.js"),
    ),
    (
        "orders-follow.js",
        SCRIPT,
        include_str!("../../../web/console/orders-follow.js"),
    ),
    (
        "orders-form.js",
        SCRIPT,
        include_str!("../../../web/console/orders-form.js"),
    ),
    (
        "orders-moments.js",
        SCRIPT,
        include_str!("../../../web/console/orders-moments.js"),
    ),
    (
        "orders-results.js",
        SCRIPT,
        include_str!("../../../web/console/orders-results.js"),
    ),
    (
        "orders-slots.js",
        SCRIPT,
        include_str!("../../../web/console/orders-slots.js"),
    ),
    (
        "orders-stage.js",
        SCRIPT,
        include_str!("../../../web/console/orders-stage.js"),
    ),
    (
        "orders-tests.js",
        SCRIPT,
        include_str!("../../../web/console/orders-tests.js"),
    ),
    (
        "orders-troubles.js",
        SCRIPT,
        include_str!("../../../web/console/orders-troubles.js"),
    ),
    ("orders", HTML, include_str!("../../../web/console/orders.html")),
    ("orders.js", SCRIPT, include_str!("../../../web/console/orders.js")),
    (
        "provocations.js",
        SCRIPT,
        include_str!("../../../web/console/provocations.js"),
    ),
    ("record.js", SCRIPT, include_str!("../../../web/console/record.js")),
    ("scene.js", SCRIPT, include_str!("../../../web/console/scene.js")),
    (
        "texts.en.json",
        JSON,
        include_str!("../../../web/console/texts.en.json"),
    ),
    (
        "texts.fr.json",
        JSON,
        include_str!("../../../web/console/texts.fr.json"),
    ),
];

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";

/// One file.
#[derive(Clone, Copy)]
struct File {
    media_type: &'static str,
    text: &'static str,
}

/// Serves the page's files and its scene.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    let only_get = || web::to(|| async { only("GET") });
    for (name, media_type, text) in FILES.iter().copied() {
        app.service(
            web::resource(format!("/console/{name}"))
                .app_data(File { media_type, text })
                .route(web::get().to(file))
                .default_service(only_get()),
        );
    }
    app.service(
        web::resource("/console/scene.json")
            .route(web::get().to(scene))
            .default_service(only_get()),
    );
    app.service(
        web::resource("/console")
            .route(web::get().to(with_slash))
            .default_service(only_get()),
    );
}

async fn file(request: HttpRequest, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let file = *request.app_data::<File>().ok_or(Reason::Defect)?;
    Ok(place.answer(&request, file.media_type, || file.text.to_owned()))
}

async fn with_slash(place: Data<Place>) -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, format!("{}/console/", place.origin)))
        .finish()
}

/// What the page knows of this run, and of the tables that it shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Scene<'a> {
    language: &'static str,
    gateway: &'a str,
    simulator: String,
    credentials: &'a BTreeMap<&'static str, String>,
    tenants: &'a [&'static str],
    trail: String,
    endpoints: Vec<EndpointRow>,
    intents: Vec<&'static str>,
    codes: Vec<CodeRow>,
}

#[derive(Serialize)]
struct EndpointRow {
    tail: &'static str,
    area: &'static str,
    required: Vec<&'static str>,
}

#[derive(Serialize)]
struct CodeRow {
    code: &'static str,
    status: u16,
    source: &'static str,
    retryable: bool,
    message: Cow<'static, str>,
    texts: Texts,
}

/// What to know about a code, by the page's languages.
#[derive(Serialize)]
struct Texts {
    en: GuidanceRow,
    fr: GuidanceRow,
}

#[derive(Serialize)]
struct GuidanceRow {
    meaning: &'static str,
    action: &'static str,
}

impl Texts {
    fn of(code: Code) -> Self {
        let row = |language| {
            let Guidance { meaning, action } = code.guidance(language);
            GuidanceRow { meaning, action }
        };
        Self {
            en: row(Language::English),
            fr: row(Language::French),
        }
    }
}

async fn scene(request: HttpRequest, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let console = &place.console;
    let scene = Scene {
        language: language(&request),
        gateway: &place.origin,
        simulator: origin_of(console.simulator),
        credentials: &console.credentials,
        tenants: &console.tenants,
        trail: console.trail.display().to_string(),
        endpoints: Endpoint::ALL
            .iter()
            .map(|endpoint| EndpointRow {
                tail: endpoint.tail(),
                area: endpoint.area().as_str(),
                required: endpoint.required().iter().map(|name| name.as_str()).collect(),
            })
            .collect(),
        intents: Intent::ALL.iter().map(|intent| intent.as_str()).collect(),
        codes: Code::ALL
            .iter()
            .map(|code| CodeRow {
                code: code.as_str(),
                status: code.status(),
                source: code.source().as_str(),
                retryable: code.is_retryable(),
                message: code.message(None),
                texts: Texts::of(*code),
            })
            .collect(),
    };
    let body = serde_json::to_string(&scene).map_err(|_texts_and_numbers| Reason::Defect)?;
    let mut response = place.answer(&request, JSON, || body);
    if response.status() == StatusCode::OK {
        // As the EHR would have set it when its clinician signed in, for the one path that needs it.
        let cookie = format!(
            "{}; Path=/junction/session-continuation; HttpOnly; SameSite=None; Secure",
            console.session
        );
        let cookie = HeaderValue::from_str(&cookie).map_err(|_a_token_fits| Reason::Defect)?;
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The first of the page's two languages that the browser asks for, else English.
fn language(request: &HttpRequest) -> &'static str {
    let wanted = AcceptLanguage::parse(request).map(|wanted| wanted.ranked());
    let languages = wanted.unwrap_or_default().into_iter().filter_map(|preference| {
        let tag = preference.item()?.to_string().to_ascii_lowercase();
        match tag.split('-').next() {
            Some("fr") => Some("fr"),
            Some("en") => Some("en"),
            Some(_) | None => None,
        }
    });
    languages.into_iter().next().unwrap_or("en")
}
