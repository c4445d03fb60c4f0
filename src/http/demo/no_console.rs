//! What stands in the console's place in builds without it: nothing, and nobody can make one.

use std::net::SocketAddr;

use actix_web::{HttpRequest, web::ServiceConfig};

use crate::directory::Host;

/// A console that does not exist.
#[derive(Clone)]
pub(in crate::http) enum Console {}

impl Console {
    pub(in crate::http) fn routes(&self, _: SocketAddr, _: &mut ServiceConfig) {
        match *self {}
    }
}

pub(in crate::http) fn may_use(_: &HttpRequest, _: &[u8], _: &Host) -> bool {
    false
}
