//! Places orders.

use actix_web::{HttpRequest, HttpResponse, dev::Payload, http::header::HeaderName, web::Data};
use domain::{
    audit::{Named, Subject},
    junction::orders::{
        grant::OrderGrant,
        idempotency::{self, IdempotencyKey},
        placing::{self, Placing},
    },
    native_body::Native,
    reason::Reason,
    refusal::Refusal,
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
        let key = key(&mut reading)?;
        let mut body = Vec::new();
        let placing = read_noting(reading, payload, |bytes| body = bytes.to_vec()).await??;
        // One that is malformed was among the errors of the request.
        let key = key.ok_or(Reason::Defect)?;
        Ok(Self(OrderToPlace::new(placing, key, &body)))
    }

    fn named(&self) -> Named<'_> {
        self.0.placing.named()
    }
}

/// Reads an order, whichever way it is meant. What is no JSON body at all is a failure; what is wrong with it is a refusal.
pub(super) async fn read_placing(reading: Reading<'_>, payload: Payload) -> Result<Result<Placing, Refusal>, Failure> {
    read_noting(reading, payload, |_| ()).await
}

async fn read_noting(
    reading: Reading<'_>,
    payload: Payload,
    note: impl FnOnce(&[u8]),
) -> Result<Result<Placing, Refusal>, Failure> {
    let vouched = reading.caller.token.as_deref().map(TokenIdentity::vouched);
    let environment = reading.caller.junction()?.rules.environment;
    let parse = |native: Native<'_>| {
        note(native.body);
        placing::parse(native, vouched.as_ref(), environment, Timestamp::now())
    };
    parsed(reading, payload, parse).await
}

/// The host's key for the order; none if it is malformed, which is noted.
fn key(reading: &mut Reading<'_>) -> Result<Option<IdempotencyKey>, Reason> {
    let sent = values(reading.request, HeaderName::from_static(idempotency::HEADER));
    match IdempotencyKey::read(&sent) {
        Ok(None) => Err(Reason::NoIdempotencyKey),
        Ok(key) => Ok(key),
        Err(fault) => {
            reading.errors.add(format!("/header/{}", idempotency::HEADER), fault);
            Ok(None)
        }
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
    let asked_for = asked.placing.clone();
    let placed = Attempt::launching(&request, async |progress| {
        gateway.place_order(&caller, asked, context, progress).await
    });
    let placed = or_internal(placed).await?;
    if let Some(audit) = &gateway.audit {
        // Only now has the order an id to be found by.
        let order = placed.view.order.id.to_string();
        let mut named = asked_for.named();
        named.subjects.push((Subject::Order, order.into()));
        Attempt::concerns(&request, audit, &named)?;
    }
    let answer = if placed.is_repeated {
        HttpResponse::Ok()
    } else {
        HttpResponse::Created()
    };
    Ok(with_order(answer, &placed.view, &request))
}
