//! The clock of orders, which the console moves: the gateway's and the stand-in's together, so that both agree on what has
//! expired.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data},
};
use serde::Deserialize;
use serde_json::json;

use super::{asked::read, place::Place};
use crate::{
    gateway::Gateway,
    http::edge::{failure::Failure, fallback::only},
};

/// Serves what the pages ask.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/console/clock")
            .route(web::post().to(turn))
            .default_service(web::to(|| async { only("POST") })),
    );
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TurnAsked {
    /// 0 brings both together again after the stand-in was reset.
    advance_secs: u32,
}

async fn turn(
    request: HttpRequest,
    payload: web::Payload,
    place: Data<Place>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let TurnAsked { advance_secs } = read(&request, payload.into_inner(), &place).await?;
    if !place.is_named(&request) {
        return Ok(place.answer(&request, JSON, String::new));
    }
    let ahead = (place.console.turn_clock)(advance_secs);
    let clock = &gateway.orders.clock;
    clock.set_ahead(ahead);
    let shown = json!({"now": clock.now(), "aheadSecs": ahead});
    Ok(place.answer(&request, JSON, || shown.to_string()))
}

const JSON: &str = "application/json";
