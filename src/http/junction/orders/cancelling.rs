//! Cancels orders, and moves them on in the sandbox.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    junction::{
        Environment,
        orders::{
            grant::OrderGrant,
            parse::{self, OrderCancellation, Simulation},
        },
    },
    native_body::Native,
    refusal::Refusal,
};

use super::{
    asked::{Asked, Asks},
    story::with_its_order,
};
use crate::{
    gateway::{Gateway, OrderRequest},
    http::{authenticated::Authenticated, edge::failure::Failure},
};

impl Asks for OrderCancellation {
    const GRANT: OrderGrant = OrderGrant::Cancel;
    const IS_ABOUT_AN_ORDER: bool = true;
    const MAY_BE_EMPTY: bool = true;

    fn parse(body: Native<'_>, _: Environment) -> Result<Self, Refusal> {
        parse::cancel_order(body)
    }
}

impl Asks for Simulation {
    const GRANT: OrderGrant = OrderGrant::Simulate;
    const IS_ABOUT_AN_ORDER: bool = true;
    const MAY_BE_EMPTY: bool = true;

    fn parse(body: Native<'_>, _: Environment) -> Result<Self, Refusal> {
        parse::simulate(body)
    }
}

pub(in crate::http) async fn cancel(
    asked: Authenticated<Asked<OrderCancellation>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let story = async |asking: OrderRequest<'_>, order, body| gateway.cancel_order(asking, order, body).await;
    with_its_order(asked, &request, story).await
}

pub(in crate::http) async fn simulate(
    asked: Authenticated<Asked<Simulation>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let story = async |asking: OrderRequest<'_>, order, body| gateway.simulate_order(asking, order, body).await;
    with_its_order(asked, &request, story).await
}
