//! Stands in for the demo's pages in builds without them: an empty type, which cannot be created.

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
