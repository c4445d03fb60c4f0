//! Compares the orders that are followed with those that Junction has, so that a webhook that never came is made up for.

use std::{collections::HashSet, sync::Arc, time::Duration};

use domain::junction::JunctionId;
use jiff::{SignedDuration, Timestamp};
use store::{
    known::Unavailable,
    orders::{Followed, FollowedTeam},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    reader::{NotRead, OfTeam, Reader},
    shared::Shared,
};
use crate::{
    app::background::supervisor::{Background, Ended, Phase},
    directory::{SharedDirectory, Tenant},
    telemetry::Task,
};

/// How often it is looked whether a team is due.
const PERIOD: Duration = Duration::from_mins(1);

/// How often a team's orders are compared, by all gateways together.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// The same after a failure.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_mins(5);

/// How far back a comparison goes beyond the last one: clocks differ, and what changed last may not be listed at once.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// How far back the first comparison of a team goes.
const AT_FIRST: SignedDuration = SignedDuration::from_hours(24);

/// How long a webhook may take before its absence is a gap.
const WEBHOOK_TAKES: SignedDuration = SignedDuration::from_mins(10);

/// The most pages of one team that are read.
const MAX_PAGES: u64 = 1000;

pub(in crate::app::background) struct Reconciler {
    pub(in crate::app::background) shared: Shared,
    pub(in crate::app::background) reader: Reader,
    pub(in crate::app::background) directory: SharedDirectory,
}

/// Why a comparison did not come to its end.
#[derive(Debug, thiserror::Error)]
enum NotCompared {
    #[error(transparent)]
    NotRead(#[from] NotRead),
    #[error(transparent)]
    Store(#[from] Unavailable),
}

/// A team that can be asked about.
struct Candidate {
    team: FollowedTeam,
    of: OfTeam,
    /// Whether Junction sends its events here, by the configuration.
    has_webhook: bool,
}

impl Background for Reconciler {
    const NAME: Task = Task::OrderReconciling;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        loop {
            let compared = finish.run_until_cancelled(self.compare_all()).await;
            match compared {
                None => return Ended::Stopped,
                Some(Ok(())) => {}
                Some(Err(why)) => tracing::warn!(%why, "the followed orders cannot be compared with Junction's"),
            }
            if finish.run_until_cancelled(sleep(PERIOD)).await.is_none() {
                return Ended::Stopped;
            }
        }
    }
}

impl Reconciler {
    async fn compare_all(&self) -> Result<(), Unavailable> {
        for candidate in self.candidates().await? {
            self.compare_if_due(&candidate).await?;
        }
        Ok(())
    }

    /// The teams with orders that are followed, and those whose events come here.
    async fn candidates(&self) -> Result<Vec<Candidate>, Unavailable> {
        let followed = self.shared.store.teams().await?;
        let directory = self.directory.load();
        let tenants: Vec<&Arc<Tenant>> = directory.hosts().map(|(_, tenant)| tenant).collect();
        let mut seen = HashSet::new();
        let mut candidates = Vec::new();
        for tenant in tenants {
            let Some(junction) = &tenant.junction else { continue };
            let environment: Arc<str> = junction.account.environment.as_str().into();
            let with_webhook: HashSet<JunctionId> = junction.webhooks.iter().map(|webhook| webhook.team).collect();
            let ours = followed
                .iter()
                .filter(|team| team.tenant == tenant.id && team.environment == environment)
                .filter_map(|team| JunctionId::of(team.team));
            for id in ours.chain(with_webhook.iter().copied()) {
                let team = FollowedTeam {
                    tenant: Arc::clone(&tenant.id),
                    team: id.uuid(),
                    environment: Arc::clone(&environment),
                };
                if seen.insert((id, Arc::clone(&environment))) {
                    let tenant = Arc::clone(tenant);
                    candidates.push(Candidate {
                        team,
                        of: OfTeam { tenant, team: id },
                        has_webhook: with_webhook.contains(&id),
                    });
                }
            }
        }
        Ok(candidates)
    }

    async fn compare_if_due(&self, candidate: &Candidate) -> Result<(), Unavailable> {
        let (store, now) = (&self.shared.store, (self.shared.clock)());
        let FollowedTeam { team, environment, .. } = &candidate.team;
        let name: Arc<str> = format!("reconcile/{environment}/{team}").into();
        // A holder of its own each time: the lease says that the hour has not passed, to everyone.
        let holder: Arc<str> = Uuid::new_v4().to_string().into();
        let held = store.lease(Arc::clone(&name), Arc::clone(&holder), later(now, EVERY), now);
        if !held.await? {
            return Ok(());
        }
        match self.compare(candidate, now).await {
            Ok(()) => Ok(()),
            Err(NotCompared::Store(why)) => Err(why),
            Err(NotCompared::NotRead(not_read)) => {
                tracing::warn!(tenant = &*candidate.team.tenant, %not_read, "a team's orders cannot be compared with Junction's");
                store
                    .lease(name, holder, later(now, AFTER_FAILURE), now)
                    .await
                    .map(drop)
            }
        }
    }

    async fn compare(&self, candidate: &Candidate, now: Timestamp) -> Result<(), NotCompared> {
        let store = &self.shared.store;
        let last = store.reconciled_until(candidate.team.clone()).await?;
        let since = last.map_or_else(|| earlier(now, AT_FIRST), |last| earlier(last, OVERLAP));
        let mut first_gap: Option<Timestamp> = None;
        for page in 1..=MAX_PAGES {
            let changed = self.reader.changed(candidate.of.clone(), since, page).await?;
            if changed.unreadable > 0 {
                tracing::warn!(
                    tenant = &*candidate.team.tenant,
                    unreadable = changed.unreadable,
                    "some of a team's orders cannot be read"
                );
            }
            for order in &changed.items {
                let FollowedTeam {
                    tenant,
                    team,
                    environment,
                } = candidate.team.clone();
                let order_id = order.id.uuid();
                let followed = Followed {
                    tenant,
                    team,
                    environment,
                    order: order_id,
                };
                let is_behind = store.refresh(followed, order.updated_at, now).await?;
                if is_behind && now.duration_since(order.updated_at) > WEBHOOK_TAKES {
                    self.shared.metrics.orders.gap();
                    first_gap = Some(first_gap.map_or(order.updated_at, |first| first.min(order.updated_at)));
                }
            }
            if changed.is_last {
                break;
            }
        }
        store.reconciled(candidate.team.clone(), now).await?;
        match first_gap.filter(|_| candidate.has_webhook) {
            Some(from) => self.fill(candidate, from, now).await,
            None => Ok(()),
        }
    }

    /// What was missed is read in any case. What Junction sends again shows whether its events arrive at all.
    async fn fill(&self, candidate: &Candidate, from: Timestamp, now: Timestamp) -> Result<(), NotCompared> {
        tracing::warn!(
            tenant = &*candidate.team.tenant,
            "orders changed without a webhook: they are read, and Junction is asked to send its events again"
        );
        let from = earlier(from, OVERLAP);
        Ok(self.reader.resend(candidate.of.clone(), from, now).await?)
    }
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
