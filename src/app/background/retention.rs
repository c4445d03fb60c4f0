//! Removes segments of the audit trail whose time is over.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use domain::audit::Event;
use jiff::{SignedDuration, Timestamp};
use store::trail::{
    file::SegmentName,
    prune::{Expired, expired},
};
use tokio::{task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{
    audit::{Audit, furthest_behind},
    telemetry::Task,
};

/// How often it is looked.
const PERIOD: Duration = Duration::from_hours(1);

pub(super) struct Retention {
    pub(super) folder: PathBuf,
    pub(super) audit: Arc<Audit>,
}

impl Background for Retention {
    const NAME: Task = Task::Retention;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        loop {
            if let Err(error) = self.prune().await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the audit trail keeps segments whose time is over"
                );
            }
            if finish.run_until_cancelled(sleep(PERIOD)).await.is_none() {
                return Ended::Stopped;
            }
        }
    }
}

impl Retention {
    async fn prune(&self) -> anyhow::Result<()> {
        let Some(keep) = self.audit.policy().keep else {
            return Ok(());
        };
        let now = Timestamp::now();
        let folder = self.folder.clone();
        let (expired, behind) = spawn_blocking(move || look(&folder, now, keep)).await??;
        for pruned in &expired.segments {
            let name: Option<SegmentName> = pruned.segment.parse().ok();
            if let (Some((cursor, needed)), Some(name)) = (&behind, name)
                && name.number >= *needed
            {
                anyhow::bail!("{} is not forwarded yet, says {}", pruned.segment, cursor.display());
            }
            // First the record, then the segment: what is gone without one would be a break.
            self.audit
                .note(Event::Pruned(pruned.clone()))
                .await
                .context("no record of it could be kept")?;
            expired.remove(pruned)?;
            tracing::info!(
                segment = pruned.segment,
                records = pruned.count,
                "removed from the audit trail, its time being over"
            );
        }
        Ok(())
    }
}

type Behind = Option<(PathBuf, u64)>;

fn look(folder: &Path, now: Timestamp, keep: SignedDuration) -> anyhow::Result<(Expired, Behind)> {
    let expired = expired(folder, now.saturating_sub(keep)?, now)?;
    Ok((expired, furthest_behind(folder)?))
}
