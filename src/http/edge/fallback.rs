//! What is answered where no route is.

use actix_web::{HttpResponse, ResponseError as _, http::header};
use domain::reason::Reason;

use super::failure::Failure;

/// There is nothing at this path.
pub(in crate::http) async fn nothing_here() -> Result<HttpResponse, Failure> {
    Err(Reason::NoSuchPath.into())
}

/// There is something at this path, for these methods alone.
pub(in crate::http) fn only(methods: &'static str) -> HttpResponse {
    let mut response = Failure::from(Reason::NoSuchMethod).error_response();
    response
        .headers_mut()
        .insert(header::ALLOW, header::HeaderValue::from_static(methods));
    response
}
