//! One launch of Junction's app, from an authenticated caller to a URL: the team, the member in it, whom or what it is
//! about, and only then the URL.

mod binding;
mod errand;
mod subject;

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use self::errand::{Errand, Stopped};
use super::{Caller, Gateway, Progress, Terms, for_host};
use crate::{
    domain::{
        embed_url::EmbedUrl,
        junction::{Feature, JunctionPlan, JunctionRules, Modality},
        refusal::{Code, Refusal},
    },
    junction::{Account, Known, Tokens},
    resilience::{Calls, Deadline, NotMade},
};

/// How long ids are remembered: a member or patient who is removed at Junction is asked for by an old id for no longer.
const REMEMBERED: Duration = Duration::from_mins(10);

/// A tenant's organisation at Junction.
#[derive(Debug)]
pub struct Organisation {
    /// What its launches are held against.
    pub rules: JunctionRules,
    /// How it is called.
    pub account: Account,
    /// What outlasts a changed configuration.
    pub memory: Arc<Memory>,
}

/// What was learned of an organisation, and how it is; shared by all workers.
#[derive(Debug)]
pub struct Memory {
    /// Ids.
    pub known: Known,
    /// Tokens of its teams.
    pub tokens: Tokens,
    /// Calls of the Management API: paused while they fail, repeated where that is safe.
    pub management_calls: Calls,
    /// The same of the teams' API, whose trouble is its own.
    pub team_calls: Calls,
    /// Held while a member's teams are read and written, so that no two launches overwrite each other's.
    binding: Mutex<()>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            known: Known::during(REMEMBERED),
            tokens: Tokens::default(),
            management_calls: Calls::default(),
            team_calls: Calls::default(),
            binding: Mutex::default(),
        }
    }
}

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
        Stopped::ByJunction(NotMade::Failed(error)) => error.into_refusal(plan),
        Stopped::ByJunction(NotMade::CircuitOpen(open)) => Refusal {
            retry_after_secs: Some(open.retry_after.as_secs() + 1),
            ..Code::JunctionCircuitOpen.into()
        },
    }
}
