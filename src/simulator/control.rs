//! `/__sim/`: looks inside, and arranges what happens next.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};

use super::{State, World, fault::Fault, user::Users};

pub(super) async fn journal(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().journal)
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

pub(super) async fn reset(world: Data<World>) -> HttpResponse {
    *world.state() = State::default();
    HttpResponse::NoContent().finish()
}
