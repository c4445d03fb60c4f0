//! Where something may be that is called: https anywhere, http on this machine alone.

use std::net::IpAddr;

use url::{Host, Url};

/// Whether a URL's host is this machine: an address of the loopback ranges, or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
