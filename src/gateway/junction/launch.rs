//! One launch of Junction's app, from an authenticated caller to a URL. Whichever way it was asked for, it is planned here.

use std::{cell::Cell, rc::Rc, sync::Arc};

use domain::{
    embed_url::EmbedUrl,
    junction::{
        FastLaunch, FastLaunchRequest, Feature, FeatureKind, JunctionId, Launch, Modality, Plan, plan, plan_fast_launch,
    },
    reason::Reason,
    refusal::Refusal,
    trace_parent::TraceParent,
};
use futures_util::future::join;

use super::{
    both::both,
    calls::{Calls, Stopped},
};
use crate::{
    directory::Caller,
    gateway::{Decided, Gateway, LaunchContext, Progress, for_host},
    resilience::{CallError, CallerHasLeft, Deadline},
    upstream::junction::Call,
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
    /// Takes one launch from an authenticated caller to a URL.
    ///
    /// # Errors
    /// Why there is none, as reported to the caller.
    pub async fn launch_junction(
        self: &Arc<Self>,
        caller: &Caller,
        launch: Launch,
        context: LaunchContext,
        progress: &Rc<Progress>,
    ) -> Result<JunctionEmbed, Refusal> {
        let junction = caller.junction()?;
        let plan = plan(launch, &junction.rules, &caller.host.junction)?;
        self.check_delivery(caller, caller.host.junction.delivery)?;
        self.carry_out(caller, plan, context, progress).await
    }

    pub(super) async fn carry_out(
        self: &Arc<Self>,
        caller: &Caller,
        plan: Plan,
        context: LaunchContext,
        progress: &Rc<Progress>,
    ) -> Result<JunctionEmbed, Refusal> {
        progress.decided.set(decided(plan.about.kind(), plan.modality));
        tracing::trace!(?plan, "planned");
        let clinician = plan.clinician.user_id();
        let (seat, deadline) = self.admit(caller, Some(clinician), self.timeout, context).await?;
        let work = {
            let (gateway, caller, progress) = (Arc::clone(self), caller.clone(), Rc::clone(progress));
            let deadline = deadline.clone();
            Box::pin(async move {
                let embed = carried_out(&gateway, &caller, &plan, context.trace, &deadline, &progress).await;
                // The slot stays taken until the call in flight has ended, even if the caller leaves.
                drop(seat);
                if embed.is_ok() {
                    gateway.refresh(&caller.tenant, &plan);
                }
                embed
            })
        };
        let embed = match deadline.wait_for(work).await {
            Ok(embed) => embed,
            Err(CallerHasLeft) => Err(Reason::JunctionAnswersTooSlowly.into()),
        };
        embed.map_err(|refusal| for_host(refusal, &caller.host))
    }
}

async fn carried_out(
    gateway: &Gateway,
    caller: &Caller,
    plan: &Plan,
    trace: Option<TraceParent>,
    deadline: &Deadline,
    progress: &Progress,
) -> Result<JunctionEmbed, Refusal> {
    let junction = caller.junction()?;
    let launching = Launching {
        calls: Calls {
            gateway,
            tenant: &caller.tenant,
            person: caller.proven(Some(plan.clinician.user_id())),
            account: &junction.account,
            memory: &junction.memory,
            trace,
            deadline,
            progress,
        },
        plan,
        made_use_of_memory: Cell::default(),
    };
    let embed = match launching.run().await {
        Err(stopped) if stopped.may_come_of_old_knowledge() && launching.made_use_of_memory.get() => {
            junction.memory.known.forget(plan);
            launching.run().await
        }
        outcome => outcome,
    };
    tracing::trace!(url = ?embed.as_ref().map(|embed| &embed.url).ok(), "minted");
    embed.map_err(|stopped| refusal(stopped, plan))
}

/// Decides about an address for Fast Launch, and writes it. No upstream is called.
///
/// # Errors
/// Why there is none, as reported to the caller.
pub fn fast_launch(caller: &Caller, asked: FastLaunchRequest, progress: &Progress) -> Result<FastLaunch, Refusal> {
    let launch = plan_fast_launch(asked, &caller.junction()?.rules, &caller.host.junction)?;
    progress.decided.set(decided(launch.feature.kind(), launch.modality));
    Ok(launch)
}

fn decided(feature: FeatureKind, modality: Modality) -> Decided {
    Decided {
        feature: Some(feature.pattern()),
        modality: Some(modality.as_str()),
        ..Decided::default()
    }
}

/// One launch in flight.
pub(super) struct Launching<'a> {
    pub(super) calls: Calls<'a>,
    pub(super) plan: &'a Plan,
    /// Whether something was taken from memory that may be gone by now.
    pub(super) made_use_of_memory: Cell<bool>,
}

impl Launching<'_> {
    /// The whole launch, in order.
    async fn run(&self) -> Result<JunctionEmbed, Stopped> {
        let team = self.team().await?;
        let (member, feature) = self.member_and_feature(team).await?;
        let account = self.calls.account;
        let modality = self.plan.modality;
        let call = Call::create_dashboard_url(member, team, feature, modality, account.environment);
        let opened = self.calls.ask(&call).await?;
        Ok(JunctionEmbed {
            expires_in: opened.expires_in,
            url: opened.checked(account)?,
            feature,
            modality,
        })
    }

    /// Who acts, and what is opened. Everything that already exists is looked up and checked before a member or patient is
    /// created or changed. What does not depend on each other is done at once, and what is refused does not depend on what
    /// came first.
    pub(super) async fn member_and_feature(&self, team: JunctionId) -> Result<(JunctionId, Feature), Stopped> {
        let checked_member = both(self.check_subject(team), self.find_member(team));
        let (((), member), subject) = both(checked_member, self.find_subject(team)).await?;
        // What has begun to change is finished, whatever becomes of the other.
        let (member, feature) = join(self.ready_member(member, team), self.ready_subject(subject, team)).await;
        Ok((member?, feature?))
    }
}

pub(super) fn refusal(stopped: Stopped, plan: &Plan) -> Refusal {
    match stopped {
        Stopped::Refused(refusal) => *refusal,
        Stopped::ByJunction(CallError::Failed(error)) => error.into_refusal(plan),
        Stopped::ByJunction(CallError::CircuitOpen(open)) => Refusal {
            retry_after_secs: Some(open.retry_after.as_secs() + 1),
            ..Reason::JunctionPaused.into()
        },
    }
}
