//! One launch, from an authenticated caller to a URL. Each vendor's way is in a folder of its own; what all launches have in
//! common is here. Nothing in it knows the web framework or the HTTP client.

mod delivery;
mod empego;
mod junction;
mod progress;
mod tickets;
mod verdict;

pub use delivery::{Delivered, Opened};
pub use empego::{Embed, Explained, KnownClinicians, NotedClinicians, explain};
pub use junction::{
    Clock, Continuable, ExplainedJunction, ExplainedOrder, FacadeCall, FollowedOrder, JunctionEmbed, NoneFits, Offered,
    OfferedSlots, OrderKeeping, OrderPdf, OrderRequest, OrderResults, OrderToPlace, OrderView, PassedOn, PlacedOrder,
    Served, StoredEvent, Turns, continuable, explain_arrangement, explain_junction, explain_order, fast_launch,
    find_served,
};
pub use progress::{Decided, Progress};
pub use tickets::{Content, Moment, Tickets};

pub use crate::upstream::{
    empego::ShownRequest,
    junction::{PdfStream, ShownCall},
};

use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{clinician::UserId, reason::Reason, refusal::Refusal, trace_parent::TraceParent};
use tokio::time::{Instant, sleep_until};

use crate::{
    audit::Audit,
    directory::{Caller, Host, SharedDirectory, over_rate},
    resilience::{Admission, Deadline, Guesses, Kind, NoSeat, Party, RateLimits, Reach, Seat, SharedLimits, Trying},
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
    /// Slots for launches in flight, shared by all workers.
    pub admission: Admission,
    /// Credentials that were wrong, by the address they come from, shared by all workers.
    pub guesses: Arc<Guesses>,
    /// The same of browsers' cookies.
    pub failed_auth: Arc<RateLimits<IpAddr>>,
    /// What all gateways count together, if they share a database.
    pub shared_limits: Option<Arc<SharedLimits>>,
    /// What is remembered of clinicians, if there is a store; shared by all workers.
    pub known_clinicians: Option<Arc<KnownClinicians>>,
    /// What stands for embed URLs until a browser opens them; shared by all workers.
    pub tickets: Arc<Tickets>,
    /// This worker's own connections to Empego.
    pub empego: EmpegoClient,
    /// Its own connections to Junction.
    pub junction: JunctionClient,
    /// How long all calls of one launch may take together.
    pub timeout: Duration,
    /// The same of one request about an order: booking a visit takes long.
    pub orders_timeout: Duration,
    /// What requests about orders need beside Junction.
    pub orders: OrderKeeping,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Where every attempt is recorded, if anywhere.
    pub audit: Option<Arc<Audit>>,
}

/// What goes with a launch, beside what is launched.
#[derive(Debug, Clone, Copy, Default)]
pub struct LaunchContext {
    /// Until when the caller waits, if it says so.
    pub until: Option<Instant>,
    /// Its place in the caller's trace.
    pub trace: Option<TraceParent>,
    /// Whether the shared limits responded so far.
    pub reach: Reach,
}

impl Gateway {
    /// The refusal for a browser without a session: `reason`, until there were too many from the same address.
    #[must_use]
    pub fn refuse_stranger(&self, from: IpAddr, reason: Reason) -> Refusal {
        match self.failed_auth.check(&from) {
            Ok(()) => reason.into(),
            Err(too_many) => over_rate(Reason::AddressFailedTooOften, &too_many),
        }
    }

    /// Refuses a client that guesses credentials, before its next one is checked. `from` is what one subscriber has.
    ///
    /// # Errors
    /// When to come back.
    pub fn may_authenticate(&self, from: IpAddr) -> Result<Trying, Refusal> {
        let may_try = self.guesses.may_try(from, Instant::now());
        may_try.map_err(|too_many| over_rate(Reason::AddressFailedTooOften, &too_many))
    }

    /// A host has authenticated, so that others' guesses from the same address no longer touch it.
    ///
    /// # Errors
    /// When to come back, if the credential was itself one guess too many.
    pub fn authenticated(&self, trying: Trying, caller: &Caller) -> Result<(), Refusal> {
        let succeeded = self.guesses.succeeded(trying, &caller.host.id);
        succeeded.map_err(|too_many| over_rate(Reason::AddressFailedTooOften, &too_many))
    }

    /// The refusal for a client whose credential proved nothing; delayed after many failures. A token that cannot be
    /// checked is not counted as a failure.
    pub async fn refuse_credential(&self, trying: Trying, reason: Reason) -> Refusal {
        if reason == Reason::IssuerWithoutKeys {
            return keys_missing();
        }
        match self.guesses.failed(trying, Instant::now()) {
            Ok(late) => {
                if let Some(late) = late {
                    sleep_until(late.until()).await;
                }
                reason.into()
            }
            Err(too_many) => over_rate(Reason::AddressFailedTooOften, &too_many),
        }
    }

    /// Counts one launch against the host's and the tenant's rate: this gateway's first, then that of all.
    ///
    /// # Errors
    /// If there were too many.
    pub async fn check_rates(&self, caller: &Caller) -> Result<Reach, Refusal> {
        caller.check_rates()?;
        let mut reach = Reach::default();
        if let Some(shared) = &self.shared_limits {
            // Boxed, since launches of a gateway alone would carry the room for it along.
            Box::pin(caller.check_shared_rates(shared, &mut reach)).await?;
        }
        Ok(reach)
    }

    /// Lets a launch begin, once there is a place for it: until the seat is dropped, and by when its calls must end.
    async fn admit(
        &self,
        caller: &Caller,
        clinician: Option<&UserId>,
        timeout: Duration,
        context: LaunchContext,
    ) -> Result<(Seat, Deadline), Refusal> {
        if let Some(audit) = &self.audit {
            audit.may_begin()?;
        }
        if let (Some(rates), Some(clinician)) = (&caller.host.clinician_rates, clinician) {
            let outcome = rates.check(clinician);
            outcome.map_err(|too_many| over_rate(Reason::ClinicianOverRate, &too_many))?;
            if let Some(shared) = &self.shared_limits {
                let party = party(Kind::Clinician, caller, clinician);
                let mut reach = context.reach;
                let outcome = Box::pin(shared.check(party, rates.rate(), &mut reach)).await;
                outcome.map_err(|too_many| over_rate(Reason::ClinicianOverRate, &too_many))?;
            }
        }
        let remaining = context
            .until
            .map(|until| until.saturating_duration_since(Instant::now()));
        let seat = self
            .admission
            .seat(&caller.tenant.seats, caller.proven(clinician), remaining);
        let seat = seat.await?;
        Ok((seat, Deadline::new(Instant::now(), timeout, context.until)))
    }
}

/// A clinician of a host.
fn party<'a>(kind: Kind, caller: &'a Caller, clinician: &'a UserId) -> Party<'a> {
    Party {
        kind,
        tenant: &caller.tenant.id,
        host: &caller.host.id,
        clinician: clinician.as_ref(),
    }
}

/// The refusal for a client whose token cannot be checked yet.
#[must_use]
pub fn keys_missing() -> Refusal {
    Refusal {
        retry_after_secs: Some(KEYS_RETRY_AFTER),
        ..Reason::IssuerWithoutKeys.into()
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

impl From<NoSeat> for Refusal {
    fn from(no_seat: NoSeat) -> Self {
        let reason = match no_seat {
            NoSeat::AllTaken => Reason::NoPlace,
            NoSeat::ShareTaken => Reason::ClinicianOverShare,
        };
        Self {
            retry_after_secs: Some(1),
            ..reason.into()
        }
    }
}
