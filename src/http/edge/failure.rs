//! A refusal on its way out. It leaves itself on the response; the rim writes the body and the record from it.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use domain::{code::Code, reason::Reason, refusal::Refusal};

/// What RFC 6750 (section 3.1) says about a request that proves itself in more than one way.
const TWO_CREDENTIALS: &str = r#"Bearer error="invalid_request", error_description="More than one credential was sent: send either Api-Key or Authorization, once""#;

/// What handlers and extractors fail with. Its texts name the code and nothing of the request.
#[derive(Debug)]
pub(in crate::http) struct Failure(Box<Refusal>);

impl Failure {
    /// Why there is no URL.
    pub(in crate::http) fn refusal(&self) -> &Refusal {
        &self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.code.as_str())
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        if self.0.code == Code::HostUnauthenticated {
            // RFC 6750, section 3.1; which check a token failed is for the operator alone.
            let challenge = HeaderValue::from_static(if self.0.reason == Reason::TwoCredentials {
                TWO_CREDENTIALS
            } else if self.0.reason.is_of_token() {
                "Bearer error=\"invalid_token\""
            } else {
                "Bearer"
            });
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(secs) = self.0.retry_after_secs {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        response.extensions_mut().insert(Refusal::clone(&self.0));
        response
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(refusal))
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Refusal::from(reason).into()
    }
}
