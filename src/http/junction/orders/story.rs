//! From a request about orders to the gateway's story of it, and on to the response.

use actix_web::{HttpRequest, HttpResponse};
use domain::{
    junction::{JunctionId, orders::whose::Whose},
    reason::Reason,
    refusal::Refusal,
};

use super::document::with_order;
use crate::{
    gateway::{OrderRequest, OrderView},
    http::{
        authenticated::{Authenticated, or_internal},
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// What was read of a request about orders.
pub(super) trait AboutOrders {
    /// What its body asks for.
    type Body;

    /// The order in the path.
    fn order(&self) -> Result<JunctionId, Reason>;

    /// Whose orders it may touch, and what it asks for.
    fn parts(self) -> (Whose, Self::Body);
}

/// Has the gateway carry a request out.
///
/// # Errors
/// Why it was not, which a panic is too.
pub(super) async fn carried_out<A: AboutOrders, T>(
    asked: Authenticated<A>,
    request: &HttpRequest,
    story: impl AsyncFnOnce(OrderRequest<'_>, A::Body) -> Result<T, Refusal>,
) -> Result<T, Failure> {
    let outcome = Attempt::launching(request, async |progress| {
        let (whose, body) = asked.launch.parts();
        let asking = OrderRequest {
            caller: &asked.caller,
            whose,
            context: asked.context,
            progress,
        };
        story(asking, body).await
    });
    or_internal(outcome).await
}

/// The same of a request about one order, whose response is that order.
///
/// # Errors
/// As [`carried_out`].
pub(super) async fn with_its_order<A: AboutOrders>(
    asked: Authenticated<A>,
    request: &HttpRequest,
    story: impl AsyncFnOnce(OrderRequest<'_>, JunctionId, A::Body) -> Result<OrderView, Refusal>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let view = carried_out(asked, request, async |asking, body| story(asking, order, body).await);
    Ok(with_order(HttpResponse::Ok(), &view.await?, request))
}
