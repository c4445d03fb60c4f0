//! Reads orders: one with its visit and what may be done about both, or all of a patient.

use std::sync::Arc;

use domain::{
    junction::{
        ClientUserId, Environment, JunctionId,
        orders::{
            actions::{Actions, Rules, actions},
            seen::{SeenOrder, SeenVisit},
        },
    },
    reason::Reason,
    refusal::Refusal,
};

use super::{
    super::calls::Stopped,
    ordering::{InTeam, Ordering},
};
use crate::{
    gateway::{Gateway, OrderRequest},
    upstream::junction::Call,
};

/// The most pages of a patient's orders that are read.
const MAX_PAGES: u64 = 10;

/// An order as a host sees it.
#[derive(Debug)]
pub struct OrderView {
    /// The order.
    pub order: SeenOrder,
    /// Its visit, if it has or had one.
    pub visit: Option<SeenVisit>,
    /// What may be done about both.
    pub actions: Actions,
    /// What the host should tell the clinician.
    pub warnings: Vec<&'static str>,
    /// Where it is: the sandbox does not know the patient's time zone.
    pub environment: Environment,
}

impl Gateway {
    /// Reads an order.
    ///
    /// # Errors
    /// Why it cannot be read, as reported to the caller.
    pub async fn read_order(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
    ) -> Result<OrderView, Refusal> {
        self.about_team(request, async move |ordering, whose| ordering.view(order, &whose).await)
            .await
    }

    /// Reads a patient's orders for visits at home, the newest first. A patient whom Junction does not know has none.
    ///
    /// # Errors
    /// Why they cannot be read, as reported to the caller.
    pub async fn search_orders(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        patient: ClientUserId,
    ) -> Result<Vec<SeenOrder>, Refusal> {
        if request.whose.patient.as_ref().is_some_and(|bound| *bound != patient) {
            return Err(Reason::OtherPatient.into());
        }
        self.about_team(request, async move |ordering, whose| {
            ordering.orders_of_patient(&patient, &whose).await
        })
        .await
    }
}

impl Ordering<'_> {
    /// The order with its visit, if the request may touch it.
    pub(super) async fn view(&self, order: JunctionId, whose: &InTeam) -> Result<OrderView, Stopped> {
        let order = self.order(order, whose).await?;
        let visit = self.visit_of(&order).await?;
        Ok(self.seen(order, visit))
    }

    /// What was just read, as a host sees it.
    pub(super) fn seen(&self, order: SeenOrder, visit: Option<SeenVisit>) -> OrderView {
        OrderView {
            actions: self.actions(&order, visit.as_ref()),
            order,
            visit,
            warnings: Vec::new(),
            environment: self.junction.rules.environment,
        }
    }

    pub(super) fn actions(&self, order: &SeenOrder, visit: Option<&SeenVisit>) -> Actions {
        let rules = Rules {
            book_before_requisition: self.junction.rules.book_before_requisition,
            grants: self.grants,
        };
        actions(order, visit, rules, self.now())
    }

    async fn orders_of_patient(&self, patient: &ClientUserId, whose: &InTeam) -> Result<Vec<SeenOrder>, Stopped> {
        let Some(user) = self.calls.ask_team(whose.team, &Call::resolve_user(patient)).await? else {
            return Ok(Vec::new());
        };
        if user.team != whose.team {
            return Err(Reason::JunctionNamesOtherTeam.into());
        }
        if user.client_user_id != patient.as_ref() {
            return Err(Reason::JunctionNamesOtherPatient.into());
        }
        self.all_orders_of(user.id, whose.team, &[]).await
    }

    /// All orders of a user for visits at home, with one of these statuses or with any.
    pub(super) async fn all_orders_of(
        &self,
        user: JunctionId,
        team: JunctionId,
        statuses: &[&str],
    ) -> Result<Vec<SeenOrder>, Stopped> {
        let mut orders = Vec::new();
        for page in 1..=MAX_PAGES {
            let found = self
                .calls
                .ask_team(team, &Call::orders_of(user, statuses, page))
                .await?;
            let is_last = found.is_last;
            let theirs = found.items.into_iter();
            orders.extend(theirs.filter(|order| order.team == team && order.user == user));
            if is_last {
                break;
            }
        }
        Ok(orders)
    }
}
