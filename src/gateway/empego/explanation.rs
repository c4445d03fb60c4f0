//! What a launch would come to, for whoever integrates a host. Nothing is sent.

use domain::{
    empego::{self, Explanation, Launch},
    refusal::{Code, Refusal},
};

use crate::{directory::Caller, upstream::empego::ShownRequest};

/// A launch that was thought through and not carried out.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The decision with its reason; or the refusal of a request that is no launch yet.
    pub explanation: Result<Explanation, Refusal>,
    /// The call that would be made.
    pub request: Option<ShownRequest>,
}

/// Explains what was read of a request, with the functions of the real path.
#[must_use]
pub fn explain(caller: &Caller, launch: Result<Launch, Refusal>) -> Explained {
    let (tenant, host) = (&caller.tenant, &caller.host);
    let mut explanation = launch.map(|launch| empego::explain(launch, &tenant.rules, &host.rules));
    let mut request = None;
    if let Ok(explanation) = &mut explanation
        && let Ok(plan) = &explanation.outcome
    {
        match tenant.account.as_ref().map(|account| account.outgoing(plan, None)) {
            None => explanation.outcome = Err(Code::EndpointDenied.into()),
            Some(Ok(outgoing)) => request = Some(outgoing.shown()),
            // As the real path would answer.
            Some(Err(_value_stays_secret)) => explanation.outcome = Err(Code::Internal.into()),
        }
    }
    Explained { explanation, request }
}
