//! `/__sim/clock` and the pages below `/__sim/junction` about orders: how time goes on, how orders are treated, what
//! happens to one of them, and what goes wrong next.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    web::{Bytes, Data, Json, Path},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    mishap::Arranged,
    progress,
    steps::{self, Details, Step},
};
use crate::{
    junction::{clock::Move, id::Id, order::Order},
    world::World,
};

pub(in crate::junction) async fn clock(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(world.state().junction.home.clock.shown())
}

/// Moves the clock, and does what is due then.
pub(in crate::junction) async fn turn_clock(world: Data<World>, by: Json<Move>) -> HttpResponse {
    let junction = &mut world.state().junction;
    if junction.home.clock.turn(&by).is_none() {
        return wrong("either advanceSecs or now is needed");
    }
    progress::settle(junction);
    HttpResponse::Ok().json(junction.home.clock.shown())
}

/// Moves the clock on by so many seconds. Says how many it is ahead of the machine's.
pub(in crate::junction) fn advance(world: &World, seconds: u32) -> i64 {
    let junction = &mut world.state().junction;
    junction.home.clock.advance(seconds.into());
    progress::settle(junction);
    junction.home.clock.ahead_secs()
}

pub(in crate::junction) async fn behaviour(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().junction.home.behaviour)
}

pub(in crate::junction) async fn behave(world: Data<World>, members: Json<Map<String, Value>>) -> HttpResponse {
    let home = &mut world.state().junction.home;
    match home.behaviour.changed(members.into_inner()) {
        Ok(changed) => {
            home.behaviour = changed;
            HttpResponse::NoContent().finish()
        }
        Err(error) => wrong(error.to_string()),
    }
}

pub(in crate::junction) async fn arrange_mishaps(
    world: Data<World>,
    all: Json<BTreeMap<String, Arranged>>,
) -> HttpResponse {
    match world.state().junction.home.mishaps.arrange(all.into_inner()) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(name) => wrong(format!("{name} is not the name of a call")),
    }
}

/// An order that nothing but control placed: in the embedded app, say, or for another team.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::junction) struct Foreign {
    user_id: Id,
    lab_tests: Option<Vec<Id>>,
}

pub(in crate::junction) async fn place(world: Data<World>, foreign: Json<Foreign>) -> HttpResponse {
    let junction = &mut world.state().junction;
    let now = junction.home.clock.now();
    let patient = junction.users.iter().find(|patient| patient.user_id == foreign.user_id);
    let Some(mut order) = patient.map(|patient| Order::of(patient, now)) else {
        return wrong("there is no such patient");
    };
    if let Some(tests) = &foreign.lab_tests {
        order.lab_tests.clone_from(tests);
    }
    let id = order.id;
    progress::place(junction, order);
    HttpResponse::Ok().json(json!({"orderId": id}))
}

/// Has something happen to an order.
pub(in crate::junction) async fn step(world: Data<World>, place: Path<(Id, Step)>, body: Bytes) -> HttpResponse {
    let (id, step) = place.into_inner();
    let members = if body.is_empty() {
        Ok(Map::new())
    } else {
        serde_json::from_slice(&body)
    };
    let details = match members.and_then(Details::read) {
        Ok(details) => details,
        Err(error) => return wrong(error.to_string()),
    };
    match steps::take(&mut world.state().junction, id, step, details) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => HttpResponse::Conflict().json(json!({"error": error})),
    }
}

fn wrong(error: impl Into<String>) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({"error": error.into()}))
}
