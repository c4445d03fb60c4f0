//! Moves an order on, in the sandbox alone.

use std::sync::Arc;

use domain::{
    junction::{Environment, JunctionId, orders::parse::Simulation},
    reason::Reason,
    refusal::Refusal,
};

use super::reading::OrderView;
use crate::{
    gateway::{Gateway, OrderRequest},
    upstream::junction::Call,
};

impl Gateway {
    /// Has Junction's sandbox take an order on.
    ///
    /// # Errors
    /// Why not, as reported to the caller; in production always.
    pub async fn simulate_order(
        self: &Arc<Self>,
        request: OrderRequest<'_>,
        order: JunctionId,
        asked: Simulation,
    ) -> Result<OrderView, Refusal> {
        match request.caller.junction()?.rules.environment {
            Environment::Sandbox => {}
            Environment::Production => return Err(Reason::SimulationInProduction.into()),
        }
        self.about_team(request, async move |ordering, whose| {
            let found = ordering.order(order, &whose).await?;
            let call = Call::simulate(found.id, &asked);
            ordering.calls.ask_team(whose.team, &call).await?;
            ordering.view(order, &whose).await
        })
        .await
    }
}
