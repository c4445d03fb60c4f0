//! A stand-in for Junction: the Management API below `/junction/management`, the API of its teams below `/junction/api`,
//! and the embedded app below `/junction/ehr`. Where Junction's documentation is silent, the choice is written where it
//! is made.

mod answer;
mod app;
pub(super) mod arrangement;
mod call;
mod clock;
mod continuation;
mod control;
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
mod orders;
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
mod webhooks;

use actix_web::web;

use crate::world::World;

pub(super) use webhooks::deliver;

/// Whether a fault may be for this alone: `junction/resolve_team`, say.
pub(super) fn is_operation(endpoint: &str) -> bool {
    operation::Operation::is_endpoint(endpoint)
}

/// Moves the clock on by so many seconds. Says how many it is ahead of the machine's.
pub(super) fn advance(world: &World, seconds: u32) -> i64 {
    orders::control::advance(world, seconds)
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/junction/management/{tail:.*}", web::to(perform::management))
        .route("/junction/api/{tail:.*}", web::to(perform::team_api))
        .route("/junction/ehr/dashboard", web::get().to(app::dashboard))
        .route("/junction/ehr/auth/launch", web::get().to(launch::launch))
        .route("/junction/ehr/orders", web::post().to(app::order))
        .route("/junction/ehr/page.js", web::get().to(page::script));
}

/// What tests and demos do there, below `/__sim`. `README.md` has what each takes.
pub(super) fn control_routes(app: &mut web::ServiceConfig) {
    let routes = [
        ("/junction", web::get().to(control::state)),
        ("/junction", web::put().to(control::arrange)),
        ("/junction/tokens", web::delete().to(control::revoke_tokens)),
        ("/junction/journal", web::get().to(control::journal)),
        ("/clock", web::get().to(orders::control::clock)),
        ("/clock", web::put().to(orders::control::turn_clock)),
        ("/junction/orders-behaviour", web::get().to(orders::control::behaviour)),
        ("/junction/orders-behaviour", web::put().to(orders::control::behave)),
        ("/junction/next", web::put().to(orders::control::arrange_mishaps)),
        ("/junction/orders", web::post().to(orders::control::place)),
        ("/junction/orders/{id}/{step}", web::post().to(orders::control::step)),
        ("/junction/webhooks", web::get().to(webhooks::control::deliveries)),
        ("/junction/webhooks", web::post().to(webhooks::control::send)),
        ("/junction/webhook-settings", web::get().to(webhooks::control::settings)),
        ("/junction/webhook-settings", web::put().to(webhooks::control::set)),
    ];
    for (path, route) in routes {
        app.route(path, route);
    }
}
