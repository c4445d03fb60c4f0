//! What goes on beside the launches: keys are fetched, allowances are forgotten, changed files are read again.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use notify::{
    EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    app::assembly,
    config::{Config, Fingerprint, Source},
    directory::{Directory, SharedDirectory},
    identity::{Fetcher, KeySource},
    resilience::RateLimits,
    telemetry::metrics::{Metrics, Reload},
};

/// How often allowances that are full again are forgotten.
const SWEEP: Duration = Duration::from_mins(1);

/// How long nothing may change before changed files are read: whoever replaces several files is given the time.
const SETTLE: Duration = Duration::from_millis(100);

/// How long is waited for that in a folder where something changes all the time.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// Everything that upkeep is about.
pub(in crate::app) struct Upkeep {
    pub(in crate::app) directory: SharedDirectory,
    pub(in crate::app) metrics: Arc<Metrics>,
    pub(in crate::app) failed_auth: Arc<RateLimits<IpAddr>>,
    pub(in crate::app) fetcher: Fetcher,
    /// The configuration in force.
    pub(in crate::app) config: Config,
    /// The file it came from, if that is to be watched, and everything it was read from.
    pub(in crate::app) watched: Option<(PathBuf, Fingerprint)>,
}

impl Upkeep {
    /// Goes on until the returned set is dropped.
    pub(in crate::app) fn start(mut self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(sweep(Arc::clone(&self.directory), Arc::clone(&self.failed_auth)));
        let keys = keep_fresh(&self.directory.load());
        match self.watched.take() {
            Some((file, read)) => {
                // Watched before anybody is told that we listen. What changed since the configuration was read is found
                // by looking once more.
                let watch = Watch::start(&read).inspect(Watch::once_more);
                tasks.spawn(self.keep_current(file, read, watch, keys))
            }
            None => tasks.spawn(async move {
                keys.join_all().await;
            }),
        };
        tasks
    }

    /// Reads the configuration again whenever a file that it consists of changes: all of it takes effect, or nothing.
    async fn keep_current(
        mut self,
        file: PathBuf,
        mut read: Fingerprint,
        mut watch: notify::Result<Watch>,
        mut keys: JoinSet<()>,
    ) {
        while changed(&mut watch).await {
            look_everywhere(&read, &mut watch);
            // Other files of the same folders change too.
            let there = read.now();
            if read == there {
                continue;
            }
            read = there;
            match self.reload(&file, &mut read) {
                Ok(()) => {
                    keys = keep_fresh(&self.directory.load());
                    self.metrics.reloaded(Reload::Applied);
                    tracing::info!("reloaded: the changed configuration is in force");
                }
                Err(mistakes) => {
                    self.metrics.reloaded(Reload::Refused);
                    for mistake in mistakes.lines() {
                        tracing::error!(mistake, "not reloaded: the old configuration stays in force");
                    }
                }
            }
            look_everywhere(&read, &mut watch);
        }
        keys.join_all().await;
    }

    /// Puts the changed configuration in force.
    fn reload(&mut self, file: &Path, read: &mut Fingerprint) -> Result<(), String> {
        let source = Source::of_file(file).map_err(|errors| errors.to_string())?;
        let loaded = Config::load(&source);
        // Also of a bad configuration: what it lacks may be there soon.
        *read = source.fingerprint();
        let config = loaded.map_err(|errors| errors.to_string())?;
        if !config.differs_only_where_it_may(&self.config) {
            return Err("[server], [log] or [empego] changed: that needs a restart".to_owned());
        }
        let directory = assembly::directory(&config, &self.fetcher, &self.directory.load(), None);
        let directory = directory.map_err(|error| format!("{error:#}"))?;
        for (_, tenant) in directory.hosts() {
            self.metrics.expect(&tenant.id);
        }
        self.directory.store(Arc::new(directory));
        self.config = config;
        Ok(())
    }
}

/// Fetches every issuer's keys now and then, until the set is dropped. Keys that were carried over are not fetched again
/// before their time.
fn keep_fresh(directory: &Directory) -> JoinSet<()> {
    let fetch = |keys: Arc<KeySource>| async move { keys.keep_fresh().await };
    directory.key_sources().map(Arc::clone).map(fetch).collect()
}

/// Watches other folders if the files are elsewhere now, or their folders are there at last.
fn look_everywhere(read: &Fingerprint, watch: &mut notify::Result<Watch>) {
    if watch.as_ref().is_ok_and(|watch| watch.folders != folders(read)) {
        *watch = Watch::start(read).inspect(Watch::once_more);
    }
}

async fn sweep(directory: SharedDirectory, failed_auth: Arc<RateLimits<IpAddr>>) {
    loop {
        sleep(SWEEP).await;
        failed_auth.sweep();
        for (host, _) in directory.load().hosts() {
            if let Some(clinicians) = &host.clinician_rates {
                clinicians.sweep();
            }
            host.continuations.sweep();
        }
    }
}

async fn changed(watch: &mut notify::Result<Watch>) -> bool {
    match watch {
        Ok(watch) => watch.changed().await,
        Err(error) => {
            tracing::error!(%error, "files cannot be watched: changes need a restart");
            false
        }
    }
}

/// Watches the folders of some files: a file that is replaced, as editors do, or reached through a link that is
/// replaced, as Kubernetes does, is another file under the same name.
struct Watch {
    folders: BTreeSet<PathBuf>,
    changes: UnboundedReceiver<()>,
    notes: UnboundedSender<()>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    fn start(read: &Fingerprint) -> notify::Result<Self> {
        let (notes, changes) = unbounded_channel();
        let sender = notes.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| changes_something(event.kind)) {
                // Nobody listens any more when the process is about to stop.
                let _stopped = sender.send(());
            }
        })?;
        let folders = folders(read);
        for folder in &folders {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self {
            folders,
            changes,
            notes,
            _watcher: watcher,
        })
    }

    /// Has one change noted: for what may have changed before there was anybody to watch it.
    fn once_more(&self) {
        // This watch holds the other end.
        let _received = self.notes.send(());
    }

    /// Waits for a change, and until nothing changes any more, or for long enough. False if there will be none.
    async fn changed(&mut self) -> bool {
        if self.changes.recv().await.is_none() {
            return false;
        }
        let settled = async { while let Ok(Some(())) = timeout(SETTLE, self.changes.recv()).await {} };
        let _either_way = timeout(LONG_ENOUGH, settled).await;
        true
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

/// The folders of these files, as far as they are there.
fn folders(read: &Fingerprint) -> BTreeSet<PathBuf> {
    let folders = read.files().map(|file| match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    });
    folders
        .filter(|folder| folder.is_dir())
        .map(Path::to_path_buf)
        .collect()
}
