//! What placing an order or arranging a visit would do, for developers. Nothing is sent, and no store is asked.

use domain::{
    junction::{
        Announced, JunctionId,
        orders::{
            explanation::{explain_placing, explain_visit},
            parse::Arrangement,
            placing::{Placing, plan},
            whose::Whose,
        },
    },
    refusal::Refusal,
};

use crate::{directory::Caller, upstream::junction::ShownCall};

/// A request about an order that was thought through and not carried out.
#[derive(Debug, Clone)]
pub struct ExplainedOrder {
    /// Every call that may be made, in order, as it may be shown.
    pub calls: Vec<(Announced, ShownCall)>,
    /// The world that it would be in.
    pub environment: &'static str,
}

/// Explains the placing of an order, with the functions of the real path.
///
/// # Errors
/// The refusal of the order.
pub fn explain_order(caller: &Caller, placing: Result<Placing, Refusal>) -> Result<ExplainedOrder, Refusal> {
    let junction = caller.junction()?;
    let plan = plan(placing?, &junction.rules)?;
    explained(caller, explain_placing(&plan))
}

/// Explains the booking or requesting of a visit.
///
/// # Errors
/// The refusal of what can be told without asking Junction.
pub fn explain_arrangement(
    caller: &Caller,
    asked: Result<(Whose, JunctionId, Arrangement), Refusal>,
) -> Result<ExplainedOrder, Refusal> {
    let (whose, order, arrangement) = asked?;
    explained(caller, explain_visit(&whose, order, &arrangement))
}

fn explained(caller: &Caller, calls: Vec<Announced>) -> Result<ExplainedOrder, Refusal> {
    let account = &caller.junction()?.account;
    Ok(ExplainedOrder {
        calls: calls
            .into_iter()
            .map(|call| {
                let shown = account.shown(&call);
                (call, shown)
            })
            .collect(),
        environment: account.environment.as_str(),
    })
}
