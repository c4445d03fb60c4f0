//! The files of the page. They are part of the binary; what is the host's is in `facts.js`.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_TYPE, HeaderName},
    web::Data,
};
use domain::reason::Reason;

use super::{facts, host::host_of};
use crate::{gateway::Gateway, http::edge::failure::Failure};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What one file is, by its name.
const FILES: &[(&str, &str, Content)] = &[
    (
        "v1.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/v1.js")),
    ),
    (
        "page.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/page.js")),
    ),
    (
        "page.css",
        CSS,
        Content::Text(include_str!("../../../web/doctor/page.css")),
    ),
    ("facts.js", SCRIPT, Content::Facts),
    ("texts.js", SCRIPT, Content::Texts),
    (
        "finding.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/finding.js")),
    ),
    (
        "frame-checks.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/frame-checks.js")),
    ),
    (
        "page-checks.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/page-checks.js")),
    ),
    (
        "policy.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/policy.js")),
    ),
    (
        "report.js",
        SCRIPT,
        Content::Text(include_str!("../../../web/doctor/report.js")),
    ),
];

enum Content {
    Text(&'static str),
    Facts,
    Texts,
}

/// A page's `connect-src` need not let a script fetch texts, so they are a module too.
static TEXTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "export const texts = {{ en: {}, fr: {} }};\n",
        include_str!("../../../web/doctor/texts.en.json"),
        include_str!("../../../web/doctor/texts.fr.json")
    )
});

pub(super) async fn file(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Failure> {
    let (host, tenant) = host_of(&request, &gateway)?;
    let name = request.match_info().get("file").unwrap_or_default();
    let file = FILES.iter().find(|(known, _, _)| *known == name);
    let (_, media_type, content) = file.ok_or(Reason::NoSuchPath)?;
    let text = match content {
        Content::Text(text) => (*text).to_owned(),
        Content::Facts => facts::module(&host, &tenant)?,
        Content::Texts => TEXTS.clone(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, *media_type))
        // Pages that isolate themselves load nothing else.
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
        .body(text))
}
