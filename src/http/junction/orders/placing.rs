//! Places orders.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::header::HeaderName, web::Data};
use domain::{
    audit::Named,
    junction::orders::{
        grant::OrderGrant,
        idempotency::{self, IdempotencyKey},
        placing,
    },
    reason::Reason,
};
use jiff::Timestamp;

use super::document::with_order;
use crate::{
    directory::{Caller, TokenIdentity},
    gateway::{Gateway, OrderToPlace},
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading, or_internal, values},
        body::parsed,
        edge::{attempt::Attempt, failure::Failure},
    },
};

/// An order, with the host's key for it.
pub(in crate::http) struct OrderAsked(OrderToPlace);

impl ReadLaunch for OrderAsked {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction()?;
        caller.host.junction.orders.check(OrderGrant::Place)
    }

    async fn read(mut reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let sent = values(reading.request, HeaderName::from_static(idempotency::HEADER));
        let key = IdempotencyKey::read(&sent);
        let key = key
            .map_err(|fault| reading.errors.add(format!("/header/{}", idempotency::HEADER), fault))
            .ok();
        if key == Some(None) {
            return Err(Reason::NoIdempotencyKey.into());
        }
        let vouched = reading.caller.token.as_deref().map(TokenIdentity::vouched);
        let environment = reading.caller.junction()?.rules.environment;
        let asked = parsed(reading, payload, |native| {
            let body = native.body;
            let placing = placing::parse(native, vouched.as_ref(), environment, Timestamp::now())?;
            let key = key.flatten().ok_or(Reason::Defect)?;
            Ok(OrderToPlace::new(placing, key, body))
        });
        Ok(Self(asked.await??))
    }

    fn named(&self) -> Named<'_> {
        self.0.placing.named()
    }
}

/// 201 for an order that was placed now, 200 for one that was placed under the same key before.
pub(in crate::http) async fn place(
    asked: Authenticated<OrderAsked>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let Authenticated {
        caller,
        launch: OrderAsked(asked),
        context,
    } = asked;
    let placed = Attempt::launching(&request, async |progress| {
        gateway.place_order(&caller, asked, context, progress).await
    });
    let placed = or_internal(placed).await?;
    let answer = if placed.is_repeated {
        HttpResponse::Ok()
    } else {
        HttpResponse::Created()
    };
    Ok(with_order(answer, &placed.view, &request))
}
