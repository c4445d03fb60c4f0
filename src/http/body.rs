//! Reads a JSON body: of the right type, of bounded size, in bounded time; and has it parsed.

use std::time::Duration;

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
    web::{BytesMut, Data},
};
use domain::{
    fault::{Fault, FieldErrors},
    native_body::Native,
    reason::Reason,
    refusal::Refusal,
};
use futures_util::StreamExt as _;
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
async fn read(request: &HttpRequest, payload: Payload, within: Duration) -> Result<BytesMut, Failure> {
    if !is_json(request) {
        return Err(Reason::BodyNotJson.into());
    }
    let declared = declared_length(request);
    if declared.is_some_and(|length| length > MAX_BYTES) {
        return Err(Reason::BodyDeclaredTooLarge.into());
    }
    let collected = timeout(within, collect(payload, declared.unwrap_or_default())).await;
    collected.unwrap_or_else(|_too_slow| Err(Reason::BodyTooSlow.into()))
}

/// Whether a body comes with the request.
pub(super) fn is_there(request: &HttpRequest) -> bool {
    request.headers().contains_key(TRANSFER_ENCODING) || declared_length(request).is_some_and(|length| length > 0)
}

async fn collect(mut payload: Payload, expected: usize) -> Result<BytesMut, Failure> {
    let mut body = BytesMut::with_capacity(expected);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_connection_broke| truncated())?;
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Reason::BodyTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn truncated() -> Failure {
    let mut errors = FieldErrors::default();
    errors.add("", Fault::Truncated);
    Refusal::new(Reason::BodyTruncated).naming(errors).into()
}

/// `application/json`, in UTF-8 and as it is; said once.
fn is_json(request: &HttpRequest) -> bool {
    let said_once = request.headers().get_all(CONTENT_TYPE).count() == 1;
    let is_plain = || {
        let said = request.headers().get(CONTENT_TYPE);
        said.is_some_and(|said| said == "application/json")
    };
    let is_json = || {
        request.mime_type().ok().flatten().is_some_and(|media| {
            let charset = media.get_param("charset");
            media.essence_str() == "application/json" && charset.is_none_or(|charset| charset == "utf-8")
        })
    };
    // Nearly everybody says just this, which needs no parser.
    said_once && (is_plain() || is_json()) && !request.headers().contains_key(CONTENT_ENCODING)
}

fn declared_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
