//! One launch of Empego's app, from an authenticated caller to an embed URL.

use std::{rc::Rc, sync::Arc};

use domain::{
    code::Code,
    embed_url::EmbedUrl,
    empego::{Launch, Plan, Seen, Upstream401, plan},
    reason::Reason,
    refusal::Refusal,
    trace_parent::TraceParent,
};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{known_clinicians, retry::verdict};
use crate::{
    directory::{Caller, EmpegoTenant, Host},
    gateway::{Decided, Gateway, LaunchContext, Progress, for_host, verdict::call_outcome},
    resilience::{CallError, CallerHasLeft, Deadline, Seat},
    telemetry::{metrics::UpstreamCall, trace},
    upstream::empego::EmpegoError,
};

/// Seconds after which a caller may come back whose launch depends on a store that is away.
const STORE_RETRY_AFTER: u64 = 2;

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
    /// Why there is none, as reported to the caller.
    pub async fn launch_empego(
        self: &Arc<Self>,
        caller: &Caller,
        launch: Launch,
        context: LaunchContext,
        progress: &Rc<Progress>,
    ) -> Result<Embed, Refusal> {
        let empego = caller.empego(launch.endpoint())?;
        let seen = self.seen(caller, &launch, empego, context).await;
        let plan = plan(launch, &empego.rules, &caller.host.empego, seen).map_err(retried_later)?;
        progress.decided.set(Decided {
            intent: Some(plan.intent.as_str()),
            identity: Some(plan.identity.as_str()),
            ..Decided::default()
        });
        *progress.warnings.borrow_mut() = plan.warnings.iter().map(|warning| warning.as_str()).collect();
        tracing::trace!(?plan, "planned");
        self.check_delivery(caller, caller.host.empego.delivery)?;
        let (seat, deadline) = self.admit(caller, plan.user_id.as_ref(), self.timeout, context).await?;
        let launching = Launching {
            gateway: Arc::clone(self),
            caller: caller.clone(),
            plan,
            trace: context.trace,
            deadline: deadline.clone(),
            progress: Rc::clone(progress),
            _seat: seat,
        };
        let launched = match deadline.wait_for(Box::pin(launching.run())).await {
            Ok(launched) => launched,
            Err(CallerHasLeft) => Err(Reason::EmpegoTimeout.into()),
        };
        launched.map_err(|refusal| as_host_wants_it(refusal, &caller.host))
    }

    /// What is remembered of the clinician, looked up within the launch's own time.
    async fn seen(&self, caller: &Caller, launch: &Launch, empego: &EmpegoTenant, context: LaunchContext) -> Seen {
        let remaining = context
            .until
            .map_or(self.timeout, |until| until.saturating_duration_since(Instant::now()));
        let known = self.known_clinicians.as_deref();
        known_clinicians::seen(known, caller, launch, empego, remaining.min(self.timeout)).await
    }
}

/// A launch in flight, with all it needs: it may continue after its caller has left.
struct Launching {
    gateway: Arc<Gateway>,
    caller: Caller,
    plan: Plan,
    trace: Option<TraceParent>,
    deadline: Deadline,
    progress: Rc<Progress>,
    /// Whatever becomes of the caller, the place is taken until the call has ended.
    _seat: Seat,
}

impl Launching {
    async fn run(self) -> Result<Embed, Refusal> {
        let empego = self.caller.empego(self.plan.endpoint)?;
        let person = self.caller.proven(self.plan.user_id.as_ref());
        let call = async || self.call(empego).await;
        match empego.calls.make(&self.deadline, person, call, verdict).await {
            Ok(url) => {
                tracing::trace!(?url, "minted");
                self.take_note();
                Ok(Embed { url, plan: self.plan })
            }
            Err(not_made) => Err(refusal(not_made, &self.plan)),
        }
    }

    /// A clinician who came with a complete profile exists at Empego now, if not before.
    fn take_note(&self) {
        if let (Some(known), true, Some(user_id)) = (
            &self.gateway.known_clinicians,
            self.plan.is_complete,
            &self.plan.user_id,
        ) {
            known.note(&self.caller.tenant.id, user_id);
        }
    }

    /// Calls Empego once.
    async fn call(&self, empego: &EmpegoTenant) -> Result<EmbedUrl, EmpegoError> {
        let timer = self.progress.call();
        let tenant = &self.caller.tenant.id;
        let span = trace::call_span(tenant);
        let place = trace::place_of(&span, self.trace);
        let client = &self.gateway.empego;
        let minted = client.mint(&empego.account, &self.plan, place, self.deadline.remaining());
        let minted = minted.instrument(span).await;
        let health = minted.as_ref().map(drop).map_err(|error| verdict(error).health);
        let metrics = &self.gateway.metrics;
        metrics.called(tenant, UpstreamCall::Embeddable, call_outcome(health), timer.elapsed());
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

/// A store that is away may soon be back.
fn retried_later(refusal: Refusal) -> Refusal {
    if refusal.code == Code::StoreUnavailable {
        Refusal {
            retry_after_secs: Some(STORE_RETRY_AFTER),
            ..refusal
        }
    } else {
        refusal
    }
}

/// Some front ends read any 401 as "log out".
fn as_host_wants_it(mut refusal: Refusal, host: &Host) -> Refusal {
    if refusal.code == Code::UpstreamAuthenticationFailed && host.empego.upstream_401 == Upstream401::BadGateway {
        refusal.status = 502;
    }
    for_host(refusal, host)
}
