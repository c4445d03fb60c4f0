//! `/__sim/junction`: looks inside, and arranges what happens next.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};

use super::{Arrangement, World};

pub(in super::super) async fn state(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(world.state().junction.shown())
}

pub(in super::super) async fn arrange(world: Data<World>, arrangement: Json<Arrangement>) -> HttpResponse {
    world.state().junction.arrange(arrangement.into_inner());
    HttpResponse::NoContent().finish()
}

pub(in super::super) async fn revoke_tokens(world: Data<World>) -> HttpResponse {
    world.state().junction.tokens.revoke_all();
    HttpResponse::NoContent().finish()
}

pub(in super::super) async fn journal(world: Data<World>) -> HttpResponse {
    HttpResponse::Ok().json(&world.state().junction.journal)
}
