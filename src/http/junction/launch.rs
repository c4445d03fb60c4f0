//! Junction's app, for hosts: a launch, and an address for Fast Launch.

use std::{rc::Rc, time::Instant};

use actix_web::{HttpRequest, HttpResponse, dev::Payload, web::Data};
use domain::{
    empego::Intent,
    junction::{self, FastLaunch, JunctionLaunch, JunctionPlan, Query, fast_launch as written},
    refusal::Code,
};

use crate::{
    directory::Caller,
    gateway::{Gateway, JunctionEmbed, Terms},
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading, or_internal},
        body,
        edge::{
            attempt::{Attempt, Shown},
            error_document::{FastLaunchDocument, JunctionDocument},
            failure::Failure,
        },
        empego::native::parsed,
    },
};

impl ReadLaunch for JunctionLaunch {
    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(parsed(reading, payload, junction::parse).await??)
    }

    fn stated_intent(&self) -> Option<Intent> {
        None
    }
}

impl ReadLaunch for FastLaunch {
    async fn read(reading: Reading<'_>, _payload: Payload) -> Result<Self, Failure> {
        let caller = reading.caller;
        let organisation = caller.tenant.junction.as_ref().ok_or(Code::FeatureDenied)?;
        let raw = Query {
            query: reading.request.query_string(),
            has_body: body::is_there(reading.request),
            has_user_header: reading.request.headers().contains_key("x-integration-user"),
            has_intent_header: reading.request.headers().contains_key("x-integration-intent"),
            token: reading.token.as_ref(),
            errors: reading.errors,
        };
        Ok(written(raw, &organisation.rules, &caller.host.rules)?)
    }

    fn stated_intent(&self) -> Option<Intent> {
        None
    }
}

pub(in crate::http) async fn launch(
    asked: Authenticated<JunctionLaunch>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let Authenticated { caller, launch, terms } = asked;
    let organisation = caller.tenant.junction.as_ref().ok_or(Code::FeatureDenied)?;
    let plan = junction::plan(launch, &organisation.rules, &caller.host.rules)?;
    let embed = or_internal(launched(&gateway, &caller, &plan, terms, &request)).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(JunctionDocument::new(&embed, request_id)))
}

pub(in crate::http) async fn fast_launch(
    asked: Authenticated<FastLaunch>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    Shown::note(&request, asked.launch.feature.kind(), asked.launch.modality);
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(FastLaunchDocument::new(&asked.launch, request_id)))
}

/// Launches, and notes for the record what.
pub(in crate::http) async fn launched(
    gateway: &Gateway,
    caller: &Caller,
    plan: &JunctionPlan,
    terms: Terms,
    request: &HttpRequest,
) -> Result<JunctionEmbed, Failure> {
    let started = Instant::now();
    Shown::note(request, plan.about.kind(), plan.modality);
    let attempt = Attempt::of(request).ok_or(Code::Internal)?;
    let progress = Rc::clone(&attempt.borrow().progress);
    let outcome = gateway.launch_junction(caller, plan, terms, &progress).await;
    Attempt::note(request, |attempt| attempt.launch_took = Some(started.elapsed()));
    outcome.map_err(Failure::from)
}
