//! `/__sim/junction/webhooks` and `/__sim/junction/webhook-settings`: what was sent, and what goes wrong with it.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{message::Event, settings::WebhookSettings};
use crate::{
    junction::{feature::Environment, id::Id},
    world::World,
};

pub(in crate::junction) async fn deliveries(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(world.state().junction.webhooks.shown())
}

pub(in crate::junction) async fn settings(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().junction.webhooks.settings)
}

/// Members that are left out are as documented again.
pub(in crate::junction) async fn set(world: Data<World>, settings: Json<WebhookSettings>) -> HttpResponse {
    if settings.schedule_ms.is_empty() {
        return HttpResponse::BadRequest().json(json!({"error": "scheduleMs: at least one attempt is needed"}));
    }
    let webhooks = &mut world.state().junction.webhooks;
    webhooks.settings = settings.into_inner();
    webhooks.release();
    HttpResponse::NoContent().finish()
}

/// An event of any type, about anything.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::junction) struct Arbitrary {
    event_type: String,
    team_id: Id,
    #[serde(default)]
    environment: Environment,
    #[serde(default)]
    data: Value,
}

pub(in crate::junction) async fn send(world: Data<World>, arbitrary: Json<Arbitrary>) -> HttpResponse {
    let arbitrary = arbitrary.into_inner();
    world.state().junction.webhooks.emit(Event {
        kind: arbitrary.event_type,
        team: arbitrary.team_id,
        environment: arbitrary.environment,
        order: None,
        user: None,
        client_user_id: None,
        data: arbitrary.data,
    });
    HttpResponse::NoContent().finish()
}
