//! Tells what a launch would come to, and why. Nothing is sent to Empego.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, web::Data};
use domain::{
    audit::Named,
    empego::{Intent, Launch},
    reason::Reason,
    refusal::Refusal,
};

use super::{
    explanation::ExplanationDocument,
    launching::{endpoint, granted},
    native_body,
};
use crate::{
    directory::{Caller, Host},
    gateway::{Gateway, explain},
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading},
        edge::{attempt::Attempt, failure::Failure, request_id::RequestId},
    },
};

/// What would be a native launch, or why it would not even be that.
pub(in crate::http) struct LaunchToExplain(Result<Launch, Refusal>);

impl ReadLaunch for LaunchToExplain {
    fn check_grant(caller: &Caller, request: &HttpRequest) -> Result<(), Reason> {
        granted(caller, request).map(drop)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(Self(native_body::read(reading, payload).await?))
    }

    fn named(&self) -> Named<'_> {
        self.0.as_ref().map_or_else(|_| Named::default(), Launch::named)
    }

    fn stated_intent(&self) -> Option<&'static str> {
        self.0.as_ref().ok()?.stated_intent().map(Intent::as_str)
    }

    fn is_for(host: &Host) -> bool {
        host.explain
    }

    fn refused(reason: Reason) -> Result<Self, Failure> {
        Ok(Self(Err(reason.into())))
    }
}

pub(in crate::http) async fn explanation(
    asked: Authenticated<LaunchToExplain>,
    gateway: Data<Gateway>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    Attempt::note(&request, |attempt| attempt.is_explained = true);
    let endpoint = endpoint(&request)?;
    let known_clinicians = gateway.known_clinicians.as_deref();
    let explained = explain(&asked.caller, asked.launch.0, known_clinicians).await;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map(RequestId::as_str);
    Ok(HttpResponse::Ok().json(ExplanationDocument::new(&explained, endpoint, request_id)))
}
