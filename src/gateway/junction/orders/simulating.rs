//! Moves an order on, in the sandbox alone.

use std::{rc::Rc, sync::Arc};

use domain::{
    junction::{
        Environment, JunctionId,
        orders::{parse::Simulation, whose::Whose},
    },
    reason::Reason,
    refusal::Refusal,
};

use super::reading::OrderView;
use crate::{
    directory::Caller,
    gateway::{Gateway, LaunchContext, Progress},
    upstream::junction::Call,
};

impl Gateway {
    /// Has Junction's sandbox take an order on.
    ///
    /// # Errors
    /// Why not, as reported to the caller; in production always.
    pub async fn simulate_order(
        self: &Arc<Self>,
        caller: &Caller,
        whose: Whose,
        order: JunctionId,
        asked: Simulation,
        context: LaunchContext,
        progress: &Rc<Progress>,
    ) -> Result<OrderView, Refusal> {
        match caller.junction()?.rules.environment {
            Environment::Sandbox => {}
            Environment::Production => return Err(Reason::SimulationInProduction.into()),
        }
        let clinician = whose.clinician.clone();
        self.order(caller, clinician.as_ref(), context, progress, async move |ordering| {
            let whose = ordering.in_team(&whose).await?;
            let found = ordering.order(order, &whose).await?;
            let call = Call::simulate(found.id, &asked);
            ordering.calls.ask_team(whose.team, &call).await?;
            ordering.view(order, &whose).await
        })
        .await
    }
}
