//! Tells what placing an order or arranging a visit would come to. Nothing is sent to Junction.

use actix_web::{HttpRequest, HttpResponse, dev::Payload};
use domain::{
    audit::Named,
    junction::{
        JunctionId,
        orders::{grant::OrderGrant, parse::Arrangement, placing::Placing, whose::Whose},
    },
    reason::Reason,
    refusal::Refusal,
};
use serde::Serialize;

use super::{asked::Asked, story::AboutOrders as _};
use crate::{
    directory::{Caller, Host},
    gateway::{ExplainedOrder, explain_arrangement, explain_order},
    http::{
        authenticated::{Authenticated, ReadLaunch, Reading},
        edge::{attempt::Attempt, failure::Failure, request_id::RequestId},
        junction::explanation::CallDocument,
        refusal_document::RefusalDocument,
    },
};

/// What would be an order, or why it would not even be that.
pub(in crate::http) struct OrderToExplain(Result<Placing, Refusal>);

/// What would be a visit, or why it would not even be that.
pub(in crate::http) struct VisitToExplain(Result<(Whose, JunctionId, Arrangement), Refusal>);

impl ReadLaunch for OrderToExplain {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction()?;
        caller.host.junction.orders.check(OrderGrant::Place)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        Ok(Self(super::placing::read_placing(reading, payload).await?))
    }

    fn named(&self) -> Named<'_> {
        self.0.as_ref().map_or_else(|_| Named::default(), Placing::named)
    }

    fn is_for(host: &Host) -> bool {
        host.explain
    }

    fn refused(reason: Reason) -> Result<Self, Failure> {
        Ok(Self(Err(reason.into())))
    }
}

impl ReadLaunch for VisitToExplain {
    fn check_grant(caller: &Caller, _request: &HttpRequest) -> Result<(), Reason> {
        caller.junction()?;
        caller.host.junction.orders.check(OrderGrant::Schedule)
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let asked = Asked::<Arrangement>::read_or_refuse(reading, payload).await?;
        Ok(Self(asked.and_then(|asked| {
            let order = asked.order()?;
            Ok((asked.whose, order, asked.body))
        })))
    }

    fn named(&self) -> Named<'_> {
        match &self.0 {
            Ok((whose, order, _)) => whose.named(Some(*order)),
            Err(_) => Named::default(),
        }
    }

    fn is_for(host: &Host) -> bool {
        host.explain
    }

    fn refused(reason: Reason) -> Result<Self, Failure> {
        Ok(Self(Err(reason.into())))
    }
}

/// What it would come to. Every member is always there; `null` where there is nothing to say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderExplanationDocument<'a> {
    /// `order`, `visit` or `refusal`.
    outcome: &'static str,
    environment: Option<&'static str>,
    calls: Vec<CallDocument<'a>>,
    refusal: Option<RefusalDocument<'a>>,
    request_id: Option<&'a str>,
}

pub(in crate::http) async fn order(asked: Authenticated<OrderToExplain>, request: HttpRequest) -> HttpResponse {
    let explained = explain_order(&asked.caller, asked.launch.0);
    document("order", &explained, &request)
}

pub(in crate::http) async fn visit(asked: Authenticated<VisitToExplain>, request: HttpRequest) -> HttpResponse {
    let explained = explain_arrangement(&asked.caller, asked.launch.0);
    document("visit", &explained, &request)
}

fn document(outcome: &'static str, explained: &Result<ExplainedOrder, Refusal>, request: &HttpRequest) -> HttpResponse {
    Attempt::note(request, |attempt| attempt.is_explained = true);
    let request_id = Attempt::request_id(request);
    let request_id = request_id.as_ref().map(RequestId::as_str);
    let document = match explained {
        Ok(explained) => OrderExplanationDocument {
            outcome,
            environment: Some(explained.environment),
            calls: explained.calls.iter().map(CallDocument::new).collect(),
            refusal: None,
            request_id,
        },
        Err(refusal) => OrderExplanationDocument {
            outcome: "refusal",
            environment: None,
            calls: Vec::new(),
            refusal: Some(RefusalDocument::new(refusal)),
            request_id,
        },
    };
    HttpResponse::Ok().json(document)
}
