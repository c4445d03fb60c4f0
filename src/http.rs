//! The inbound side: every route on one screen. Handlers translate; what a launch is and when it may happen is
//! decided further in.

mod accept;
mod admin;
mod authenticated;
mod body;
mod demo;
mod doctor;
mod edge;
mod empego;
mod explained_token;
mod frame;
mod frame_document;
mod frame_page;
mod junction;
mod navigation;
mod openapi;
mod refusal_document;
mod refusal_page;
mod sdk;
mod settings;
mod token_explanation;
mod webhooks;

pub use admin::health::{Readiness, routes as admin_routes};
pub use admin::own_host::{OwnHosts, own_host};
pub use demo::pages::Pages;
#[cfg(feature = "console")]
pub use demo::place::{Console, origin_of};
pub use edge::cors::cors;
pub use edge::rim::{admin_rim, rim};
pub use edge::span::RootSpan;
pub use edge::{
    arrival::{Arrival, SharedTls},
    connection::{Connection, ConnectionTimeouts},
    connections::{ConnectionLimits, Connections},
    cut_off::CutOff,
};
pub use empego::explanation::ExplanationDocument;
pub use junction::continuation::PATH as CONTINUATION_PATH;
pub use junction::explanation::JunctionExplanationDocument;
pub use settings::HttpSettings;
pub use token_explanation::TokenExplanation;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use domain::{empego::Endpoint, junction::operation, operation::EXPLAIN_TOKEN};
use edge::{
    fallback::{nothing_here, only},
    rim::{HiddenPath, OfAnyOrigin, RefusalPage},
};

/// Every path of the public listener, for those who nearly got it right.
static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let prefixes = ["/empego-integrations/R4/embeddable/", "/v1/embeddable/", "/v1/explain/"];
    let endpoints = Endpoint::ALL.iter().map(|endpoint| endpoint.tail());
    let launches = endpoints.flat_map(|tail| prefixes.map(|prefix| format!("{prefix}{tail}")));
    let others = [
        "/v1/explain",
        "/v1/explain/junction/launch",
        "/v1/junction/launch",
        "/v1/junction/fast-launch",
        junction::continuation::PATH,
        "/openapi.yaml",
        sdk::OF_MAJOR.as_str(),
    ];
    let others = others.into_iter().chain(junction::orders::PATHS);
    launches.chain(others.map(str::to_owned)).collect()
});

/// The public listener's routes. `web::resource` and nothing shorter: it alone answers 405 for a wrong method.
pub fn routes(app: &mut web::ServiceConfig) {
    for endpoint in Endpoint::ALL.iter().copied() {
        let tail = endpoint.tail();
        app.service(
            web::resource(format!("/empego-integrations/R4/embeddable/{tail}"))
                .app_data(endpoint)
                .app_data(endpoint.operation())
                .route(web::get().to(empego::drop_in::launch))
                .default_service(web::to(|| async { only("GET") })),
        );
        app.service(
            web::resource(format!("/v1/embeddable/{tail}"))
                .app_data(endpoint)
                .app_data(endpoint.operation())
                .route(web::post().to(empego::native::launch))
                .default_service(web::to(|| async { only("POST") })),
        );
        app.service(
            web::resource(format!("/v1/explain/{tail}"))
                .app_data(endpoint)
                .app_data(endpoint.operation())
                .route(web::post().to(empego::explain::explanation))
                .default_service(web::to(|| async { only("POST") })),
        );
    }
    app.service(
        web::resource("/v1/explain")
            .app_data(EXPLAIN_TOKEN)
            .route(web::post().to(explained_token::explanation))
            .default_service(web::to(|| async { only("POST") })),
    );
    app.service(
        web::resource("/v1/junction/launch")
            .app_data(operation::LAUNCH)
            .route(web::post().to(junction::launch::launch))
            .default_service(web::to(|| async { only("POST") })),
    );
    app.service(
        web::resource("/v1/explain/junction/launch")
            .app_data(operation::LAUNCH)
            .route(web::post().to(junction::explain::explanation))
            .default_service(web::to(|| async { only("POST") })),
    );
    app.service(
        web::resource("/v1/junction/fast-launch")
            .app_data(operation::FAST_LAUNCH)
            .route(web::get().to(junction::fast_launch::fast_launch))
            .default_service(web::to(|| async { only("GET") })),
    );
    junction::orders::routes(app);
    junction::facade::routes(app);
    app.service(
        web::resource("/junction/webhooks/{endpoint}")
            .app_data(operation::WEBHOOK)
            .route(web::post().to(webhooks::junction::receive))
            .default_service(web::to(|| async { only("POST") })),
    );
    app.service(
        web::resource(junction::continuation::PATH)
            .app_data(RefusalPage(junction::continuation_page::page))
            .route(web::get().to(junction::continuation::continuation))
            .route(web::post().to(junction::continuation::confirmed))
            .default_service(web::to(|| async { only("GET, POST") })),
    );
    app.service(
        web::resource(frame::PATH)
            .app_data(HiddenPath(frame::PATH))
            .app_data(RefusalPage(frame_page::page))
            .route(web::get().to(frame::open))
            .default_service(web::to(|| async { only("GET") })),
    );
    doctor::routes(app);
    app.service(
        web::resource(sdk::PATH)
            .app_data(OfAnyOrigin)
            .route(web::get().to(sdk::module))
            .route(web::head().to(sdk::module))
            .default_service(web::to(|| async { only("GET, HEAD") })),
    );
    app.service(
        web::resource("/openapi.yaml")
            .route(web::get().to(openapi::document))
            .route(web::head().to(openapi::document))
            .default_service(web::to(|| async { only("GET, HEAD") })),
    );
    app.default_service(web::to(|request: HttpRequest| async move {
        Err::<HttpResponse, _>(nothing_here(request.path(), &PATHS))
    }));
}
