//! The inbound side: every route on one screen. Handlers translate; what a launch is and when it may happen is
//! decided further in.

mod attempt;
mod authenticated;
mod body;
mod connection;
#[cfg(feature = "console")]
mod console;
#[cfg(not(feature = "console"))]
#[path = "http/no_console.rs"]
mod console;
mod continuation;
mod continuation_page;
mod cors;
#[cfg(feature = "console")]
mod docs;
mod document;
mod drop_in;
mod explain;
mod explanation;
mod failure;
mod health;
mod junction;
mod native;
mod openapi;
mod pages;
mod record;
mod request_id;
mod rim;
mod span;

pub use connection::{Connection, Patience};
#[cfg(feature = "console")]
pub use console::{Console, origin_of};
pub use cors::cors;
pub use explanation::ExplanationDocument;
pub use health::{Readiness, routes as admin_routes};
pub use pages::Pages;
pub use rim::{admin_rim, rim};
pub use span::RootSpan;

use std::time::Duration;

use actix_web::{HttpResponse, ResponseError as _, http::header, web};
use failure::Failure;

use crate::domain::{endpoint::Endpoint, operation::Operation, refusal::Code};

/// What the public routes need to know beside the gateway itself.
#[derive(Debug, Clone, Copy)]
pub struct HttpSettings {
    /// How long a request's body may take.
    pub body_timeout: Duration,
}

/// The public listener's routes. `web::resource` and nothing shorter: it alone answers 405 for a wrong method.
pub fn routes(app: &mut web::ServiceConfig) {
    for endpoint in Endpoint::ALL.iter().copied() {
        let tail = endpoint.tail();
        app.service(
            web::resource(format!("/empego-integrations/R4/embeddable/{tail}"))
                .app_data(endpoint)
                .app_data(Operation::Embeddable(endpoint))
                .route(web::get().to(drop_in::launch))
                .default_service(web::to(|| async { only("GET") })),
        );
        app.service(
            web::resource(format!("/v1/embeddable/{tail}"))
                .app_data(endpoint)
                .app_data(Operation::Embeddable(endpoint))
                .route(web::post().to(native::launch))
                .default_service(web::to(|| async { only("POST") })),
        );
        app.service(
            web::resource(format!("/v1/explain/{tail}"))
                .app_data(endpoint)
                .app_data(Operation::Embeddable(endpoint))
                .route(web::post().to(explain::explanation))
                .default_service(web::to(|| async { only("POST") })),
        );
    }
    app.service(
        web::resource("/v1/junction/launch")
            .app_data(Operation::JunctionLaunch)
            .route(web::post().to(junction::launch))
            .default_service(web::to(|| async { only("POST") })),
    );
    app.service(
        web::resource("/v1/junction/fast-launch")
            .app_data(Operation::JunctionFastLaunch)
            .route(web::get().to(junction::fast_launch))
            .default_service(web::to(|| async { only("GET") })),
    );
    app.service(
        web::resource(continuation::PATH)
            .route(web::get().to(continuation::continuation))
            .default_service(web::to(|| async { only("GET") })),
    );
    app.service(
        web::resource("/openapi.yaml")
            .route(web::get().to(openapi::document))
            .route(web::head().to(openapi::document))
            .default_service(web::to(|| async { only("GET, HEAD") })),
    );
    app.default_service(web::to(nothing_here));
}

async fn nothing_here() -> Result<HttpResponse, Failure> {
    Err(Code::NotFound.into())
}

fn only(methods: &'static str) -> HttpResponse {
    let mut response = Failure::from(Code::MethodNotAllowed).error_response();
    response
        .headers_mut()
        .insert(header::ALLOW, header::HeaderValue::from_static(methods));
    response
}
