//! `/__sim/`: looks inside, and arranges what happens next.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use serde_json::{Map, Value, json};

use super::{
    empego::{embeddable::ENDPOINTS, user::Users},
    fault::Fault,
    junction::is_operation,
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

pub(super) async fn put_faults(world: Data<World>, members: Json<Map<String, Value>>) -> HttpResponse {
    match Fault::read(members.into_inner(), is_endpoint) {
        Ok(fault) => {
            world.state().fault = Some(fault);
            HttpResponse::NoContent().finish()
        }
        Err(mistakes) => HttpResponse::BadRequest().json(json!({"errors": mistakes})),
    }
}

/// What a fault may be for alone.
fn is_endpoint(name: &str) -> bool {
    ENDPOINTS.contains(&name) || is_operation(name)
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
