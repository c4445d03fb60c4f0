//! The demo's console: a simulated EHR as a page. Its files are part of the binary; what it knows of this run is in
//! `scene.json`. It answers to the listener's own address only, so that no other site can get at the demo's keys by giving
//! that address a name of its own.

use std::{collections::BTreeMap, net::SocketAddr};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{
            AcceptLanguage, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, Header as _, HeaderName, HeaderValue,
            LOCATION, SET_COOKIE,
        },
    },
    web::{self, Data},
};
use domain::{
    empego::{Endpoint, Intent},
    reason::Reason,
    refusal::Code,
};
use serde::Serialize;

use crate::{directory::ConsoleAccess, http::edge::failure::Failure};

/// What the console is told about the demo that it belongs to.
#[derive(Clone)]
pub struct Console {
    /// Where the stand-in for Empego is.
    pub simulator: SocketAddr,
    /// The credentials of this run, by the names that the page has for them.
    pub credentials: BTreeMap<&'static str, String>,
    /// The ids of the hosts that the page may use although they are not for browsers.
    pub hosts: Vec<String>,
    /// The cookie of the clinician who is signed in at the simulated EHR, as `name=value`.
    pub session: String,
}

/// A file of the page, by its name below `/console/`.
const FILES: &[(&str, &str, &str)] = &[
    ("", HTML, include_str!("../../../web/console/index.html")),
    ("errors", HTML, include_str!("../../../web/console/errors.html")),
    ("console.css", CSS, include_str!("../../../web/console/console.css")),
    ("icon.svg", SVG, include_str!("../../../web/console/icon.svg")),
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
        "provocations.js",
        SCRIPT,
        include_str!("../../../web/console/provocations.js"),
    ),
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

/// The page's own place, and the hosts it may use.
pub(in crate::http) struct Place {
    /// As browsers write it in `Origin`.
    origin: String,
    /// As browsers write it in `Host`.
    authority: String,
    policy: String,
    console: Console,
}

/// One file.
#[derive(Clone, Copy)]
struct File {
    media_type: &'static str,
    text: &'static str,
}

impl Console {
    /// What the directory is told of it.
    pub(in crate::http) fn access(&self, address: SocketAddr) -> ConsoleAccess {
        ConsoleAccess {
            origin: origin_of(address),
            hosts: self.hosts.clone(),
        }
    }

    /// Serves the page on the listener of this address.
    pub(in crate::http) fn routes(&self, address: SocketAddr, app: &mut web::ServiceConfig) {
        app.app_data(Data::new(Place::new(address, self.clone())));
        super::docs::routes(app);
        let only_get = || web::to(|| async { crate::http::only("GET") });
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
}

/// An address as browsers write it in `Host`: they leave out the port that goes without saying.
fn authority(address: SocketAddr) -> String {
    let text = address.to_string();
    text.strip_suffix(":80").map_or_else(|| text.clone(), str::to_owned)
}

/// The origin of pages at an address, as browsers write it in `Origin`.
#[must_use]
pub fn origin_of(address: SocketAddr) -> String {
    format!("http://{}", authority(address))
}

impl Place {
    fn new(address: SocketAddr, console: Console) -> Self {
        let simulator = origin_of(console.simulator);
        // Trusted types: no text becomes markup, whatever the scripts do. A frame of Junction's comes back here to have its
        // session continued.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self' {simulator}; frame-src 'self' {simulator}; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        Self {
            origin: origin_of(address),
            authority: authority(address),
            policy,
            console,
        }
    }

    /// Answers with content of the page, or sends whoever came by another name to the address itself.
    pub(in crate::http) fn answer(
        &self,
        request: &HttpRequest,
        media_type: &'static str,
        body: impl FnOnce() -> String,
    ) -> HttpResponse {
        let by_this_name = request
            .headers()
            .get(HOST)
            .is_some_and(|host| host.as_bytes() == self.authority.as_bytes());
        if !by_this_name {
            let here = format!("{}{}", self.origin, request.uri().path());
            return HttpResponse::TemporaryRedirect()
                .insert_header((LOCATION, here))
                .finish();
        }
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, media_type))
            .insert_header((CONTENT_SECURITY_POLICY, self.policy.as_str()))
            .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
            .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
            .body(body())
    }
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
    message: &'static str,
}

async fn scene(request: HttpRequest, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let console = &place.console;
    let scene = Scene {
        language: language(&request),
        gateway: &place.origin,
        simulator: origin_of(console.simulator),
        credentials: &console.credentials,
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
                message: code.message(),
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
