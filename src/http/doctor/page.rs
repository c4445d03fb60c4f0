//! The page itself, in English or French. Only pages of the host's `doctor_origins` may frame it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    web::Data,
};
use askama::Template as _;
use domain::{code::Language, reason::Reason};

use super::host::host_of;
use crate::{
    gateway::Gateway,
    http::{edge::failure::Failure, refusal_page::language},
};

/// What is read where no script runs; all else is in the texts of the scripts.
#[derive(askama::Template)]
#[template(path = "doctor/page.html")]
struct Page<'a> {
    host: &'a str,
    language: &'static str,
    title: &'static str,
    looking: &'static str,
    no_script: &'static str,
}

pub(super) async fn page(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Failure> {
    let (host, _) = host_of(&request, &gateway)?;
    let html = in_language(language(&request), &host.id).render();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, policy(&host.doctor_origins)))
        .body(html.map_err(|_texts_of_this_file| Reason::Defect)?))
}

fn in_language(language: Language, host: &str) -> Page<'_> {
    match language {
        Language::English => Page {
            host,
            language: "en",
            title: "This frame in this browser",
            looking: "Checking the frame…",
            no_script: "This frame may not run scripts. If it has a sandbox attribute, add allow-scripts to it: the apps need scripts.",
        },
        Language::French => Page {
            host,
            language: "fr",
            title: "Ce cadre dans ce navigateur",
            looking: "Vérification du cadre…",
            no_script: "Ce cadre ne peut pas exécuter de scripts. S’il porte un attribut sandbox, ajoutez-y allow-scripts\u{a0}: les applications ont besoin de scripts.",
        },
    }
}

/// Its own scripts, style, requests and the form that it tries, and nothing else. No text becomes markup.
fn policy(origins: &[String]) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'self'; frame-ancestors {}; require-trusted-types-for 'script'; trusted-types 'none'",
        origins.join(" ")
    )
}
