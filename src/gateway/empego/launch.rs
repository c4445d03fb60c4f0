//! One launch of Empego's app, from an authenticated caller to an embed URL.

use domain::{
    code::Code,
    embed_url::EmbedUrl,
    empego::{Launch, Plan, Upstream401, plan},
    reason::Reason,
    refusal::Refusal,
    trace_parent::TraceParent,
};
use tracing::Instrument as _;

use super::retry::verdict;
use crate::{
    directory::{Caller, EmpegoTenant, Host},
    gateway::{
        Decided, Gateway, LaunchContext, Progress,
        calling::{Timer, call_outcome},
        for_host,
    },
    resilience::{CallError, Deadline},
    telemetry::trace,
    upstream::empego::EmpegoError,
};

/// A launch that went well.
#[derive(Debug)]
pub struct Embed {
    /// What the caller asked for.
    pub url: EmbedUrl,
    /// What was decided about it.
    pub plan: Plan,
}

impl Gateway {
    /// Takes one launch from an authenticated caller to an embed URL.
    ///
    /// # Errors
    /// Why there is none, as the caller is told.
    pub async fn launch_empego(
        &self,
        caller: &Caller,
        launch: Launch,
        context: LaunchContext,
        progress: &Progress,
    ) -> Result<Embed, Refusal> {
        let empego = caller.empego(launch.endpoint())?;
        let plan = plan(launch, &empego.rules, &caller.host.empego)?;
        progress.decided.set(Decided {
            intent: Some(plan.intent.as_str()),
            identity: Some(plan.identity.as_str()),
            ..Decided::default()
        });
        tracing::trace!(?plan, "planned");
        let (_seat, deadline) = self.admit(caller, plan.user_id.as_ref(), context).await?;
        let call = async || {
            self.call_empego(caller, empego, &plan, context.trace, deadline, progress)
                .await
        };
        match empego.calls.make(&deadline, call, verdict).await {
            Ok(url) => {
                tracing::trace!(?url, "minted");
                Ok(Embed { url, plan })
            }
            Err(not_made) => Err(as_host_wants_it(refusal(not_made, &plan), &caller.host)),
        }
    }

    /// Calls Empego once.
    async fn call_empego(
        &self,
        caller: &Caller,
        empego: &EmpegoTenant,
        plan: &Plan,
        callers_trace: Option<TraceParent>,
        deadline: Deadline,
        progress: &Progress,
    ) -> Result<EmbedUrl, EmpegoError> {
        let timer = Timer::start(progress);
        let tenant = &caller.tenant;
        let span = trace::call_span(&tenant.id);
        let place = trace::place_of(&span, callers_trace);
        let minted = self.empego.mint(&empego.account, plan, place, deadline.remaining());
        let minted = minted.instrument(span).await;
        let health = minted.as_ref().map(drop).map_err(|error| verdict(error).health);
        self.metrics
            .called(&tenant.id, call_outcome(health, deadline), timer.elapsed());
        minted
    }
}

fn refusal(not_made: CallError<EmpegoError>, plan: &Plan) -> Refusal {
    match not_made {
        CallError::Failed(error) => error.into_refusal(plan),
        CallError::CircuitOpen(open) => Refusal {
            retry_after_secs: Some(open.retry_after.as_secs() + 1),
            ..Reason::EmpegoPaused.into()
        },
    }
}

/// Some front ends read any 401 as "log out".
fn as_host_wants_it(mut refusal: Refusal, host: &Host) -> Refusal {
    if refusal.code == Code::UpstreamAuthenticationFailed && host.empego.upstream_401 == Upstream401::BadGateway {
        refusal.status = 502;
    }
    for_host(refusal, host)
}
