//! The page that looks into a browser: an integrator shows it in a frame of the EHR's own page, and reads there whether the
//! vendors' apps can work in such a frame. It launches nothing, takes no credential and keeps nothing. A host has one if
//! its `doctor_origins` lists pages that may show it.

mod cookies;
mod facts;
mod files;
mod host;
mod page;

use actix_web::web;

use super::edge::{fallback::only, rim::OfAnyOrigin};

/// The routes of every host.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/doctor/{host}")
            .route(web::get().to(page::page))
            .default_service(web::to(|| async { only("GET") })),
    );
    app.service(
        web::resource("/doctor/{host}/cookies/{nonce}")
            .route(web::get().to(cookies::seen))
            .route(web::post().to(cookies::set))
            .default_service(web::to(|| async { only("GET, POST") })),
    );
    app.service(
        // A page loads them from another origin, and so does a frame whose sandbox takes its origin away.
        web::resource("/doctor/{host}/{file}")
            .app_data(OfAnyOrigin)
            .route(web::get().to(files::file))
            .default_service(web::to(|| async { only("GET") })),
    );
}
