//! Brings the trail to one repository: every record at least once, in order, for as long as that takes.

use std::{io, panic::resume_unwind, path::PathBuf, sync::Arc, time::Duration};

use domain::audit::{Head, Record, fhir::audit_event};
use serde_json::Value;
use tokio::{task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;

use super::destination::Destination;
use crate::{
    audit::{Audit, ForwardError, Outgoing, Pending, reveal::Revealer},
    resilience::Pauses,
    telemetry::{ConfiguredId, forward_metrics::ForwardOutcome, metrics::Metrics},
    upstream::{
        repository::{Fate, NotFed},
        wire::NoAnswer,
    },
};

/// How often a repository that has everything is brought what is new.
const PERIOD: Duration = Duration::from_secs(1);

pub(super) struct Delivery {
    destination: Destination,
    folder: PathBuf,
    audit: Arc<Audit>,
    metrics: Arc<Metrics>,
    name: ConfiguredId,
    /// Why the last try failed; none if it did not.
    trouble: Option<Trouble>,
}

/// Why nothing is delivered at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trouble {
    why: &'static str,
    status: Option<u16>,
    /// When the repository asks to come back.
    after: Option<Duration>,
}

/// An event that the repository does not have yet, and the record that it is of.
type Due = (Head, Value);

/// The delivery is to end.
struct Stopped;

impl Delivery {
    pub(super) fn new(destination: Destination, folder: PathBuf, audit: Arc<Audit>, metrics: Arc<Metrics>) -> Self {
        Self {
            name: destination.config.url.as_str().into(),
            destination,
            folder,
            audit,
            metrics,
            trouble: None,
        }
    }

    /// Delivers until it is stopped.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        self.metrics.forward.expect(&self.name);
        let mut pauses = Pauses::default();
        while !stop.is_cancelled() {
            let pause = match self.deliver(&stop).await {
                Ok(Stopped) => break,
                Err(error) => {
                    tracing::error!(forwarder = &*self.name, %error, "the audit trail cannot be forwarded");
                    pauses.next(None)
                }
            };
            stop.run_until_cancelled(sleep(pause)).await;
        }
        self.metrics.forward.forget(&self.name);
    }

    async fn deliver(&mut self, stop: &CancellationToken) -> Result<Stopped, ForwardError> {
        let (folder, url) = (self.folder.clone(), self.destination.config.url.clone());
        let mut outgoing = blocking(move || Outgoing::resume(&folder, &url)).await?;
        let most = self.destination.config.batch;
        while !stop.is_cancelled() {
            let pending;
            (outgoing, pending) = look(outgoing, most).await?;
            self.metrics.forward.lag(&self.name, pending.behind);
            if pending.records.is_empty() {
                stop.run_until_cancelled(sleep(PERIOD)).await;
                continue;
            }
            let mut due = self.events(&pending.records);
            let mut pauses = Pauses::default();
            while !due.is_empty() {
                let Some(trouble) = stop.run_until_cancelled(self.send(&mut due)).await else {
                    return Ok(Stopped);
                };
                self.report(trouble);
                if let Some(trouble) = trouble {
                    let behind;
                    (outgoing, behind) = blocking(move || outgoing.recount().map(|behind| (outgoing, behind))).await?;
                    self.metrics.forward.lag(&self.name, behind);
                    stop.run_until_cancelled(sleep(pauses.next(trouble.after))).await;
                }
            }
            let count = pending.records.len();
            outgoing = blocking(move || outgoing.acknowledge(count).map(|()| outgoing)).await?;
        }
        Ok(Stopped)
    }

    fn events(&self, records: &[Record]) -> Vec<Due> {
        let config = &self.destination.config;
        let mut revealer = config
            .reveal
            .then(|| Revealer::new(self.audit.policy().keyring.clone()));
        let events = records.iter().filter_map(|record| {
            let names = revealer.as_mut().and_then(|revealer| revealer.of_record(record));
            Some((record.head.clone(), audit_event(record, names.as_ref())?))
        });
        events.collect()
    }

    /// Sends what is due, and leaves what is to be sent again.
    async fn send(&self, due: &mut Vec<Due>) -> Option<Trouble> {
        let events: Vec<_> = due.iter().map(|(_, event)| event.clone()).collect();
        let mut fates = Vec::new();
        let fed = self.destination.repository.feed(&events, &mut fates).await;
        let mut trouble = fed.err().map(Trouble::from);
        let mut fates = fates.into_iter();
        due.retain(|(head, _)| match fates.next() {
            Some(Fate::Kept) => {
                self.metrics.forward.sent(&self.name, ForwardOutcome::Delivered);
                false
            }
            Some(Fate::Refused(status)) => {
                self.metrics.forward.sent(&self.name, ForwardOutcome::Refused);
                tracing::error!(
                    forwarder = &*self.name,
                    chain = %head.chain,
                    seq = head.seq,
                    status,
                    "an audit event was refused by the repository and is not sent again"
                );
                false
            }
            Some(Fate::Again(status)) => {
                trouble.get_or_insert(Trouble {
                    why: "status",
                    status: Some(status),
                    after: None,
                });
                true
            }
            None => true,
        });
        trouble
    }

    /// Says when delivery fails, why, and when it goes on.
    fn report(&mut self, trouble: Option<Trouble>) {
        let reason = |trouble: Trouble| (trouble.why, trouble.status);
        if trouble.map(reason) != self.trouble.map(reason) {
            if let Some(Trouble { why, status, .. }) = trouble {
                tracing::warn!(
                    forwarder = &*self.name,
                    why,
                    status,
                    "audit events are not delivered; they are sent again until they are"
                );
            } else {
                tracing::info!(forwarder = &*self.name, "audit events are delivered again");
            }
        }
        self.trouble = trouble;
    }
}

impl From<NotFed> for Trouble {
    fn from(not_fed: NotFed) -> Self {
        let because = |why| Self {
            why,
            status: None,
            after: None,
        };
        match not_fed {
            NotFed::NoAnswer(NoAnswer::ConnectTimeout) => because("connect_timeout"),
            NotFed::NoAnswer(NoAnswer::Timeout) => because("timeout"),
            NotFed::NoAnswer(NoAnswer::Unreachable { cause, .. }) => because(cause.as_str()),
            NotFed::NoAnswer(NoAnswer::Unsendable) => because("unsendable"),
            NotFed::Status(status, after) => Self {
                why: "status",
                status: Some(status),
                after,
            },
            NotFed::Unreadable => because("unreadable"),
        }
    }
}

async fn look(mut outgoing: Outgoing, most: usize) -> Result<(Outgoing, Pending), ForwardError> {
    blocking(move || outgoing.pending(most).map(|pending| (outgoing, pending))).await
}

/// Does what waits for a disk beside the tasks that do not.
async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, ForwardError> + Send + 'static,
) -> Result<T, ForwardError> {
    match spawn_blocking(act).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(cancelled) => Err(ForwardError::Place(PathBuf::new(), io::Error::other(cancelled))),
        },
    }
}
