//! What a person sees in a frame or window that cannot be opened: what to do, in English or French, and what to report to
//! their help desk; or a button, if their own click is needed to go on. No script, nothing from elsewhere.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest,
    http::header::{AcceptLanguage, Header as _, HeaderValue},
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{code::Language, refusal::Refusal};
use sha2::{Digest as _, Sha256};

use super::edge::{attempt::Attempt, rim::WrittenPage};

const STYLE: &str = include_str!("refusal_page.css");

/// Nothing but its own style, named by its digest; where forms may go is said by page.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action ")
});

const NOBODY: HeaderValue = HeaderValue::from_static("no-referrer");

/// Without it, the browser would not say from where the form was sent, nor an app learn where it is shown.
const ORIGIN_ALONE: HeaderValue = HeaderValue::from_static("strict-origin");

/// What a page says, in its language.
#[derive(Clone, Copy)]
pub(in crate::http) struct Text {
    pub(in crate::http) title: &'static str,
    /// What the person can do.
    pub(in crate::http) advice: &'static str,
}

/// A form that goes on.
pub(in crate::http) struct Button {
    pub(in crate::http) label: &'static str,
    /// Where the form may lead, as a policy lists it.
    pub(in crate::http) leads_to: String,
}

#[derive(Template)]
#[template(path = "refusal_page.html")]
struct Page<'a> {
    language: &'static str,
    text: Text,
    button: Option<&'static str>,
    support: &'static str,
    style: &'static str,
    status: u16,
    code: &'static str,
    request_id: &'a str,
}

/// Writes the page.
pub(in crate::http) fn written(
    (language, text): (Language, Text),
    button: Option<&Button>,
    refusal: &Refusal,
    attempt: &Attempt,
) -> Option<WrittenPage> {
    let (language, support) = match language {
        Language::English => ("en", "If you contact support, give them"),
        Language::French => ("fr", "Si vous communiquez avec le soutien technique, donnez"),
    };
    let page = Page {
        language,
        text,
        button: button.map(|button| button.label),
        support,
        style: STYLE,
        status: refusal.status,
        code: refusal.code.as_str(),
        request_id: attempt.request_id.as_str(),
    };
    let forms = button.map_or("'none'", |button| &button.leads_to);
    Some(WrittenPage {
        html: page.render().ok()?,
        content_security_policy: HeaderValue::from_str(&format!("{}{forms}", *POLICY)).ok()?,
        referrer_policy: if button.is_some() { ORIGIN_ALONE } else { NOBODY },
    })
}

/// The one of the two languages that the browser prefers.
pub(in crate::http) fn language(request: &HttpRequest) -> Language {
    let accepted = AcceptLanguage::parse(request)
        .map(|accepted| accepted.ranked())
        .unwrap_or_default();
    let first = accepted.iter().find_map(|tag| {
        let tag = tag.item()?.as_str().to_ascii_lowercase();
        match tag.split('-').next() {
            Some("fr") => Some(Language::French),
            Some("en") => Some(Language::English),
            Some(_) | None => None,
        }
    });
    first.unwrap_or(Language::English)
}
