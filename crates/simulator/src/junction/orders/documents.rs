//! The calls about what comes of orders: requisitions, results, and the same as PDFs.

use serde_json::Value;

use super::{api, pdf, results, status::Status};
use crate::junction::{answer::Answer, call::Call, order::Order, refused::Refused, state::Junction, token::Access};

pub(in crate::junction) fn requisition_pdf(
    call: &Call<'_>,
    access: Access,
    junction: &Junction,
) -> Result<Answer, Refused> {
    let order = api::known(call, access, junction, "This order doesn't exist")?;
    if !order.was(Status::RequisitionCreated) {
        return Err(Refused::NotFound("This order doesn't have a requisition"));
    }
    Ok(Answer::Pdf(pdf::page(&format!("Requisition of order {}", order.id))))
}

pub(in crate::junction) fn raw(call: &Call<'_>, access: Access, junction: &Junction) -> Result<Value, Refused> {
    let order = reported(api::known(call, access, junction, "Order not found")?)?;
    Ok(results::raw(order, junction.patient_of(order)))
}

pub(in crate::junction) fn metadata(call: &Call<'_>, access: Access, junction: &Junction) -> Result<Value, Refused> {
    let order = reported(api::known(call, access, junction, "Order not found")?)?;
    Ok(results::metadata(order, junction.patient_of(order)))
}

pub(in crate::junction) fn results_pdf(
    call: &Call<'_>,
    access: Access,
    junction: &Junction,
) -> Result<Answer, Refused> {
    as_pdf(api::known(call, access, junction, "Order not found")?)
}

pub(in crate::junction) fn raw_of_transaction(
    call: &Call<'_>,
    access: Access,
    junction: &Junction,
) -> Result<Value, Refused> {
    let order = reported(api::of_transaction(call, access, junction)?)?;
    Ok(results::raw(order, junction.patient_of(order)))
}

pub(in crate::junction) fn pdf_of_transaction(
    call: &Call<'_>,
    access: Access,
    junction: &Junction,
) -> Result<Answer, Refused> {
    as_pdf(api::of_transaction(call, access, junction)?)
}

/// What Junction responds while there are no results yet, it does not say.
fn reported(order: &Order) -> Result<&Order, Refused> {
    if order.status().is_some_and(Status::has_results) {
        Ok(order)
    } else {
        Err(Refused::NotFound("Results are not available yet"))
    }
}

fn as_pdf(order: &Order) -> Result<Answer, Refused> {
    if reported(order)?.results.has_pdf {
        Ok(Answer::Pdf(pdf::page(&format!("Results of order {}", order.id))))
    } else {
        Err(Refused::NotFound("The PDF of the results is not available yet"))
    }
}
