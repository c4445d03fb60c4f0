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
};
use crate::{
    gateway::Gateway,
    http::{
        authenticated::{Authenticated, or_internal},
        edge::{attempt::Attempt, failure::Failure},
    },
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
    let Asked { whose, body, .. } = asked.launch;
    let zip = body.zip.clone();
    let coverage = Attempt::launching(&request, async |progress| {
        gateway
            .coverage(&asked.caller, whose, body, asked.context, progress)
            .await
    });
    let coverage = or_internal(coverage).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(CoverageDocument::new(zip.as_ref(), &coverage, request_id)))
}

pub(in crate::http) async fn tests(
    asked: Authenticated<Got<AllTests>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let tests = Attempt::launching(&request, async |progress| {
        let whose = asked.launch.whose;
        gateway.tests(&asked.caller, whose, asked.context, progress).await
    });
    let tests = or_internal(tests).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(TestsDocument::new(&tests, request_id)))
}

pub(in crate::http) async fn reasons(
    asked: Authenticated<Got<AllReasons>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let reasons = Attempt::launching(&request, async |progress| {
        let whose = asked.launch.whose;
        gateway
            .cancellation_reasons(&asked.caller, whose, asked.context, progress)
            .await
    });
    let reasons = or_internal(reasons).await?;
    let request_id = Attempt::request_id(&request);
    let request_id = request_id.as_ref().map_or("", |id| id.as_str());
    Ok(HttpResponse::Ok().json(ReasonsDocument::new(&reasons, request_id)))
}
