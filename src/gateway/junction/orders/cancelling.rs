//! Cancels a visit or an order. Nothing is cancelled twice, and nothing is said to be cancelled before it was read so.

use std::sync::Arc;

use domain::{
    fault::{Fault, FieldErrors},
    junction::{
        JunctionId,
        orders::{
            parse::{OrderCancellation, VisitCancellation},
            seen::{CancellationReason, SeenOrder, SeenVisit},
            status::OrderState,
            visit_state::VisitState,
        },
    },
    reason::Reason,
    refusal::Refusal,
};

use super::{
    super::calls::Stopped,
    fate::Fate,
    ordering::{InTeam, Ordering},
    reading::OrderView,
};
use crate::{
    gateway::{Gateway, OrderRequest},
    upstream::junction::Call,
};

/// What a reason is called that explains nothing by itself.
const OTHER: &str = "other";

impl Gateway {
    /// Cancels an order's visit. The order goes on.
    ///
    /// # Errors
    /// Why it was not cancelled, as reported to the caller.
    pub async fn cancel_visit(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        asked: VisitCancellation,
    ) -> Result<OrderView, Refusal> {
        self.about_visit(request, order, async move |ordering, whose, found| {
            ordering.cancel_visit(&found, &whose, &asked).await?;
            ordering.view(order, &whose).await
        })
        .await
    }

    /// Cancels an order, and with it its visit.
    ///
    /// # Errors
    /// Why it was not cancelled, as reported to the caller.
    pub async fn cancel_order(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        asked: OrderCancellation,
    ) -> Result<OrderView, Refusal> {
        self.about_team(request, async move |ordering, whose| {
            let found = ordering.order(order, &whose).await?;
            let _turn = ordering.turn_of_patient(&found).await?;
            ordering.cancel_order(&found, &whose, asked).await
        })
        .await
    }
}

impl Ordering<'_> {
    async fn cancel_visit(&self, order: &SeenOrder, whose: &InTeam, asked: &VisitCancellation) -> Result<(), Stopped> {
        let visit = self.visit(order.id, whose.team).await?;
        // The same request again: it was done.
        if visit.as_ref().is_some_and(|visit| visit.state == VisitState::Cancelled) {
            return Ok(());
        }
        self.actions(order, visit.as_ref())
            .cancel_visit
            .check(asked.accepts_late_fee)?;
        let reasons = self.reasons(whose.team).await?;
        check_reason(&reasons, asked.reason, asked.notes.is_some(), ["/reasonId", "/notes"])?;
        let call = Call::cancel_visit(order.id, asked.reason, asked.notes.as_ref().map(AsRef::as_ref));
        match self.calls.ask_team(whose.team, &call).await {
            Ok(_visit) => Ok(()),
            Err(stopped) => {
                let fate = Fate::of(&stopped);
                let cancelled = self.read_after(fate, async || {
                    let visit = self.visit(order.id, whose.team).await?;
                    Ok(visit.filter(|visit| !visit.is_active()).map(drop))
                });
                cancelled.await?.ok_or(stopped)
            }
        }
    }

    async fn cancel_order(
        &self,
        order: &SeenOrder,
        whose: &InTeam,
        asked: OrderCancellation,
    ) -> Result<OrderView, Stopped> {
        if order.status.state() != OrderState::Cancelled {
            let visit = self.visit_of(order).await?;
            self.actions(order, visit.as_ref())
                .cancel_order
                .check(asked.accepts_late_fee)?;
            if let Err(stopped) = self.calls.ask_team(whose.team, &Call::cancel_order(order.id)).await {
                let fate = Fate::of(&stopped);
                let cancelled = self.read_after(fate, async || {
                    let order = self.order(order.id, whose).await?;
                    Ok((order.status.state() == OrderState::Cancelled).then_some(()))
                });
                cancelled.await?.ok_or(stopped)?;
            }
        }
        // Junction may have accepted it before order and visit say so.
        let both = self.read_until(async || {
            let view = self.view(order.id, whose).await?;
            Ok(is_cancelled(&view.order, view.visit.as_ref()).then_some(view))
        });
        both.await?.ok_or_else(|| Reason::OutcomeNotRead.into())
    }
}

pub(super) fn is_cancelled(order: &SeenOrder, visit: Option<&SeenVisit>) -> bool {
    order.status.state() == OrderState::Cancelled && !visit.is_some_and(SeenVisit::is_active)
}

/// Refuses a reason that Junction does not have, and one that says nothing by itself without notes. `fields` are where both
/// stand.
pub(super) fn check_reason(
    reasons: &[CancellationReason],
    asked: JunctionId,
    has_notes: bool,
    fields: [&'static str; 2],
) -> Result<(), Refusal> {
    let [reason_field, notes_field] = fields;
    let mut errors = FieldErrors::default();
    match reasons.iter().find(|reason| reason.id == asked) {
        None => errors.add(
            reason_field,
            Fault::NotAccepted("Send the id of one of the reasons that GET /v1/junction/cancellation-reasons lists"),
        ),
        Some(reason) if reason.name.eq_ignore_ascii_case(OTHER) && !has_notes => {
            errors.add(notes_field, Fault::Required);
        }
        Some(_) => {}
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::new(Reason::FieldsAtFault).naming(errors))
    }
}
