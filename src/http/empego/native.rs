//! The gateway's own API: each fact stated once, in a JSON body.

use std::{rc::Rc, time::Instant};

use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::header::ContentType, web::Data};
use domain::{
    empego::{Endpoint, Intent, Launch, parse_native},
    native_body::Native,
    refusal::{Code, Refusal},
};

use crate::{
    directory::Caller,
    gateway::{Embed, Gateway, Terms},
    http::{
        HttpSettings,
        authenticated::{Authenticated, ReadLaunch, Reading, or_internal},
        body,
        edge::{attempt::Attempt, error_document::EmbedDocument, failure::Failure},
    },
};

/// A launch written in a JSON body.
pub(in crate::http) struct NativeLaunch(Launch);

impl ReadLaunch for NativeLaunch {
    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(Self(read(reading, payload).await??))
    }

    fn stated_intent(&self) -> Option<Intent> {
        self.0.stated_intent()
    }
}

/// Reads a launch from a JSON body. What is no JSON body at all is a failure; what is wrong with a launch is a refusal.
pub(in crate::http) async fn read(reading: Reading<'_>, payload: Payload) -> Result<Result<Launch, Refusal>, Failure> {
    let endpoint = *reading.request.app_data::<Endpoint>().ok_or(Code::Internal)?;
    let rules = &reading.caller.tenant.rules;
    parsed(reading, payload, |raw| parse_native(raw, endpoint, rules)).await
}

/// Takes a JSON body in, and has it parsed with everything that may not come with it.
pub(in crate::http) async fn parsed<T>(
    reading: Reading<'_>,
    payload: Payload,
    parse: impl FnOnce(Native<'_>) -> Result<T, Refusal>,
) -> Result<Result<T, Refusal>, Failure> {
    let request = reading.request;
    let settings = request.app_data::<Data<HttpSettings>>().ok_or(Code::Internal)?;
    let body = body::read(request, payload, settings.body_timeout).await?;
    let raw = Native {
        body: &body,
        query: request.query_string(),
        has_user_header: request.headers().contains_key("x-integration-user"),
        has_intent_header: request.headers().contains_key("x-integration-intent"),
        token: reading.token.as_ref(),
        errors: reading.errors,
    };
    Ok(parse(raw))
}

pub(in crate::http) async fn launch(
    asked: Authenticated<NativeLaunch>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let embed = or_internal(launched(&gateway, &asked.caller, asked.launch.0, asked.terms, &request)).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    let document = EmbedDocument::new(&embed, &asked.caller.tenant.rules.frame, request_id);
    Ok(HttpResponse::Ok()
        .insert_header(ContentType::json())
        .body(document.to_json()))
}

/// Launches, and notes for the record what was decided.
pub(in crate::http) async fn launched(
    gateway: &Gateway,
    caller: &Caller,
    launch: Launch,
    terms: Terms,
    request: &HttpRequest,
) -> Result<Embed, Failure> {
    let started = Instant::now();
    let attempt = Attempt::of(request).ok_or(Code::Internal)?;
    let progress = Rc::clone(&attempt.borrow().progress);
    let outcome = gateway.launch(caller, launch, terms, &progress).await;
    Attempt::note(request, |attempt| attempt.launch_took = Some(started.elapsed()));
    outcome.map_err(Failure::from)
}
