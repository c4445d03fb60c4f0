//! Junction's errors. It declares 400, 409 and 422 alone; the others are as observed, and their texts are ours.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

use super::{id::Id, issue::Issue};

/// Why a call is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    Unauthorized(&'static str),
    Forbidden(&'static str),
    NotFound(&'static str),
    MethodNotAllowed,
    /// The partner's own name for a team is taken, or the id asked for is.
    TeamExists(Id),
    MemberExists(Id),
    UserExists {
        user_id: Id,
        created_on: String,
    },
    /// Something that goes together in no way, or not now.
    BadRequest(&'static str),
    /// An order that is not cancelled from here, by its low-level status.
    Transition(&'static str),
    Invalid(Vec<Issue>),
    ServerError,
    Unavailable,
}

impl Refused {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TeamExists(_) | Self::MemberExists(_) => StatusCode::CONFLICT,
            Self::UserExists { .. } | Self::BadRequest(_) | Self::Transition(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(super) fn body(&self) -> Value {
        match self {
            Self::Unauthorized(text) | Self::Forbidden(text) | Self::NotFound(text) | Self::BadRequest(text) => {
                json!({"detail": text})
            }
            Self::Transition(from) => json!({
                "error": "Bad Request",
                "message": format!("Transition from {from} to cancelled is not allowed"),
                "status_code": 400,
            }),
            Self::MethodNotAllowed => json!({"detail": "Method Not Allowed"}),
            Self::TeamExists(id) => json!({"team_id": id}),
            Self::MemberExists(id) => json!({"member_id": id}),
            Self::UserExists { user_id, created_on } => json!({"detail": {
                "error_type": "INVALID_REQUEST",
                "error_message": "Client user id already exists.",
                "user_id": user_id,
                "created_on": created_on,
            }}),
            Self::Invalid(issues) => json!({"detail": issues}),
            Self::ServerError => json!({"detail": "Internal Server Error"}),
            Self::Unavailable => json!({"detail": "Service Unavailable"}),
        }
    }

    pub(super) fn response(&self) -> HttpResponse {
        HttpResponse::build(self.status()).json(self.body())
    }

    /// One sentence for a person's page.
    pub(super) fn sentence(&self) -> &'static str {
        match self {
            Self::Unauthorized(text) | Self::Forbidden(text) | Self::NotFound(text) | Self::BadRequest(text) => text,
            Self::Transition(_) => "It cannot be cancelled any more",
            Self::MethodNotAllowed => "Method not allowed",
            Self::TeamExists(_) | Self::MemberExists(_) | Self::UserExists { .. } => "It exists already",
            Self::ServerError | Self::Unavailable => "Something went wrong",
            Self::Invalid(_) => "Some parameters are missing, wrong or given twice",
        }
    }
}
