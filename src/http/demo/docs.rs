//! The demo's page of the API: openapi.yaml, where every operation can be tried. Swagger UI shows it; its files come with a
//! crate, in an archive that is read when the page is first asked for.

use std::{
    io::{Cursor, Read as _},
    sync::LazyLock,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::{self, Data},
};
use domain::reason::Reason;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

use super::place::Place;
use crate::http::edge::{failure::Failure, fallback::only};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

static STYLE: LazyLock<String> = LazyLock::new(|| unpacked("/dist/swagger-ui.css"));
static BUNDLE: LazyLock<String> = LazyLock::new(|| unpacked("/dist/swagger-ui-bundle.js"));

/// A file's text: some are unpacked first.
type Text = fn() -> &'static str;

/// The page's files, by their paths.
const FILES: &[(&str, &str, Text)] = &[
    ("/docs", HTML, || include_str!("../../../web/docs/index.html")),
    ("/docs/page.js", SCRIPT, || include_str!("../../../web/docs/page.js")),
    ("/docs/swagger-ui.css", CSS, || &STYLE),
    ("/docs/swagger-ui-bundle.js", SCRIPT, || &BUNDLE),
];

/// Nothing comes from, or goes, anywhere else. Swagger UI's style sheet holds its pictures as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// One file.
#[derive(Clone, Copy)]
struct File {
    media_type: &'static str,
    text: Text,
}

/// The text of the one file in Swagger UI's archive whose path ends so.
#[expect(
    clippy::expect_used,
    reason = "the archive is part of the program, and a test reads it"
)]
fn unpacked(path: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)).expect("an archive");
    let mut names = archive.file_names().filter_map(Result::ok);
    let name = names.find(|name| name.ends_with(path)).expect("the file").into_owned();
    drop(names);
    let mut text = String::new();
    let mut file = archive.by_name(&name).expect("the file");
    file.read_to_string(&mut text).expect("a text");
    text
}

/// Serves the page beside the console, whose credentials it tries the operations with.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    for (path, media_type, text) in FILES.iter().copied() {
        app.service(
            web::resource(path)
                .app_data(File { media_type, text })
                .route(web::get().to(file))
                .default_service(web::to(|| async { only("GET") })),
        );
    }
}

async fn file(request: HttpRequest, place: Data<Place>) -> Result<HttpResponse, Failure> {
    let file = *request.app_data::<File>().ok_or(Reason::Defect)?;
    let mut response = place.answer(&request, file.media_type, || (file.text)().to_owned());
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
