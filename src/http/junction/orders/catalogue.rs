//! What is asked before there is an order.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    junction::{
        Environment,
        orders::{
            grant::OrderGrant,
            parse::{self, CoverageQuery},
        },
    },
    native_body::Native,
    refusal::Refusal,
};

use super::{
    asked::{Asked, Asks, Gets, Got},
    catalogue_document::{CoverageDocument, ReasonsDocument, TestsDocument},
    document::with_request_id,
    story::carried_out,
};
use crate::{
    gateway::Gateway,
    http::{authenticated::Authenticated, edge::failure::Failure},
};

impl Asks for CoverageQuery {
    const GRANT: OrderGrant = OrderGrant::Catalogue;
    const IS_ABOUT_AN_ORDER: bool = false;

    fn parse(body: Native<'_>, _: Environment) -> Result<Self, Refusal> {
        parse::coverage(body)
    }
}

/// The tests that can be ordered.
pub(in crate::http) struct AllTests;

impl Gets for AllTests {
    const GRANT: OrderGrant = OrderGrant::Catalogue;
    const IS_ABOUT_AN_ORDER: bool = false;
}

/// The reasons that a visit can be cancelled for.
pub(in crate::http) struct AllReasons;

impl Gets for AllReasons {
    const GRANT: OrderGrant = OrderGrant::Cancel;
    const IS_ABOUT_AN_ORDER: bool = false;
}

pub(in crate::http) async fn coverage(
    asked: Authenticated<Asked<CoverageQuery>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let zip = asked.launch.body.zip.clone();
    let coverage = carried_out(asked, &request, async |asking, body| {
        gateway.coverage(asking, body).await
    })
    .await?;
    Ok(with_request_id(&request, |id| {
        HttpResponse::Ok().json(CoverageDocument::new(zip.as_ref(), &coverage, id))
    }))
}

pub(in crate::http) async fn tests(
    asked: Authenticated<Got<AllTests>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let tests = carried_out(asked, &request, async |asking, ()| gateway.tests(asking).await).await?;
    Ok(with_request_id(&request, |id| {
        HttpResponse::Ok().json(TestsDocument::new(&tests, id))
    }))
}

pub(in crate::http) async fn reasons(
    asked: Authenticated<Got<AllReasons>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let reasons = carried_out(asked, &request, async |asking, ()| {
        gateway.cancellation_reasons(asking).await
    })
    .await?;
    Ok(with_request_id(&request, |id| {
        HttpResponse::Ok().json(ReasonsDocument::new(&reasons, id))
    }))
}
