//! Slots and visits.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    junction::{
        Environment,
        orders::{
            grant::OrderGrant,
            parse::{self, Arrangement, Rescheduling, SlotsQuery, VisitCancellation},
        },
    },
    native_body::Native,
    refusal::Refusal,
};

use super::{
    asked::{Asked, Asks},
    document::with_order,
    slots_document::SlotsDocument,
};
use crate::{
    gateway::Gateway,
    http::{
        authenticated::{Authenticated, or_internal},
        edge::{attempt::Attempt, failure::Failure},
    },
};

impl Asks for SlotsQuery {
    const GRANT: OrderGrant = OrderGrant::Schedule;
    const IS_ABOUT_AN_ORDER: bool = true;
    const MAY_BE_EMPTY: bool = true;

    fn parse(body: Native<'_>, environment: Environment) -> Result<Self, Refusal> {
        parse::slots(body, environment)
    }
}

impl Asks for Arrangement {
    const GRANT: OrderGrant = OrderGrant::Schedule;
    const IS_ABOUT_AN_ORDER: bool = true;

    fn parse(body: Native<'_>, environment: Environment) -> Result<Self, Refusal> {
        parse::visit(body, environment)
    }
}

impl Asks for Rescheduling {
    const GRANT: OrderGrant = OrderGrant::Schedule;
    const IS_ABOUT_AN_ORDER: bool = true;

    fn parse(body: Native<'_>, _: Environment) -> Result<Self, Refusal> {
        parse::reschedule(body)
    }
}

impl Asks for VisitCancellation {
    const GRANT: OrderGrant = OrderGrant::Cancel;
    const IS_ABOUT_AN_ORDER: bool = true;

    fn parse(body: Native<'_>, _: Environment) -> Result<Self, Refusal> {
        parse::cancel_visit(body)
    }
}

pub(in crate::http) async fn slots(
    asked: Authenticated<Asked<SlotsQuery>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let offered = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .slots(&asked.caller, whose, order, body, asked.context, progress)
            .await
    });
    let offered = or_internal(offered).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(SlotsDocument::new(offered, request_id)))
}

pub(in crate::http) async fn arrange(
    asked: Authenticated<Asked<Arrangement>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let view = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .arrange_visit(&asked.caller, whose, order, body, asked.context, progress)
            .await
    });
    Ok(with_order(HttpResponse::Ok(), &or_internal(view).await?, &request))
}

pub(in crate::http) async fn reschedule(
    asked: Authenticated<Asked<Rescheduling>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let view = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .reschedule_visit(&asked.caller, whose, order, body, asked.context, progress)
            .await
    });
    Ok(with_order(HttpResponse::Ok(), &or_internal(view).await?, &request))
}

pub(in crate::http) async fn cancel(
    asked: Authenticated<Asked<VisitCancellation>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let view = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .cancel_visit(&asked.caller, whose, order, body, asked.context, progress)
            .await
    });
    Ok(with_order(HttpResponse::Ok(), &or_internal(view).await?, &request))
}
