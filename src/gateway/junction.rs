//! One launch of Junction's app, from an authenticated caller to a URL: the team, the member in it, whom or what it is
//! about, and only then the URL.

mod calls;
mod member;
mod subject;

use domain::{
    embed_url::EmbedUrl,
    junction::{Feature, JunctionPlan, Modality},
    refusal::{Code, Refusal},
};
use tokio::time::Instant;

use self::calls::{Errand, Stopped};
use super::{Gateway, Progress, Terms, for_host};
use crate::{
    directory::Caller,
    resilience::{CallError, Deadline},
};

/// A launch that went well.
#[derive(Debug)]
pub struct JunctionEmbed {
    /// What the caller asked for.
    pub url: EmbedUrl,
    /// For how many seconds it opens, as Junction says.
    pub expires_in: u64,
    /// What it opens: with the patient, if it is about one.
    pub feature: Feature,
    /// How.
    pub modality: Modality,
}

impl Gateway {
    /// Takes one launch of Junction's app from an authenticated caller to a URL.
    ///
    /// # Errors
    /// Why there is none, as the caller is told.
    pub async fn launch_junction(
        &self,
        caller: &Caller,
        plan: &JunctionPlan,
        terms: Terms,
        progress: &Progress,
    ) -> Result<JunctionEmbed, Refusal> {
        let tenant = &caller.tenant;
        let organisation = tenant.junction.as_ref().ok_or(Code::FeatureDenied)?;
        tracing::trace!(?plan, "planned");
        if let Some(rates) = &caller.host.clinician_rates {
            rates.check(plan.clinician.user_id())?;
        }
        let patience = terms.until.map(|until| until.saturating_duration_since(Instant::now()));
        let _seat = self.admission.seat(&tenant.seats, patience).await?;
        let errand = Errand {
            gateway: self,
            tenant,
            organisation,
            plan,
            trace: terms.trace,
            deadline: Deadline::new(Instant::now(), self.timeout, terms.until),
            progress,
            made_use_of_memory: false.into(),
        };
        let embed = match errand.run().await {
            Err(stopped) if stopped.may_come_of_old_knowledge() && errand.made_use_of_memory.get() => {
                organisation.memory.known.forget(plan);
                errand.run().await
            }
            outcome => outcome,
        };
        tracing::trace!(url = ?embed.as_ref().map(|embed| &embed.url).ok(), "minted");
        embed.map_err(|stopped| for_host(refusal(stopped, plan), &caller.host))
    }
}

fn refusal(stopped: Stopped, plan: &JunctionPlan) -> Refusal {
    match stopped {
        Stopped::Refused(refusal) => *refusal,
        Stopped::ByJunction(CallError::Failed(error)) => error.into_refusal(plan),
        Stopped::ByJunction(CallError::CircuitOpen(open)) => Refusal {
            retry_after_secs: Some(open.retry_after.as_secs() + 1),
            ..Code::JunctionCircuitOpen.into()
        },
    }
}
