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
    document::with_request_id,
    slots_document::SlotsDocument,
    story::{AboutOrders as _, carried_out, with_its_order},
};
use crate::{
    gateway::{Gateway, OrderRequest},
    http::{authenticated::Authenticated, edge::failure::Failure},
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
    let offered = carried_out(asked, &request, async |asking, body| {
        gateway.slots(asking, order, body).await
    })
    .await?;
    Ok(with_request_id(&request, |id| {
        HttpResponse::Ok().json(SlotsDocument::new(offered, id))
    }))
}

pub(in crate::http) async fn arrange(
    asked: Authenticated<Asked<Arrangement>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let story = async |asking: OrderRequest<'_>, order, body| gateway.arrange_visit(asking, order, body).await;
    with_its_order(asked, &request, story).await
}

pub(in crate::http) async fn reschedule(
    asked: Authenticated<Asked<Rescheduling>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let story = async |asking: OrderRequest<'_>, order, body| gateway.reschedule_visit(asking, order, body).await;
    with_its_order(asked, &request, story).await
}

pub(in crate::http) async fn cancel(
    asked: Authenticated<Asked<VisitCancellation>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let story = async |asking: OrderRequest<'_>, order, body| gateway.cancel_visit(asking, order, body).await;
    with_its_order(asked, &request, story).await
}
