//! Reads a JSON body: of the right type, of bounded size, in bounded time; and has it parsed.

use std::{pin::pin, time::Duration};

use actix_web::{
    HttpRequest,
    dev::Payload,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING, UPGRADE},
    web::{BytesMut, Data},
};
use domain::{
    fault::{Fault, FieldErrors},
    media_type,
    native_body::Native,
    reason::Reason,
    refusal::Refusal,
};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::timeout;

use super::{authenticated::Reading, edge::failure::Failure, settings::HttpSettings};

/// The most bytes a body may have.
const MAX_BYTES: usize = 16 * 1024;

/// Takes a JSON body in, and has it parsed with everything that may not come with it. What is no JSON body at all is a
/// failure; what is wrong with what it asks for is a refusal.
pub(super) async fn parsed<T>(
    reading: Reading<'_>,
    payload: Payload,
    parse: impl FnOnce(Native<'_>) -> Result<T, Refusal>,
) -> Result<Result<T, Refusal>, Failure> {
    let request = reading.request;
    let settings = request.app_data::<Data<HttpSettings>>().ok_or(Reason::Defect)?;
    let body = read(request, payload, settings.body_timeout).await?;
    let raw = Native {
        body: &body,
        query: request.query_string(),
        has_user_header: request.headers().contains_key("x-integration-user"),
        has_intent_header: request.headers().contains_key("x-integration-intent"),
        errors: reading.errors,
    };
    Ok(parse(raw))
}

/// Reads the whole body.
///
/// # Errors
/// 415, 413 or 408; `invalid_request` for a body that ends before it is complete.
pub(super) async fn read(request: &HttpRequest, payload: Payload, within: Duration) -> Result<BytesMut, Failure> {
    read_up_to(MAX_BYTES, request, payload, within).await
}

/// The same of one that may have so many bytes.
///
/// # Errors
/// As for [`read`].
pub(super) async fn read_up_to(
    max: usize,
    request: &HttpRequest,
    payload: Payload,
    within: Duration,
) -> Result<BytesMut, Failure> {
    check_kind(request)?;
    let declared = declared_length(request);
    if declared.is_some_and(|length| length > max) {
        return Err(Reason::BodyDeclaredTooLarge.into());
    }
    let ends_at = ends_at(request, declared);
    let mut collecting = pin!(collect(payload, max, declared.unwrap_or_default(), ends_at));
    // Nearly all bodies came with their head: no clock has to run for them.
    if let Some(collected) = collecting.as_mut().now_or_never() {
        return collected;
    }
    let collected = timeout(within, collecting).await;
    collected.unwrap_or_else(|_too_slow| Err(Reason::BodyTooSlow.into()))
}

/// Whether a body comes with the request. One in chunks may turn out to be empty: some proxies announce every body so.
pub(super) async fn is_there(request: &HttpRequest, payload: Payload) -> bool {
    if !request.headers().contains_key(TRANSFER_ENCODING) {
        return declared_length(request).is_some_and(|length| length > 0);
    }
    let within = request
        .app_data::<Data<HttpSettings>>()
        .map(|settings| settings.body_timeout);
    // Neither nothing in time nor a broken connection is an empty body.
    timeout(within.unwrap_or_default(), holds_anything(payload))
        .await
        .unwrap_or(true)
}

async fn holds_anything(mut payload: Payload) -> bool {
    while let Some(chunk) = payload.next().await {
        if !chunk.is_ok_and(|chunk| chunk.is_empty()) {
            return true;
        }
    }
    false
}

/// Where a body ends, if the library does not know: for it, whatever comes behind an `Upgrade` to a WebSocket belongs to
/// that. Here an upgrade is never taken, so it means nothing (RFC 9110, section 7.8).
fn ends_at(request: &HttpRequest, declared: Option<usize>) -> Option<usize> {
    let headers = request.headers();
    let is_stream = headers.contains_key(UPGRADE) && !headers.contains_key(TRANSFER_ENCODING);
    is_stream.then(|| declared.unwrap_or_default())
}

async fn collect(
    mut payload: Payload,
    max: usize,
    expected: usize,
    ends_at: Option<usize>,
) -> Result<BytesMut, Failure> {
    let mut body = BytesMut::with_capacity(expected);
    loop {
        if let Some(end) = ends_at.filter(|end| body.len() >= *end) {
            body.truncate(end);
            return Ok(body);
        }
        let Some(chunk) = payload.next().await else {
            break;
        };
        let chunk = chunk.map_err(|_connection_broke| truncated())?;
        if body.len() + chunk.len() > max && ends_at.is_none() {
            return Err(Reason::BodyTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    if ends_at.is_some_and(|end| body.len() < end) {
        return Err(truncated());
    }
    Ok(body)
}

fn truncated() -> Failure {
    let mut errors = FieldErrors::default();
    errors.add("", Fault::Truncated);
    Refusal::new(Reason::BodyTruncated).naming(errors).into()
}

/// `application/json`, in UTF-8 and as it is; said once.
fn check_kind(request: &HttpRequest) -> Result<(), Failure> {
    let values = |name| request.headers().get_all(name).map(HeaderValue::as_bytes);
    let types: Vec<_> = values(CONTENT_TYPE).collect();
    // Nearly every client sends exactly this.
    if types == [b"application/json"] && !request.headers().contains_key(CONTENT_ENCODING) {
        return Ok(());
    }
    let mut errors = FieldErrors::default();
    let kind = match types.as_slice() {
        [] => Err(Fault::Required),
        [only] => media_type::check_json(only),
        [_, _, ..] => Err(Fault::Repeated),
    };
    if let Err(fault) = kind {
        errors.add("/header/content-type", fault);
    }
    if !values(CONTENT_ENCODING).all(media_type::is_identity) {
        errors.add(
            "/header/content-encoding",
            Fault::NotAccepted("Send the body without a content encoding"),
        );
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::new(Reason::BodyNotJson).naming(errors).into())
    }
}

fn declared_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
