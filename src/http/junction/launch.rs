//! A launch of Junction's app, for hosts.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, web::Data};
use domain::{
    audit::Named,
    junction::{self, Launch},
    reason::Reason,
    refusal::Refusal,
};

use super::document::JunctionDocument;
use crate::{
    directory::{Caller, TokenIdentity},
    gateway::Gateway,
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading, or_internal},
        body::parsed,
        edge::{attempt::Attempt, failure::Failure},
    },
};

impl ReadLaunch for Launch {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction().map(drop)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(read(reading, payload).await??)
    }

    fn named(&self) -> Named<'_> {
        Self::named(self)
    }
}

/// Reads a launch. What is no JSON body at all is a failure; what is wrong with a launch is a refusal.
pub(super) async fn read(reading: Reading<'_>, payload: Payload) -> Result<Result<Launch, Refusal>, Failure> {
    let vouched = reading.caller.token.as_deref().map(TokenIdentity::vouched);
    parsed(reading, payload, |raw| junction::parse(raw, vouched.as_ref())).await
}

pub(in crate::http) async fn launch(
    asked: Authenticated<Launch>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let Authenticated {
        caller,
        launch,
        context,
    } = asked;
    let launch = Attempt::launching(&request, async |progress| {
        gateway.launch_junction(&caller, launch, context, progress).await
    });
    let embed = or_internal(launch).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    let delivered = gateway.deliver(&caller, caller.host.junction.delivery, &embed.url, request_id)?;
    Ok(HttpResponse::Ok().json(JunctionDocument::new(
        &embed,
        &delivered,
        &caller.tenant.frame,
        request_id,
    )))
}
