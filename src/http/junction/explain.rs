//! Tells what a launch of Junction's app would come to, and why. Nothing is sent to Junction.

use actix_web::{HttpRequest, HttpResponse, dev::Payload};
use domain::{audit::Named, junction::Launch, reason::Reason, refusal::Refusal};

use super::{explanation::JunctionExplanationDocument, launch::read};
use crate::{
    directory::{Caller, Host},
    gateway::explain_junction,
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading},
        edge::{attempt::Attempt, failure::Failure, request_id::RequestId},
    },
};

/// What would be a launch, or why it would not even be that.
pub(in crate::http) struct LaunchToExplain(Result<Launch, Refusal>);

impl ReadLaunch for LaunchToExplain {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction().map(drop)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(Self(read(reading, payload).await?))
    }

    fn named(&self) -> Named<'_> {
        self.0.as_ref().map_or_else(|_| Named::default(), Launch::named)
    }

    fn is_for(host: &Host) -> bool {
        host.explain
    }

    fn refused(reason: Reason) -> Result<Self, Failure> {
        Ok(Self(Err(reason.into())))
    }
}

pub(in crate::http) async fn explanation(asked: Authenticated<LaunchToExplain>, request: HttpRequest) -> HttpResponse {
    Attempt::note(&request, |attempt| attempt.is_explained = true);
    let explained = explain_junction(&asked.caller, asked.launch.0);
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map(RequestId::as_str);
    HttpResponse::Ok().json(JunctionExplanationDocument::new(&explained, request_id))
}
