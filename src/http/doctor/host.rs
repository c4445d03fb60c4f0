//! Whose page a path is about.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::reason::Reason;

use crate::{
    directory::{Host, Tenant},
    gateway::Gateway,
};

/// The host of a path. One without such a page is as if it did not exist.
pub(super) fn host_of(request: &HttpRequest, gateway: &Gateway) -> Result<(Arc<Host>, Arc<Tenant>), Reason> {
    let directory = gateway.directory.load();
    let found = request.match_info().get("host").and_then(|id| directory.doctor(id));
    let (host, tenant) = found.ok_or(Reason::NoSuchPath)?;
    Ok((Arc::clone(host), Arc::clone(tenant)))
}
