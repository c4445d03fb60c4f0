//! What stands in the place of the demo's pages in builds without them: nothing, and nobody can make a console.

use actix_web::HttpRequest;

use crate::directory::Host;

/// A console that does not exist.
#[derive(Clone)]
pub(in crate::http) enum Console {}

pub(in crate::http) fn may_use(_: &HttpRequest, _: &[u8], _: &Host) -> bool {
    false
}
