//! What stands in the place of the demo's pages in builds without them: nothing, and nobody can make one.

use std::net::SocketAddr;

use crate::directory::ConsoleAccess;

/// A console that does not exist.
#[derive(Clone)]
pub(in crate::http) enum Console {}

impl Console {
    pub(super) fn access(&self, _: SocketAddr) -> ConsoleAccess {
        match *self {}
    }
}
