//! The JSON document of a refusal.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use domain::{fault::FieldError, refusal::Refusal};
use serde::Serialize;

use super::json::json;

/// The one shape of errors: the members that Empego's page documents first, the gateway's after them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ErrorDocument<'a> {
    timestamp: String,
    status: u16,
    error: &'static str,
    message: Cow<'static, str>,
    path: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    source: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<UpstreamDocument<'a>>,
    errors: Vec<FieldDocument<'a>>,
}

#[derive(Serialize)]
struct UpstreamDocument<'a> {
    name: &'static str,
    /// `null` if no answer came.
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// One of the fields at fault.
#[derive(Debug, Serialize)]
pub(in crate::http) struct FieldDocument<'a> {
    field: &'a str,
    code: &'static str,
    message: String,
}

impl<'a> ErrorDocument<'a> {
    pub(in crate::http) fn new(
        refusal: &'a Refusal,
        may_know_reason: bool,
        path: &'a str,
        request_id: &'a str,
    ) -> Self {
        let status = StatusCode::from_u16(refusal.status).ok();
        Self {
            timestamp: format!("{:.3}", jiff::Timestamp::now()),
            status: refusal.status,
            error: status.and_then(|status| status.canonical_reason()).unwrap_or_default(),
            message: refusal.message(),
            path,
            code: refusal.code.as_str(),
            reason: may_know_reason.then(|| refusal.reason.as_str()),
            source: refusal.code.source().as_str(),
            retryable: refusal.retryable,
            next: refusal.code.next(),
            request_id,
            upstream: refusal.upstream.as_ref().map(|upstream| UpstreamDocument {
                name: upstream.vendor.as_str(),
                status: upstream.status,
                message: upstream.message.as_deref(),
            }),
            errors: refusal.errors.iter().map(FieldDocument::new).collect(),
        }
    }

    pub(in crate::http) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}

impl<'a> FieldDocument<'a> {
    pub(in crate::http) fn new(error: &'a FieldError) -> Self {
        Self {
            field: &error.field,
            code: error.fault.code(),
            message: error.fault.message().into_owned(),
        }
    }
}
