//! `/__sim/junction`: looks inside, and arranges what happens next.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};

use super::arrangement::Arrangement;
use crate::world::World;

pub(super) async fn state(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(world.state().junction.shown())
}

pub(super) async fn arrange(world: Data<World>, arrangement: Json<Arrangement>) -> HttpResponse {
    world.state().junction.arrange(arrangement.into_inner());
    HttpResponse::NoContent().finish()
}

pub(super) async fn revoke_tokens(world: Data<World>) -> HttpResponse {
    world.state().junction.tokens.revoke_all();
    HttpResponse::NoContent().finish()
}

pub(super) async fn journal(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(world.state().junction.journal.entries())
}
