//! Reads orders.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    junction::{
        ClientUserId, Environment,
        orders::{grant::OrderGrant, parse},
    },
    native_body::Native,
    refusal::Refusal,
};
use serde_json::json;

use super::{
    asked::{Asked, Asks, Gets, Got},
    document::{ListedOrderDocument, with_order},
};
use crate::{
    gateway::Gateway,
    http::{
        authenticated::{Authenticated, or_internal},
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// An order that is read.
pub(in crate::http) struct OneOrder;

impl Gets for OneOrder {
    const GRANT: OrderGrant = OrderGrant::Read;
    const IS_ABOUT_AN_ORDER: bool = true;
}

/// Whose orders are looked for.
pub(in crate::http) struct SearchOrders(ClientUserId);

impl Asks for SearchOrders {
    const GRANT: OrderGrant = OrderGrant::Read;
    const IS_ABOUT_AN_ORDER: bool = false;

    fn parse(body: Native<'_>, _: Environment) -> Result<Self, Refusal> {
        parse::search(body).map(Self)
    }
}

pub(in crate::http) async fn read(
    asked: Authenticated<Got<OneOrder>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let view = Attempt::launching(&request, async |progress| {
        let whose = asked.launch.whose;
        gateway
            .read_order(&asked.caller, whose, order, asked.context, progress)
            .await
    });
    Ok(with_order(HttpResponse::Ok(), &or_internal(view).await?, &request))
}

pub(in crate::http) async fn search(
    asked: Authenticated<Asked<SearchOrders>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let orders = Attempt::launching(&request, async |progress| {
        let Asked { whose, body, .. } = asked.launch;
        gateway
            .search_orders(&asked.caller, whose, body.0, asked.context, progress)
            .await
    });
    let orders = or_internal(orders).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    let orders: Vec<_> = orders.iter().map(ListedOrderDocument::new).collect();
    Ok(HttpResponse::Ok().json(json!({"orders": orders, "requestId": request_id})))
}
