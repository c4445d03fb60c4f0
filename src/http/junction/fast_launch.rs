//! An address for Junction's Fast Launch, for hosts.

use actix_web::{HttpRequest, HttpResponse, dev::Payload};
use domain::{
    audit::Named,
    junction::{FastLaunchRequest, RawFastLaunch, parse_fast_launch},
    reason::Reason,
};

use super::document::FastLaunchDocument;
use crate::{
    directory::{Caller, TokenIdentity},
    gateway,
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading},
        body,
        edge::{attempt::Attempt, failure::Failure},
    },
};

impl ReadLaunch for FastLaunchRequest {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction().map(drop)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let request = reading.request;
        let raw = RawFastLaunch {
            query: request.query_string(),
            has_body: body::is_there(request, payload).await,
            has_user_header: request.headers().contains_key("x-integration-user"),
            has_intent_header: request.headers().contains_key("x-integration-intent"),
            vouched: reading.caller.token.as_deref().map(TokenIdentity::vouched),
            errors: reading.errors,
        };
        Ok(parse_fast_launch(raw)?)
    }

    fn named(&self) -> Named<'_> {
        Self::named(self)
    }
}

pub(in crate::http) async fn fast_launch(
    asked: Authenticated<FastLaunchRequest>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let attempt = Attempt::of(&request).ok_or(Reason::Defect)?;
    let launch = gateway::fast_launch(&asked.caller, asked.launch, &attempt.borrow().progress)?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(FastLaunchDocument::new(&launch, &asked.caller.tenant.frame, request_id)))
}
