//! What a launch would do, for developers who integrate a host. Nothing is sent.

use domain::{
    empego::{self, Explanation, Launch},
    reason::Reason,
    refusal::Refusal,
};

use super::known_clinicians::{KnownClinicians, PATIENCE, seen};
use crate::{directory::Caller, upstream::empego::ShownRequest};

/// A launch that was thought through and not carried out.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The decision with its reason; or the refusal of a request that is no launch yet.
    pub explanation: Result<Explanation, Refusal>,
    /// The call that would be made.
    pub request: Option<ShownRequest>,
}

/// Explains what was read of a request, with the functions of the real path, by what is remembered if there is a store.
pub async fn explain(
    caller: &Caller,
    launch: Result<Launch, Refusal>,
    known_clinicians: Option<&KnownClinicians>,
) -> Explained {
    match launch.and_then(|launch| Ok((caller.empego(launch.endpoint())?, launch))) {
        Err(refusal) => Explained {
            explanation: Err(refusal),
            request: None,
        },
        Ok((empego, launch)) => {
            let seen = seen(known_clinicians, caller, &launch, empego, PATIENCE).await;
            let mut explanation = empego::explain(launch, &empego.rules, &caller.host.empego, seen);
            let outgoing = explanation
                .outcome
                .as_ref()
                .ok()
                .map(|plan| empego.account.outgoing(plan, None));
            let request = match outgoing {
                None => None,
                Some(Ok(outgoing)) => Some(outgoing.shown()),
                // As the real path would answer.
                Some(Err(_value_stays_secret)) => {
                    explanation.outcome = Err(Reason::NotSendable.into());
                    None
                }
            };
            Explained {
                explanation: Ok(explanation),
                request,
            }
        }
    }
}
