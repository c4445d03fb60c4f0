//! Results and documents: only of orders that the request may touch, and only when there are any.

use std::sync::Arc;

use domain::{
    junction::{
        JunctionId,
        orders::{results::SeenResults, seen::SeenOrder, status::OrderState},
    },
    reason::Reason,
    refusal::Refusal,
};

use super::super::calls::Stopped;
use crate::{
    gateway::{Gateway, OrderRequest},
    resilience::CallError,
    upstream::junction::{Call, JunctionError, Meaning, PdfStream},
};

/// How laboratories, Junction and orders write that something cannot wait.
const CRITICAL: &str = "critical";

/// An order's results, with how far the order is.
#[derive(Debug)]
pub struct OrderResults {
    /// The order.
    pub order: SeenOrder,
    /// What the laboratory found.
    pub results: SeenResults,
}

/// A document of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderPdf {
    /// Its results, as the laboratory prints them.
    Results,
    /// What the laboratory is sent with the sample.
    Requisition,
}

impl OrderResults {
    /// Whether more will come.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let status = self.results.metadata.status.as_deref();
        self.order.status.state() == OrderState::Partial || status == Some("partial")
    }

    /// Whether they replace results that were final.
    #[must_use]
    pub fn is_corrected(&self) -> bool {
        self.order.status.state() == OrderState::Corrected
    }

    /// Whether any of them cannot wait.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        let is_critical = |word: &Option<String>| word.as_deref() == Some(CRITICAL);
        let each = self.results.results.iter();
        is_critical(&self.order.interpretation)
            || is_critical(&self.results.metadata.interpretation)
            || each.into_iter().any(|result| is_critical(&result.interpretation))
    }
}

impl Gateway {
    /// Reads an order's results.
    ///
    /// # Errors
    /// `results_not_ready`, or why they cannot be read, as reported to the caller.
    pub async fn read_results(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
    ) -> Result<OrderResults, Refusal> {
        self.about_team(request, async move |ordering, whose| {
            let order = ordering.order(order, &whose).await?;
            check_results(&order)?;
            let results = ordering.calls.ask_team(whose.team, &Call::results(order.id)).await?;
            Ok(OrderResults { order, results })
        })
        .await
    }

    /// Reads a document of an order. What is returned has begun to arrive, and is passed on as it comes.
    ///
    /// # Errors
    /// `results_not_ready`, or why it cannot be read, as reported to the caller.
    pub async fn read_document(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        document: OrderPdf,
    ) -> Result<PdfStream, Refusal> {
        self.about_team(request, async move |ordering, whose| {
            let order = ordering.order(order, &whose).await?;
            let call = match document {
                OrderPdf::Results => {
                    check_results(&order)?;
                    Call::results_pdf(order.id)
                }
                OrderPdf::Requisition => {
                    check_requisition(&order)?;
                    Call::requisition_pdf(order.id)
                }
            };
            let stream = ordering.calls.stream_team(whose.team, &call).await;
            stream.map_err(not_ready)
        })
        .await
    }
}

/// An order without results says so before Junction is asked for them: its 404 would not tell the two apart.
pub(super) fn check_results(order: &SeenOrder) -> Result<(), Stopped> {
    match order.status.state() {
        OrderState::Partial | OrderState::Resulted | OrderState::Corrected | OrderState::Failed | OrderState::Other => {
            Ok(())
        }
        OrderState::Placed
        | OrderState::ReadyToSchedule
        | OrderState::VisitRequested
        | OrderState::VisitScheduled
        | OrderState::Collected
        | OrderState::Cancelled => Err(Refusal::answered(Reason::NoResults, 200, None, None).into()),
    }
}

pub(super) fn check_requisition(order: &SeenOrder) -> Result<(), Stopped> {
    if order.status.state() == OrderState::Placed {
        return Err(Reason::NoRequisition.into());
    }
    Ok(())
}

/// Junction's 404 for an order that was just read means that this document of it is not there yet; and so does JSON in its
/// place.
pub(super) fn not_ready(stopped: Stopped) -> Stopped {
    match stopped {
        Stopped::ByJunction(CallError::Failed(JunctionError::Answered {
            meaning: Meaning::NotFound | Meaning::NotReady,
            status,
            ..
        })) => Refusal::answered(Reason::NoDocument, status, None, None).into(),
        other @ (Stopped::ByJunction(_) | Stopped::Refused(_)) => other,
    }
}
