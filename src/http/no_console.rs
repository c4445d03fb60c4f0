//! What stands in the console's place in builds without it: nothing, and nobody can make one.

use std::net::SocketAddr;

use actix_web::{HttpRequest, web::ServiceConfig};

use crate::gateway::Host;

/// A console that does not exist.
#[derive(Clone)]
pub(super) enum Console {}

impl Console {
    pub(super) fn routes(&self, _: SocketAddr, _: &mut ServiceConfig) {
        match *self {}
    }
}

pub(super) fn may_use(_: &HttpRequest, _: &[u8], _: &Host) -> bool {
    false
}
