//! The audit trail as a launch meets it: may it begin, whom is it about, and is its record durable. What the trail is made of is
//! the store's.

pub mod export;
mod forward;
pub mod readers;
pub mod reveal;
pub mod row;
pub mod search;
#[cfg(feature = "console")]
pub mod showcase;
pub mod verdict;

pub use forward::{ForwardError, Outgoing, Pending, furthest_behind};
pub use store::trail::UnderWay;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use domain::{
    audit::{Attempt, Event, Named, Persons, Word},
    reason::Reason,
    refusal::Refusal,
};
use jiff::{SignedDuration, Timestamp};
use store::{
    keyring::{Keyring, Sealer},
    trail::{NotWritten, Trail},
};
use uuid::Uuid;

/// Seconds after which a caller may come back: what was in the way is tried again each second.
const RETRY_AFTER: u64 = 5;

/// How long a record that no caller waits for may take.
const NOTE_TIMEOUT: Duration = Duration::from_secs(30);

/// A trail in which every attempt of a host is recorded.
pub struct Audit {
    trail: Trail,
    chain: Uuid,
    policy: ArcSwap<Policy>,
}

/// What records say and what they are made with. It can change while the trail goes on.
#[derive(Debug)]
pub struct Policy {
    /// The keys.
    pub keyring: Keyring,
    /// What else is settled.
    pub terms: Terms,
    sealer: Sealer,
}

/// What is settled about a trail's records.
#[derive(Debug)]
pub struct Terms {
    /// What launches are for.
    pub purpose: Word,
    /// Whether records say where a request came from.
    pub addresses: bool,
    /// How long a response waits for its record at most.
    pub timeout: Duration,
    /// How long records are kept; none is for ever.
    pub keep: Option<SignedDuration>,
}

impl fmt::Debug for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Audit")
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// A policy for the records of one chain.
    #[must_use]
    pub fn new(keyring: Keyring, chain: Uuid, terms: Terms) -> Self {
        Self {
            sealer: keyring.current().sealer(chain),
            keyring,
            terms,
        }
    }
}

impl Audit {
    /// A trail that is being written, under a policy made for its chain.
    #[must_use]
    pub fn new(trail: Trail, chain: Uuid, policy: Policy) -> Arc<Self> {
        Arc::new(Self {
            trail,
            chain,
            policy: ArcSwap::from_pointee(policy),
        })
    }

    /// The chain's id.
    #[must_use]
    pub const fn chain(&self) -> Uuid {
        self.chain
    }

    /// What records are made with at the moment.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// Another policy is in force from now on.
    pub fn follow(&self, policy: Policy) {
        self.policy.store(Arc::new(policy));
    }

    /// Refuses what could not be recorded, before anything is done for it.
    ///
    /// # Errors
    /// [`Reason::TrailNotWritable`].
    pub fn may_begin(&self) -> Result<(), Refusal> {
        if self.trail.standing().is_writable(self.policy.load().terms.timeout) {
            Ok(())
        } else {
            Err(unavailable(Reason::TrailNotWritable))
        }
    }

    /// An attempt has begun whose record may come, until what this returns is dropped.
    #[must_use]
    pub fn under_way(&self) -> UnderWay {
        self.trail.under_way()
    }

    /// Why nothing can be recorded at the moment, if so.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.trail.standing().trouble(self.policy.load().terms.timeout)
    }

    /// The number of the last record that was kept.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.trail.standing().seq()
    }

    /// Counts one who proved nothing.
    pub fn stranger(&self, code: &'static str) {
        self.trail.standing().stranger(code);
    }

    /// Whom an attempt is about, as its record may say it: by pseudonyms, and sealed.
    ///
    /// # Errors
    /// If nothing can be sealed for want of randomness.
    pub fn persons(&self, tenant: &str, request: &str, named: &Named<'_>) -> Result<Option<Persons>, Refusal> {
        if named.is_nobody() {
            return Ok(None);
        }
        let policy = self.policy.load();
        let key = policy.keyring.current();
        let sealed = policy.sealer.seal(tenant, request, &named.to_json());
        let pseudonym = |kind: &str, name: &str| key.pseudonym(kind, tenant, name);
        Ok(Some(Persons {
            key: key.id().to_owned(),
            clinician: named.clinician.as_deref().map(|name| pseudonym(CLINICIAN, name)),
            patient: named.patient.as_deref().map(|name| pseudonym(PATIENT, name)),
            subjects: named
                .subjects
                .iter()
                .map(|(subject, name)| (subject.as_str().into(), pseudonym(subject.as_str(), name)))
                .collect(),
            sealed: sealed.map_err(|_no_randomness| unavailable(Reason::RecordNotWritten))?,
        }))
    }

    /// Records an attempt, and returns when its record is durable. `until` is when its caller no longer waits.
    ///
    /// # Errors
    /// [`Reason::RecordNotWritten`]: the response must not leave.
    pub async fn record(&self, attempt: Box<Attempt>, until: Option<Instant>) -> Result<(), (Refusal, NotWritten)> {
        let refused = |why| (unavailable(Reason::RecordNotWritten), why);
        let receipt = self.trail.record(attempt).map_err(|(mut attempt, why)| {
            attempt.becomes_unavailable();
            self.trail.record_later(attempt);
            refused(why)
        })?;
        let patience = self.policy.load().terms.timeout;
        let remaining = until.map(|until| until.saturating_duration_since(Instant::now()));
        let patience = remaining.map_or(patience, |remaining| remaining.min(patience));
        receipt.within(patience).await.map_err(refused)
    }

    /// Records something about the trail itself, and returns when that is durable.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn note(&self, event: Event) -> Result<(), NotWritten> {
        self.trail.note(event)?.within(NOTE_TIMEOUT).await
    }

    /// Records an attempt whose response does not wait, or is not there.
    pub fn record_later(&self, attempt: Box<Attempt>) {
        self.trail.record_later(attempt);
    }
}

/// A time as people read it: to the second, in UTC.
#[must_use]
pub fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The kinds of pseudonym, by which others search.
pub const CLINICIAN: &str = "clinician";
/// See [`CLINICIAN`].
pub const PATIENT: &str = "patient";

/// The machine or pod, by its own name.
#[must_use]
pub fn instance() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn unavailable(reason: Reason) -> Refusal {
    Refusal {
        retry_after_secs: Some(RETRY_AFTER),
        ..reason.into()
    }
}
