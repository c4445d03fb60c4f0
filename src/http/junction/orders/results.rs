//! Results and documents of orders.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::Data,
};
use domain::junction::orders::grant::OrderGrant;

use super::{
    asked::{Gets, Got},
    document::with_request_id,
    results_document::ResultsDocument,
    story::{AboutOrders as _, carried_out},
};
use crate::{
    gateway::{Gateway, OrderPdf, PdfStream},
    http::{authenticated::Authenticated, edge::failure::Failure},
};

/// An order's results.
pub(in crate::http) struct ItsResults;

impl Gets for ItsResults {
    const GRANT: OrderGrant = OrderGrant::Results;
    const IS_ABOUT_AN_ORDER: bool = true;
}

/// An order's requisition.
pub(in crate::http) struct ItsRequisition;

impl Gets for ItsRequisition {
    const GRANT: OrderGrant = OrderGrant::Read;
    const IS_ABOUT_AN_ORDER: bool = true;
}

pub(in crate::http) async fn results(
    asked: Authenticated<Got<ItsResults>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let results = carried_out(asked, &request, async |asking, ()| {
        gateway.read_results(asking, order).await
    })
    .await?;
    Ok(with_request_id(&request, |id| {
        HttpResponse::Ok().json(ResultsDocument::new(&results, id))
    }))
}

pub(in crate::http) async fn results_pdf(
    asked: Authenticated<Got<ItsResults>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    document(asked, request, gateway, OrderPdf::Results).await
}

pub(in crate::http) async fn requisition_pdf(
    asked: Authenticated<Got<ItsRequisition>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    document(asked, request, gateway, OrderPdf::Requisition).await
}

async fn document<T: Gets>(
    asked: Authenticated<Got<T>>,
    request: HttpRequest,
    gateway: Data<Gateway>,
    kind: OrderPdf,
) -> Result<HttpResponse, Failure> {
    let order = asked.launch.order()?;
    let pdf = carried_out(asked, &request, async |asking, ()| {
        gateway.read_document(asking, order, kind).await
    });
    Ok(passed_on(pdf.await?, kind))
}

/// A document as it comes, under a name that says nothing of the patient. If it breaks off, so does the response.
fn passed_on(pdf: PdfStream, kind: OrderPdf) -> HttpResponse {
    let disposition = match kind {
        OrderPdf::Results => r#"attachment; filename="results.pdf""#,
        OrderPdf::Requisition => r#"attachment; filename="requisition.pdf""#,
    };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/pdf"))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .streaming(pdf)
}
