//! What stands in the console's place in builds without it: nothing, and nobody can make one.

use std::net::SocketAddr;

use actix_web::web::ServiceConfig;

use crate::directory::ConsoleAccess;

/// A console that does not exist.
#[derive(Clone)]
pub(in crate::http) enum Console {}

impl Console {
    pub(in crate::http) fn access(&self, _: SocketAddr) -> ConsoleAccess {
        match *self {}
    }

    pub(in crate::http) fn routes(&self, _: SocketAddr, _: &mut ServiceConfig) {
        match *self {}
    }
}
