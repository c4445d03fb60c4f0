//! One launch, from an authenticated caller to a URL. Each vendor's way is in a folder of its own; what all launches have in
//! common is here. Nothing in it knows the web framework or the HTTP client.

mod calling;
mod empego;
mod junction;
mod verdict;

pub use empego::{Embed, Explained, explain};
pub use junction::{JunctionEmbed, fast_launch};

pub use crate::upstream::empego::ShownRequest;

use std::{cell::Cell, net::IpAddr, sync::Arc, time::Duration};

use domain::{clinician::UserId, reason::Reason, refusal::Refusal, trace_parent::TraceParent};
use tokio::time::{Instant, sleep_until};

use crate::{
    directory::{Caller, Host, SharedDirectory, over_rate},
    resilience::{Admission, Deadline, Guesses, Overloaded, RateLimits, Seat},
    telemetry::metrics::Metrics,
    upstream::{empego::EmpegoClient, junction::JunctionClient},
};

/// Seconds after which a caller may come back whose issuer's keys are not there: they are fetched as often as that.
const KEYS_RETRY_AFTER: u64 = 10;

/// Everything a worker needs to launch.
#[derive(Debug)]
pub struct Gateway {
    /// Who may call, and for which tenant.
    pub directory: SharedDirectory,
    /// Places for launches under way, shared by all workers.
    pub admission: Admission,
    /// Credentials that were wrong, by the address they come from, shared by all workers.
    pub guesses: Arc<Guesses>,
    /// The same of browsers' cookies.
    pub failed_auth: Arc<RateLimits<IpAddr>>,
    /// This worker's own connections to Empego.
    pub empego: EmpegoClient,
    /// Its own connections to Junction.
    pub junction: JunctionClient,
    /// How long all calls of one launch may take together.
    pub timeout: Duration,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// What goes with a launch, beside what is launched.
#[derive(Debug, Clone, Copy, Default)]
pub struct LaunchContext {
    /// Until when the caller waits, if it says so.
    pub until: Option<Instant>,
    /// Its place in the caller's trace.
    pub trace: Option<TraceParent>,
}

/// How far a launch has come. Whoever started it can tell even if it never ends, because its caller has gone.
#[derive(Debug, Default)]
pub struct Progress {
    /// How often upstreams were called.
    pub calls: Cell<u32>,
    /// How long these calls took together.
    pub calls_took: Cell<Duration>,
    /// What was decided, as far as it was.
    pub decided: Cell<Decided>,
}

/// What was decided about a launch, in the words that its record has for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decided {
    /// The intent that applied.
    pub intent: Option<&'static str>,
    /// Whose session it will be.
    pub identity: Option<&'static str>,
    /// What is opened, without any id.
    pub feature: Option<&'static str>,
    /// How it is shown.
    pub modality: Option<&'static str>,
}

impl Gateway {
    /// What a browser is told that has no session: `reason`, until there were too many from the same address.
    #[must_use]
    pub fn refuse_stranger(&self, from: IpAddr, reason: Reason) -> Refusal {
        match self.failed_auth.check(&from) {
            Ok(()) => reason.into(),
            Err(too_many) => over_rate(Reason::AddressFailedTooOften, &too_many),
        }
    }

    /// Refuses whoever guesses credentials, before the next one is looked at. `from` is what one subscriber has.
    ///
    /// # Errors
    /// When to come back.
    pub fn may_authenticate(&self, from: IpAddr) -> Result<(), Refusal> {
        let may_try = self.guesses.may_try(from, Instant::now());
        may_try.map_err(|too_many| over_rate(Reason::AddressFailedTooOften, &too_many))
    }

    /// A host has authenticated, so that others' guesses from the same address no longer touch it.
    ///
    /// # Errors
    /// When to come back, if the credential was itself one guess too many.
    pub fn authenticated(&self, from: IpAddr, caller: &Caller) -> Result<(), Refusal> {
        let succeeded = self.guesses.succeeded(from, &caller.host.id, Instant::now());
        succeeded.map_err(|too_many| over_rate(Reason::AddressFailedTooOften, &too_many))
    }

    /// What somebody is told whose credential proved nothing, and late where there were many. Whose token cannot be checked
    /// has failed at nothing.
    pub async fn refuse_credential(&self, from: IpAddr, reason: Reason) -> Refusal {
        if reason == Reason::IssuerWithoutKeys {
            return Refusal {
                retry_after_secs: Some(KEYS_RETRY_AFTER),
                ..reason.into()
            };
        }
        match self.guesses.failed(from, Instant::now()) {
            Ok(late) => {
                if let Some(late) = late {
                    sleep_until(late.until()).await;
                }
                reason.into()
            }
            Err(too_many) => over_rate(Reason::AddressFailedTooOften, &too_many),
        }
    }

    /// Lets a launch begin, once there is a place for it: until the seat is dropped, and by when its calls must end.
    async fn admit(
        &self,
        caller: &Caller,
        clinician: Option<&UserId>,
        context: LaunchContext,
    ) -> Result<(Seat, Deadline), Refusal> {
        if let (Some(rates), Some(clinician)) = (&caller.host.clinician_rates, clinician) {
            let outcome = rates.check(clinician);
            outcome.map_err(|too_many| over_rate(Reason::ClinicianOverRate, &too_many))?;
        }
        let remaining = context
            .until
            .map(|until| until.saturating_duration_since(Instant::now()));
        let seat = self.admission.seat(&caller.tenant.seats, remaining).await?;
        Ok((seat, Deadline::new(Instant::now(), self.timeout, context.until)))
    }
}

/// An upstream's refusal as a host may hear it: its own words are for those that may ask for explanations.
fn for_host(mut refusal: Refusal, host: &Host) -> Refusal {
    if !host.explain
        && let Some(upstream) = &mut refusal.upstream
    {
        upstream.message = None;
    }
    refusal
}

impl From<Overloaded> for Refusal {
    fn from(_: Overloaded) -> Self {
        Self {
            retry_after_secs: Some(1),
            ..Reason::NoPlace.into()
        }
    }
}
