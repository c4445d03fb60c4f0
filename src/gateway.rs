//! One launch, from an authenticated caller to an embed URL. This file is the only one that sees all the parts in
//! order; it knows neither the web framework nor the HTTP client.

mod empego;
mod junction;

pub use empego::explanation::{Explained, explain};
pub use junction::JunctionEmbed;

use std::{cell::Cell, net::IpAddr, sync::Arc, time::Duration};

use tokio::time::Instant;
use tracing::Instrument as _;

pub use crate::upstream::empego::ShownRequest;
use domain::{
    embed_url::EmbedUrl,
    empego::{Identity, Intent, Launch, Plan, Upstream401, plan},
    refusal::{Code, Refusal},
    trace_parent::TraceParent,
};

use crate::{
    directory::{Caller, Host, SharedDirectory, Tenant},
    resilience::{Admission, CallError, Deadline, Health, Overloaded, RateLimits, TooMany},
    telemetry::{
        metrics::{CallOutcome, Metrics},
        trace,
    },
    upstream::{
        empego::{Account, EmpegoClient, EmpegoError},
        junction::JunctionClient,
    },
};

/// Everything a worker needs to launch.
#[derive(Debug)]
pub struct Gateway {
    /// Who may call, and for which tenant.
    pub directory: SharedDirectory,
    /// Places for launches under way, shared by all workers.
    pub admission: Admission,
    /// Failed authentications by the address they come from, shared by all workers.
    pub strangers: Arc<RateLimits<IpAddr>>,
    /// This worker's own connections.
    pub empego: EmpegoClient,
    /// Its own connections to Junction.
    pub junction: JunctionClient,
    /// How long all calls of one launch may take together.
    pub timeout: Duration,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// The circumstances of a launch, beside what is launched.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms {
    /// Until when the caller waits, if it says so.
    pub until: Option<Instant>,
    /// Its place in the caller's trace.
    pub trace: Option<TraceParent>,
}

/// How far a launch has come. Whoever started it can tell even if it never ends, because its caller has gone.
#[derive(Debug, Default)]
pub struct Progress {
    /// How often the upstream was called.
    pub calls: Cell<u32>,
    /// How long these calls took together.
    pub calls_took: Cell<Duration>,
    /// What was decided, once it was.
    pub decided: Cell<Option<(Intent, Identity)>>,
}

/// Adds its own lifetime to that of the calls, also if its call is given up.
struct Timer<'a> {
    begin: Instant,
    calls_took: &'a Cell<Duration>,
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.calls_took.update(|all| all + self.begin.elapsed());
    }
}

/// A launch that went well.
#[derive(Debug)]
pub struct Embed {
    /// What the caller asked for.
    pub url: EmbedUrl,
    /// What was decided about it.
    pub plan: Plan,
}

impl Gateway {
    /// What somebody is told who proved nothing: `code`, until there were too many from the same address.
    #[must_use]
    pub fn refuse_stranger(&self, from: IpAddr, code: Code) -> Refusal {
        self.strangers.check(&from).map_or_else(Refusal::from, |()| code.into())
    }

    /// Takes one launch from an authenticated caller to an embed URL.
    ///
    /// # Errors
    /// Why there is none, as the caller is told.
    pub async fn launch(
        &self,
        caller: &Caller,
        launch: Launch,
        terms: Terms,
        progress: &Progress,
    ) -> Result<Embed, Refusal> {
        let plan = plan(launch, &caller.tenant.rules, &caller.host.rules)?;
        progress.decided.set(Some((plan.intent, plan.identity)));
        tracing::trace!(?plan, "planned");
        if let (Some(rates), Some(clinician)) = (&caller.host.clinician_rates, &plan.user_id) {
            rates.check(clinician)?;
        }
        let tenant = &caller.tenant;
        let account = tenant.account.as_ref().ok_or(Code::EndpointDenied)?;
        let patience = terms.until.map(|until| until.saturating_duration_since(Instant::now()));
        let _seat = self.admission.seat(&tenant.seats, patience).await?;
        let deadline = Deadline::new(Instant::now(), self.timeout, terms.until);
        let call = async || self.call(tenant, account, &plan, terms.trace, deadline, progress).await;
        match tenant.calls.make(&deadline, call, empego::retry::verdict).await {
            Ok(url) => {
                tracing::trace!(?url, "minted");
                Ok(Embed { url, plan })
            }
            Err(error) => Err(for_host(refusal(error, &plan), &caller.host)),
        }
    }

    /// Calls Empego once.
    async fn call(
        &self,
        tenant: &Tenant,
        account: &Account,
        plan: &Plan,
        callers_trace: Option<TraceParent>,
        deadline: Deadline,
        progress: &Progress,
    ) -> Result<EmbedUrl, EmpegoError> {
        let begin = Instant::now();
        let _timer = Timer {
            begin,
            calls_took: &progress.calls_took,
        };
        progress.calls.update(|calls| calls + 1);
        let span = trace::call_span(&tenant.id);
        let place = trace::place_of(&span, callers_trace);
        let minted = self.empego.mint(account, plan, place, deadline.left());
        let minted = minted.instrument(span).await;
        let health = minted
            .as_ref()
            .map(drop)
            .map_err(|error| empego::retry::verdict(error).health);
        self.metrics
            .called(&tenant.id, call_outcome(health, deadline), begin.elapsed());
        minted
    }
}

fn call_outcome(outcome: Result<(), Health>, deadline: Deadline) -> CallOutcome {
    match outcome {
        Ok(()) => CallOutcome::Ok,
        Err(_) if deadline.caller_ran_out_of_patience() => CallOutcome::CutShort,
        Err(Health::Healthy) => CallOutcome::Refused,
        Err(Health::Failing) => CallOutcome::Failed,
        Err(Health::Unknown) => CallOutcome::CutShort,
    }
}

fn refusal(error: CallError<EmpegoError>, plan: &Plan) -> Refusal {
    match error {
        CallError::Failed(error) => error.into_refusal(plan),
        CallError::CircuitOpen(open) => Refusal {
            retry_after_secs: Some(open.retry_after.as_secs() + 1),
            ..Code::UpstreamCircuitOpen.into()
        },
    }
}

/// An upstream's refusal as this host wants to hear it.
fn for_host(mut refusal: Refusal, host: &Host) -> Refusal {
    if refusal.code == Code::UpstreamAuthenticationFailed && host.upstream_401 == Upstream401::BadGateway {
        refusal.status = 502;
    }
    if !host.explain
        && let Some(upstream) = &mut refusal.upstream
    {
        upstream.message = None;
    }
    refusal
}

impl From<TooMany> for Refusal {
    fn from(too_many: TooMany) -> Self {
        Self {
            retry_after_secs: Some(too_many.retry_after_secs),
            ..Code::RateLimited.into()
        }
    }
}

impl From<Overloaded> for Refusal {
    fn from(_: Overloaded) -> Self {
        Self {
            retry_after_secs: Some(1),
            ..Code::Overloaded.into()
        }
    }
}
