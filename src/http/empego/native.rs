//! The gateway's own API: each fact is sent once, in a JSON body.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::header::CONTENT_TYPE, web::Data};
use domain::{
    audit::Named,
    empego::{Intent, Launch},
    reason::Reason,
};

use super::{
    document::EmbedDocument,
    launching::{granted, launched},
    native_body,
};
use crate::{
    directory::Caller,
    gateway::Gateway,
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading},
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// A launch written in a JSON body.
pub(in crate::http) struct NativeLaunch(Launch);

impl ReadLaunch for NativeLaunch {
    fn check_grant(caller: &Caller, request: &HttpRequest) -> Result<(), Reason> {
        granted(caller, request).map(drop)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(Self(native_body::read(reading, payload).await??))
    }

    fn named(&self) -> Named<'_> {
        self.0.named()
    }

    fn stated_intent(&self) -> Option<&'static str> {
        self.0.stated_intent().map(Intent::as_str)
    }
}

pub(in crate::http) async fn launch(
    asked: Authenticated<NativeLaunch>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let Authenticated {
        caller,
        launch: NativeLaunch(launch),
        context,
    } = asked;
    let embed = launched(&gateway, &caller, launch, context, &request).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    let delivered = gateway.deliver(&caller, caller.host.empego.delivery, &embed.url, request_id)?;
    let document = EmbedDocument::new(&embed, &delivered, &caller.tenant.frame, request_id);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, EmbedDocument::MEDIA_TYPE))
        .body(document.to_json()))
}
