//! Keeps the keys of all issuers fresh.

use std::{panic::resume_unwind, sync::Arc};

use tokio::{
    sync::Notify,
    task::{AbortHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{
    directory::{Directory, SharedDirectory},
    identity::KeySource,
    telemetry::Task,
};

pub(super) struct Keys {
    pub(super) directory: SharedDirectory,
    /// Wakes the task when another directory is in force.
    pub(super) replaced: Arc<Notify>,
}

/// The sources that are kept fresh.
#[derive(Default)]
struct Sources {
    running: JoinSet<()>,
    kept: Vec<(Arc<KeySource>, AbortHandle)>,
}

impl Background for Keys {
    const NAME: Task = Task::Keys;
    /// Launches in flight may wait for these keys.
    const ENDS_ON: Phase = Phase::Now;

    async fn run(&mut self, _goes_on_until_now: &CancellationToken) -> Ended {
        let mut sources = Sources::default();
        loop {
            sources.follow(&self.directory.load());
            tokio::select! {
                () = self.replaced.notified() => {}
                Some(ended) = sources.running.join_next() => match ended {
                    Ok(()) => return Ended::Stopped,
                    Err(error) => if let Ok(panic) = error.try_into_panic() {
                        resume_unwind(panic);
                    },
                },
            }
        }
    }
}

impl Sources {
    /// Keeps the sources of this directory fresh, and no others. A source that was carried over goes on undisturbed: what it
    /// is fetching is not fetched again.
    fn follow(&mut self, directory: &Directory) {
        let is_there = |kept: &Arc<KeySource>| directory.key_sources().any(|source| Arc::ptr_eq(source, kept));
        self.kept.retain(|(source, running)| {
            let stays = is_there(source);
            if !stays {
                running.abort();
            }
            stays
        });
        for source in directory.key_sources() {
            if !self.kept.iter().any(|(kept, _)| Arc::ptr_eq(kept, source)) {
                let keys = Arc::clone(source);
                let running = self.running.spawn(async move { keys.keep_fresh().await });
                self.kept.push((Arc::clone(source), running));
            }
        }
    }
}
