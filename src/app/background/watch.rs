//! Watches the files that the configuration consists of.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use notify::{
    EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, unbounded_channel},
        watch::Receiver,
    },
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{config::Fingerprint, telemetry::Task};

/// How long changed files must stay unchanged before they are read: an operator who replaces several files gets the
/// time.
const SETTLE: Duration = Duration::from_millis(100);

/// How long the task waits for that in a folder where something changes all the time.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

pub(super) struct Watch {
    /// What the configuration was last read from.
    pub(super) read: Receiver<Fingerprint>,
    /// Wakes the task that reads the configuration again.
    pub(super) changed: Arc<Notify>,
}

/// Watches the folders of some files: a file that is replaced, as editors do, or reached through a link that is
/// replaced, as Kubernetes does, is another file under the same name.
struct Folders {
    paths: BTreeSet<PathBuf>,
    changes: UnboundedReceiver<()>,
    _watcher: RecommendedWatcher,
}

impl Background for Watch {
    const NAME: Task = Task::Watch;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        match finish.run_until_cancelled(self.watch()).await {
            Some(Err(error)) => {
                tracing::error!(%error, "configuration files cannot be watched: restart to apply changes");
                Ended::ForGood
            }
            Some(Ok(())) | None => Ended::Stopped,
        }
    }
}

impl Watch {
    /// Watches until there is no task left to wake, or no source of changes.
    async fn watch(&mut self) -> notify::Result<()> {
        let mut folders = Folders::of(&self.read.borrow())?;
        // Also after the start: files may have changed after they were read and before they were watched.
        let mut may_have_changed = true;
        loop {
            if may_have_changed {
                folders.settle().await;
            }
            // The files may be elsewhere now, or their folders may exist at last.
            let is_elsewhere = folders.paths != paths(&self.read.borrow_and_update());
            if is_elsewhere {
                folders = Folders::of(&self.read.borrow())?;
            }
            if may_have_changed {
                self.changed.notify_one();
            }
            may_have_changed = is_elsewhere
                || tokio::select! {
                    change = folders.changes.recv() => match change {
                        Some(()) => true,
                        None => return Ok(()),
                    },
                    other_files = self.read.changed() => match other_files {
                        Ok(()) => false,
                        Err(_nobody_reads_any_more) => return Ok(()),
                    },
                };
        }
    }
}

impl Folders {
    fn of(read: &Fingerprint) -> notify::Result<Self> {
        let (sender, changes) = unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| changes_something(event.kind)) {
                // The receiver is gone when the process is about to stop.
                let _stopped = sender.send(());
            }
        })?;
        let paths = paths(read);
        for path in &paths {
            watcher.watch(path, RecursiveMode::NonRecursive)?;
        }
        Ok(Self {
            paths,
            changes,
            _watcher: watcher,
        })
    }

    /// Waits until nothing changes any more, or for long enough.
    async fn settle(&mut self) {
        let settled = async { while let Ok(Some(())) = timeout(SETTLE, self.changes.recv()).await {} };
        let _either_way = timeout(LONG_ENOUGH, settled).await;
    }
}

/// Reading changes nothing: else reading the changed file would be the next change.
fn changes_something(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_) => true,
        EventKind::Access(_) | EventKind::Any | EventKind::Other => false,
    }
}

/// The folders of these files, as far as they exist.
fn paths(read: &Fingerprint) -> BTreeSet<PathBuf> {
    let folders = read.files().map(|file| match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    });
    folders
        .filter(|folder| folder.is_dir())
        .map(Path::to_path_buf)
        .collect()
}
