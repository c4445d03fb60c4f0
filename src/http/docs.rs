//! The demo's page of the API: openapi.yaml, where every operation can be tried. Swagger UI shows it; its files are part
//! of the binary and those of its npm package, which `tests/all` checks.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::{self, Data},
};

use super::{console::Place, failure::Failure};
use crate::domain::refusal::Code;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page's files, by their paths.
const FILES: &[(&str, &str, &str)] = &[
    ("/docs", HTML, include_str!("../../web/docs/index.html")),
    ("/docs/page.js", SCRIPT, include_str!("../../web/docs/page.js")),
    (
        "/docs/swagger-ui.css",
        CSS,
        include_str!("../../web/docs/swagger-ui/swagger-ui.css"),
    ),
    (
        "/docs/swagger-ui-bundle.js",
        SCRIPT,
        include_str!("../../web/docs/swagger-ui/swagger-ui-bundle.js"),
    ),
];

/// Nothing comes from, or goes, anywhere else. Swagger UI's style sheet holds its pictures as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// One file.
#[derive(Clone, Copy)]
struct File {
    media_type: &'static str,
    text: &'static str,
}

/// Serves the page beside the console, whose credentials it tries the operations with.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    for (path, media_type, text) in FILES.iter().copied() {
        app.service(
            web::resource(path)
                .app_data(File { media_type, text })
                .route(web::get().to(file))
                .default_service(web::to(|| async { super::only("GET") })),
        );
    }
}

async fn file(request: HttpRequest, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let file = *request.app_data::<File>().ok_or(Code::Internal)?;
    let mut response = place.answer(&request, file.media_type, || file.text.to_owned());
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
