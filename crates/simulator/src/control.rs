//! `/__sim/`: looks inside, and arranges what happens next.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use serde_json::json;

use super::{
    empego::user::Users,
    fault::Fault,
    world::{State, World},
};

pub(super) async fn journal(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().journal)
}

/// The key set of the scene's identity provider; an empty one if it has none.
pub(super) async fn keys(world: Data<World>) -> HttpResponse {
    let keys = world.staged().key_set.clone();
    HttpResponse::Ok().json(keys.unwrap_or_else(|| json!({"keys": []})))
}

pub(super) async fn users(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().users)
}

pub(super) async fn put_users(world: Data<World>, users: Json<Users>) -> HttpResponse {
    world.state().users = users.into_inner();
    HttpResponse::NoContent().finish()
}

pub(super) async fn put_faults(world: Data<World>, fault: Json<Fault>) -> HttpResponse {
    world.state().fault = Some(fault.into_inner());
    HttpResponse::NoContent().finish()
}

pub(super) async fn delete_faults(world: Data<World>) -> HttpResponse {
    world.state().fault = None;
    HttpResponse::NoContent().finish()
}

pub(super) async fn reset(world: Data<World>) -> HttpResponse {
    let (users, junction) = {
        let staged = world.staged();
        (staged.users.clone(), staged.junction.clone())
    };
    *world.state() = State {
        users,
        junction,
        ..State::default()
    };
    HttpResponse::NoContent().finish()
}
