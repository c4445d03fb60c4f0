//! Where the demo's pages are, and what they may do there. They answer to the listener's own address only, so that no other
//! site can get at the demo's keys by giving that address a name of its own.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, LOCATION},
};

use crate::directory::ConsoleAccess;

/// What the console gets to know about the demo that it belongs to.
#[derive(Clone)]
pub struct Console {
    /// Where the stand-in for Empego is.
    pub simulator: SocketAddr,
    /// The credentials of this run, by the names that the page has for them.
    pub credentials: BTreeMap<&'static str, String>,
    /// The ids of the hosts that the page may use although they are not for browsers.
    pub hosts: Vec<String>,
    /// The cookie of the clinician who is signed in at the simulated EHR, as `name=value`.
    pub session: String,
    /// The ids of the tenants, the first of which the page begins with.
    pub tenants: Vec<&'static str>,
    /// The folder of the audit trail.
    pub trail: PathBuf,
    /// Moves the stand-in's clock on by so many seconds, and says how many it is ahead of this machine's then.
    pub turn_clock: Arc<dyn Fn(u32) -> i64 + Send + Sync>,
}

/// The page's own place, and the hosts it may use.
pub(super) struct Place {
    /// As browsers write it in `Origin`.
    pub(super) origin: String,
    /// As browsers write it in `Host`.
    authority: String,
    policy: String,
    pub(super) console: Console,
}

/// An address as browsers write it in `Host`: they leave out the port that goes without saying.
fn authority(address: SocketAddr) -> String {
    let text = address.to_string();
    text.strip_suffix(":80").map_or_else(|| text.clone(), str::to_owned)
}

/// The origin of pages at an address, as browsers write it in `Origin`.
#[must_use]
pub fn origin_of(address: SocketAddr) -> String {
    format!("http://{}", authority(address))
}

impl Console {
    /// What the directory gets to know about it.
    pub(super) fn access(&self, address: SocketAddr) -> ConsoleAccess {
        ConsoleAccess {
            origin: origin_of(address),
            hosts: self.hosts.clone(),
        }
    }
}

impl Place {
    /// The place of a page on the listener of this address.
    pub(super) fn new(address: SocketAddr, console: Console) -> Self {
        let simulator = origin_of(console.simulator);
        // Trusted types: no text becomes markup, whatever the scripts do. A frame of Junction's comes back here to have its
        // session continued.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self' {simulator}; frame-src 'self' {simulator}; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        Self {
            origin: origin_of(address),
            authority: authority(address),
            policy,
            console,
        }
    }

    /// Whether a client came by the address itself.
    pub(super) fn is_named(&self, request: &HttpRequest) -> bool {
        let host = request.headers().get(HOST);
        host.is_some_and(|host| host.as_bytes() == self.authority.as_bytes())
    }

    /// Responds with content of the page; a client that came by another name is redirected to the address itself.
    pub(super) fn answer(
        &self,
        request: &HttpRequest,
        media_type: &'static str,
        body: impl FnOnce() -> String,
    ) -> HttpResponse {
        if !self.is_named(request) {
            let here = format!("{}{}", self.origin, request.uri().path());
            return HttpResponse::TemporaryRedirect()
                .insert_header((LOCATION, here))
                .finish();
        }
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, media_type))
            .insert_header((CONTENT_SECURITY_POLICY, self.policy.as_str()))
            .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
            .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
            .body(body())
    }
}
