//! The refusal in an explanation.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use domain::refusal::Refusal;
use serde::Serialize;

use super::edge::error_document::FieldDocument;

/// The members of the error that a launch would get, except those of its own request.
#[derive(Debug, Serialize)]
pub(super) struct RefusalDocument<'a> {
    status: u16,
    error: &'static str,
    message: Cow<'static, str>,
    code: &'static str,
    reason: &'static str,
    source: &'static str,
    retryable: bool,
    errors: Vec<FieldDocument<'a>>,
}

impl<'a> RefusalDocument<'a> {
    pub(super) fn new(refusal: &'a Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.status).ok();
        Self {
            status: refusal.status,
            error: status.and_then(|status| status.canonical_reason()).unwrap_or_default(),
            message: refusal.message(),
            code: refusal.code.as_str(),
            reason: refusal.reason.as_str(),
            source: refusal.code.source().as_str(),
            retryable: refusal.retryable,
            errors: refusal.errors.iter().map(FieldDocument::new).collect(),
        }
    }
}
