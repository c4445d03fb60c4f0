//! The names by which the admin listener may be called. A page from elsewhere can point a name of its own at this
//! address, and have its visitor's browser read what is here (DNS rebinding). An address is not a name that another
//! page can point here, so addresses are let through.

use std::net::IpAddr;

use actix_web::{
    Error, ResponseError as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::HOST,
    middleware::Next,
    web::Data,
};
use domain::reason::Reason;

use crate::http::edge::failure::Failure;

/// The names beside `localhost`.
#[derive(Debug, Clone)]
pub struct OwnHosts(Vec<String>);

impl OwnHosts {
    /// These names, in any case.
    #[must_use]
    pub fn named(names: Vec<String>) -> Self {
        Self(names)
    }

    /// Whether `Host` says an address or a name of ours, with whatever port.
    fn include(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            Some(_) | None => host,
        };
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || self.0.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// Middleware that refuses requests for another host. A client that sends no `Host` is not a browser.
///
/// # Errors
/// What an inner middleware failed with.
pub async fn own_host(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_own = match request.app_data::<Data<OwnHosts>>() {
        Some(own) => request
            .headers()
            .get_all(HOST)
            .all(|host| host.to_str().is_ok_and(|host| own.include(host))),
        None => false,
    };
    if is_own {
        Ok(next.call(request).await?.map_into_boxed_body())
    } else {
        Ok(request.into_response(Failure::from(Reason::ForeignHost).error_response()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_own_names_are_let_through() {
        let own = OwnHosts::named(vec!["gateway.internal".to_owned()]);
        let rows = [
            ("127.0.0.1:9090", true, "an address"),
            ("10.1.2.3", true, "an address without a port, as probes send it"),
            ("[::1]:9090", true, "an IPv6 address"),
            ("[::1]", true, "the same without a port"),
            ("LocalHost:9090", true, "this machine by name"),
            ("gateway.internal:9090", true, "a name of ours"),
            ("Gateway.Internal", true, "in another case"),
            ("evil.example:9090", false, "a name of somebody else's"),
            ("127.0.0.1.evil.example", false, "a name that begins like an address"),
            ("localhost.evil.example", false, "a name that begins like ours"),
            ("evil.example:127.0.0.1", false, "an address where a port should be"),
            ("", false, "nothing"),
        ];
        for (host, is_own, reason) in rows {
            assert_eq!(own.include(host), is_own, "{reason}");
        }
    }
}
