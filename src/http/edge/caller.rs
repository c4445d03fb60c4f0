//! Where a request's caller is, and what it proved by TLS. The one place that decides about the address: the limit on failed
//! authentications and the audit trail use it, and nothing else does.

use std::{net::IpAddr, sync::Arc};

use actix_web::{
    HttpRequest,
    http::header::{HeaderMap, HeaderValue},
};
use domain::{caller_address::CallerAddress, client_certificate::PresentedCertificate};

/// The address of a request's caller, unless it has already left.
pub(in crate::http) fn caller_address(request: &HttpRequest) -> Option<IpAddr> {
    let connection = request.peer_addr()?.ip();
    Some(address(connection, request.conn_data(), request.headers()))
}

fn address(connection: IpAddr, way: Option<&Arc<CallerAddress>>, headers: &HeaderMap) -> IpAddr {
    match way.map(AsRef::as_ref) {
        Some(CallerAddress::ForwardedFor(proxies)) => {
            let values: Vec<_> = headers.get_all("x-forwarded-for").map(HeaderValue::as_bytes).collect();
            proxies.caller(connection, &values)
        }
        // What a proxy said with the connection is the connection's address from then on.
        Some(CallerAddress::Connection | CallerAddress::ProxyProtocol(_)) | None => connection,
    }
}

/// The certificate that the caller of a request proved to have.
pub(in crate::http) fn certificate(request: &HttpRequest) -> Option<&PresentedCertificate> {
    request.conn_data::<Arc<PresentedCertificate>>().map(AsRef::as_ref)
}
