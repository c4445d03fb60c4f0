//! Orders for at-home phlebotomy, for hosts.

mod asked;
mod cancelling;
mod catalogue;
mod catalogue_document;
mod document;
mod events;
mod explain;
mod placing;
mod reading;
mod results;
mod results_document;
mod slots_document;
mod story;
mod visits;

use actix_web::{Route, web};
use domain::{junction::operation, operation::Operation};

use crate::http::edge::fallback::only;

/// The paths that name no order, for those who nearly got one right.
pub(in crate::http) const PATHS: [&str; 7] = [
    "/v1/explain/junction/orders",
    "/v1/junction/coverage",
    "/v1/junction/tests",
    "/v1/junction/cancellation-reasons",
    "/v1/junction/orders",
    "/v1/junction/orders/search",
    "/v1/junction/events",
];

/// The routes, on one screen.
pub(in crate::http) fn routes(app: &mut web::ServiceConfig) {
    // Before the one whose path has an id in the place of `search`.
    let mut post = |path: &str, operation, route: Route| resource(app, path, operation, route, "POST");
    post(
        "/v1/junction/coverage",
        operation::COVERAGE,
        web::post().to(catalogue::coverage),
    );
    post(
        "/v1/junction/orders",
        operation::PLACE_ORDER,
        web::post().to(placing::place),
    );
    post(
        "/v1/junction/orders/search",
        operation::SEARCH_ORDERS,
        web::post().to(reading::search),
    );
    post(
        "/v1/explain/junction/orders",
        operation::PLACE_ORDER,
        web::post().to(explain::order),
    );
    post(
        "/v1/explain/junction/orders/{id}/visit",
        operation::ARRANGE_VISIT,
        web::post().to(explain::visit),
    );
    post(
        "/v1/junction/orders/{id}/slots",
        operation::SLOTS,
        web::post().to(visits::slots),
    );
    post(
        "/v1/junction/orders/{id}/visit",
        operation::ARRANGE_VISIT,
        web::post().to(visits::arrange),
    );
    post(
        "/v1/junction/orders/{id}/visit/reschedule",
        operation::RESCHEDULE_VISIT,
        web::post().to(visits::reschedule),
    );
    post(
        "/v1/junction/orders/{id}/visit/cancel",
        operation::CANCEL_VISIT,
        web::post().to(visits::cancel),
    );
    post(
        "/v1/junction/orders/{id}/cancel",
        operation::CANCEL_ORDER,
        web::post().to(cancelling::cancel),
    );
    post(
        "/v1/junction/orders/{id}/simulate",
        operation::SIMULATE_ORDER,
        web::post().to(cancelling::simulate),
    );
    let mut get = |path: &str, operation, route: Route| resource(app, path, operation, route, "GET");
    get("/v1/junction/tests", operation::TESTS, web::get().to(catalogue::tests));
    get(
        "/v1/junction/cancellation-reasons",
        operation::CANCELLATION_REASONS,
        web::get().to(catalogue::reasons),
    );
    get("/v1/junction/events", operation::EVENTS, web::get().to(events::events));
    get(
        "/v1/junction/orders/{id}",
        operation::READ_ORDER,
        web::get().to(reading::read),
    );
    get(
        "/v1/junction/orders/{id}/results",
        operation::RESULTS,
        web::get().to(results::results),
    );
    get(
        "/v1/junction/orders/{id}/results.pdf",
        operation::RESULTS_PDF,
        web::get().to(results::results_pdf),
    );
    get(
        "/v1/junction/orders/{id}/requisition.pdf",
        operation::REQUISITION_PDF,
        web::get().to(results::requisition_pdf),
    );
}

fn resource(app: &mut web::ServiceConfig, path: &str, operation: Operation, route: Route, method: &'static str) {
    app.service(
        web::resource(path)
            .app_data(operation)
            .route(route)
            .default_service(web::to(move || async move { only(method) })),
    );
}
