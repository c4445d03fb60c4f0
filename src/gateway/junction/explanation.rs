//! What a launch would do, for developers who integrate a host. Nothing is sent, and nothing is taken from memory: it
//! does not belong to the caller.

use domain::{
    junction::{Announced, Explanation, Launch, explain, plan},
    refusal::Refusal,
};

use crate::{directory::Caller, upstream::junction::ShownCall};

/// A launch that was thought through and not carried out.
#[derive(Debug, Clone)]
pub struct ExplainedJunction {
    /// What would be done.
    pub explanation: Explanation,
    /// Every call that may be made, in order, as it may be shown.
    pub calls: Vec<(Announced, ShownCall)>,
    /// The world that it would be in.
    pub environment: &'static str,
}

/// Explains what was read of a request, with the functions of the real path.
///
/// # Errors
/// The refusal of the launch.
pub fn explain_junction(caller: &Caller, launch: Result<Launch, Refusal>) -> Result<ExplainedJunction, Refusal> {
    let launch = launch?;
    let junction = caller.junction()?;
    let explanation = explain(plan(launch, &junction.rules, &caller.host.junction)?);
    let calls = explanation.calls.iter();
    Ok(ExplainedJunction {
        calls: calls.map(|call| (call.clone(), junction.account.shown(call))).collect(),
        environment: junction.account.environment.as_str(),
        explanation,
    })
}
