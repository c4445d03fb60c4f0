//! A stand-in for Junction: the Management API below `/junction/management`, the API of its teams below `/junction/api`,
//! and the embedded app below `/junction/ehr`. Where Junction's documentation is silent, the choice is written where it
//! is made.

mod answer;
mod app;
pub(super) mod arrangement;
mod call;
mod clock;
mod continuation;
pub(super) mod control;
mod feature;
mod fields;
mod id;
mod issue;
mod journal;
mod launch;
mod management;
mod member;
mod moment;
mod operation;
mod order;
pub(super) mod orders;
mod page;
mod patient;
mod perform;
mod refused;
pub(super) mod settings;
pub(super) mod state;
mod team;
mod team_api;
mod token;
mod visit;
mod wanted;

use actix_web::web;

/// Whether a fault may be for this alone: `junction/resolve_team`, say.
pub(super) fn is_operation(endpoint: &str) -> bool {
    operation::Operation::is_endpoint(endpoint)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/junction/management/{tail:.*}", web::to(perform::management))
        .route("/junction/api/{tail:.*}", web::to(perform::team_api))
        .route("/junction/ehr/dashboard", web::get().to(app::dashboard))
        .route("/junction/ehr/auth/launch", web::get().to(launch::launch))
        .route("/junction/ehr/orders", web::post().to(app::order))
        .route("/junction/ehr/page.js", web::get().to(page::script));
}
