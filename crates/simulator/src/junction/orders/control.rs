//! `/__sim/clock` and `/__sim/junction/orders-behaviour`: how time goes on, and how orders are treated.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use serde_json::{Map, Value, json};

use super::progress;
use crate::{junction::clock::Move, world::World};

pub(crate) async fn clock(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(world.state().junction.home.clock.shown())
}

/// Moves the clock, and does what is due then.
pub(crate) async fn turn_clock(world: Data<World>, by: Json<Move>) -> HttpResponse {
    let junction = &mut world.state().junction;
    if junction.home.clock.turn(&by).is_none() {
        return HttpResponse::BadRequest().json(json!({"error": "either advanceSecs or now is needed"}));
    }
    progress::settle(junction);
    HttpResponse::Ok().json(junction.home.clock.shown())
}

pub(crate) async fn behaviour(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().junction.home.behaviour)
}

pub(crate) async fn behave(world: Data<World>, members: Json<Map<String, Value>>) -> HttpResponse {
    let home = &mut world.state().junction.home;
    match home.behaviour.changed(members.into_inner()) {
        Ok(changed) => {
            home.behaviour = changed;
            HttpResponse::NoContent().finish()
        }
        Err(error) => HttpResponse::BadRequest().json(json!({"error": error.to_string()})),
    }
}
