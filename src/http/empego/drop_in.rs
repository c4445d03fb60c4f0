//! Empego's own API: an existing client works by changing its base URL and its key.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{CONTENT_TYPE, HeaderName, HeaderValue, VARY},
    web::Data,
};
use domain::{
    audit::Named,
    empego::{DropIn, Intent, Launch, parse_drop_in},
    reason::Reason,
};

use secrecy::ExposeSecret as _;

use super::{
    document::EmbedDocument,
    launching::{endpoint, granted, launched},
};
use crate::{
    directory::{Caller, TokenIdentity},
    gateway::Gateway,
    http::{
        accept,
        authenticated::{Authenticated, ReadLaunch, Reading, values},
        body,
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// A launch written in header and query.
pub(in crate::http) struct DropInLaunch(Launch);

impl ReadLaunch for DropInLaunch {
    fn check_grant(caller: &Caller, request: &HttpRequest) -> Result<(), Reason> {
        granted(caller, request).map(drop)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let request = reading.request;
        let empego = granted(reading.caller, request)?;
        let token = reading.caller.token.as_deref().map(TokenIdentity::clinician);
        let raw = DropIn {
            user_headers: values(request, HeaderName::from_static("x-integration-user")),
            intent_headers: values(request, HeaderName::from_static("x-integration-intent")),
            query: request.query_string(),
            has_body: body::is_there(request, payload).await,
            token: token.as_ref(),
            errors: reading.errors,
        };
        Ok(Self(parse_drop_in(raw, endpoint(request)?, &empego.rules)?))
    }

    fn named(&self) -> Named<'_> {
        self.0.named()
    }

    fn stated_intent(&self) -> Option<&'static str> {
        self.0.stated_intent().map(Intent::as_str)
    }
}

pub(in crate::http) async fn launch(
    asked: Authenticated<DropInLaunch>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let Authenticated {
        caller,
        launch: DropInLaunch(launch),
        context,
    } = asked;
    let embed = launched(&gateway, &caller, launch, context, &request).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    let delivered = gateway.deliver(&caller, caller.host.empego.delivery, &embed.url, request_id)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((VARY, HeaderValue::from_static("Accept")));
    if !embed.plan.warnings.is_empty() {
        let warnings: Vec<_> = embed.plan.warnings.iter().map(|warning| warning.as_str()).collect();
        response.insert_header(("x-gateway-warnings", warnings.join(", ")));
    }
    if accept::wants_json(&request, &["text/plain", "text/*", "*/*"]) {
        let document = EmbedDocument::new(&embed, &delivered, &caller.tenant.frame, request_id);
        Ok(response
            .insert_header((CONTENT_TYPE, EmbedDocument::MEDIA_TYPE))
            .body(document.to_json()))
    } else {
        let plain_text = HeaderValue::from_static("text/plain; charset=utf-8");
        Ok(response
            .insert_header((CONTENT_TYPE, plain_text))
            .body(delivered.url.expose_secret().to_owned()))
    }
}
