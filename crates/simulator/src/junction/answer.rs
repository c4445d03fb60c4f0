//! What a call that is carried out responds with.

use actix_web::{HttpResponse, http::header::CONTENT_DISPOSITION};
use serde_json::Value;

/// A body, or none.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Json(Value),
    Pdf(Vec<u8>),
    Nothing,
}

impl Answer {
    pub(super) fn response(self) -> HttpResponse {
        match self {
            Self::Json(value) => HttpResponse::Ok().json(value),
            Self::Pdf(bytes) => HttpResponse::Ok()
                .content_type("application/pdf")
                .insert_header((CONTENT_DISPOSITION, "attachment"))
                .body(bytes),
            Self::Nothing => HttpResponse::NoContent().finish(),
        }
    }
}
