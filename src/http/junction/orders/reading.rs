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
    document::{ListedOrderDocument, with_request_id},
    story::{carried_out, with_its_order},
};
use crate::{
    gateway::{Gateway, OrderRequest},
    http::{authenticated::Authenticated, edge::failure::Failure},
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
    let story = async |asking: OrderRequest<'_>, order, ()| gateway.read_order(asking, order).await;
    with_its_order(asked, &request, story).await
}

pub(in crate::http) async fn search(
    asked: Authenticated<Asked<SearchOrders>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let orders = carried_out(asked, &request, async |asking, SearchOrders(patient)| {
        gateway.search_orders(asking, patient).await
    });
    let orders = orders.await?;
    let orders: Vec<_> = orders.iter().map(ListedOrderDocument::new).collect();
    Ok(with_request_id(&request, |id| {
        HttpResponse::Ok().json(json!({"orders": orders, "requestId": id}))
    }))
}
