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
    document::with_order,
};
use crate::{
    gateway::Gateway,
    http::{
        authenticated::{Authenticated, or_internal},
        edge::{attempt::Attempt, failure::Failure},
    },
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
    let order = asked.launch.order()?;
    let view = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .cancel_order(&asked.caller, whose, order, body, asked.context, progress)
            .await
    });
    Ok(with_order(HttpResponse::Ok(), &or_internal(view).await?, &request))
}

pub(in crate::http) async fn simulate(
    asked: Authenticated<Asked<Simulation>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let view = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .simulate_order(&asked.caller, whose, order, body, asked.context, progress)
            .await
    });
    Ok(with_order(HttpResponse::Ok(), &or_internal(view).await?, &request))
}
