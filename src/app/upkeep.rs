//! What goes on beside the launches: keys are fetched, allowances are forgotten, changed files are read again.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
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

use super::assembly;
use crate::{
    config::{Config, Source},
    gateway::{Directory, SharedDirectory},
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
pub(super) struct Upkeep {
    pub(super) directory: SharedDirectory,
    pub(super) metrics: Arc<Metrics>,
    pub(super) strangers: Arc<RateLimits<IpAddr>>,
    pub(super) fetcher: Fetcher,
    /// The configuration in force, and the file it came from if that is to be watched.
    pub(super) config: Config,
    pub(super) file: Option<PathBuf>,
    /// The files of secrets and keys that the configuration names.
    pub(super) files: BTreeSet<PathBuf>,
}

impl Upkeep {
    /// Goes on until the returned set is dropped.
    pub(super) fn start(self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(sweep(Arc::clone(&self.directory), Arc::clone(&self.strangers)));
        let keys = keep_fresh(&self.directory.load());
        match self.file.clone() {
            Some(file) => {
                // Watched before anybody is told that we listen. What changed since the configuration was read is found
                // by reading once more.
                let watch = Watch::start(&file, &self.files).inspect(Watch::once_more);
                tasks.spawn(self.keep_current(file, watch, keys))
            }
            None => tasks.spawn(async move {
                keys.join_all().await;
            }),
        };
        tasks
    }

    /// Reads the configuration again whenever a file that it consists of changes: all of it takes effect, or nothing.
    async fn keep_current(mut self, file: PathBuf, mut watch: notify::Result<Watch>, mut keys: JoinSet<()>) {
        let mut read = None;
        while changed(&mut watch).await {
            self.look_everywhere(&file, &mut watch);
            // Other files of the same folders change too.
            let there = Some(fingerprint(&file, &self.files));
            if read == there {
                continue;
            }
            read = there;
            match self.reload(&file) {
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
            self.look_everywhere(&file, &mut watch);
        }
        keys.join_all().await;
    }

    /// Watches other folders if the files are elsewhere now, or their folders are there at last.
    fn look_everywhere(&self, file: &Path, watch: &mut notify::Result<Watch>) {
        if watch
            .as_ref()
            .is_ok_and(|watch| watch.folders != folders(file, &self.files))
        {
            *watch = Watch::start(file, &self.files).inspect(Watch::once_more);
        }
    }

    /// Puts the changed configuration in force.
    fn reload(&mut self, file: &Path) -> Result<(), String> {
        let source = Source::of_file(file).map_err(|errors| errors.to_string())?;
        let loaded = Config::load(&source);
        // Also of a bad configuration: what it lacks may be there soon.
        self.files = source.files();
        let config = loaded.map_err(|errors| errors.to_string())?;
        if !config.differs_only_where_it_may(&self.config) {
            return Err("[server], [log] or [empego] changed: that needs a restart".to_owned());
        }
        let directory = assembly::directory(&config, &self.fetcher, &self.directory.load());
        let directory = directory.map_err(|error| format!("{error:#}"))?;
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

async fn sweep(directory: SharedDirectory, strangers: Arc<RateLimits<IpAddr>>) {
    loop {
        sleep(SWEEP).await;
        strangers.sweep();
        for (host, _) in directory.load().hosts() {
            if let Some(clinicians) = &host.clinician_rates {
                clinicians.sweep();
            }
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
    fn start(file: &Path, files: &BTreeSet<PathBuf>) -> notify::Result<Self> {
        let (notes, changes) = unbounded_channel();
        let sender = notes.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| changes_something(event.kind)) {
                // Nobody listens any more when the process is about to stop.
                let _stopped = sender.send(());
            }
        })?;
        let folders = folders(file, files);
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

/// Tells whether any of these files is another than before, or gone, or there again. Not a digest of secrets: it never
/// leaves this task.
fn fingerprint(file: &Path, files: &BTreeSet<PathBuf>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in files.iter().map(PathBuf::as_path).chain([file]) {
        std::fs::read(path).ok().hash(&mut hasher);
    }
    hasher.finish()
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
fn folders(file: &Path, files: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let all = files.iter().map(PathBuf::as_path).chain([file]);
    let folders = all.map(|file| match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    });
    folders
        .filter(|folder| folder.is_dir())
        .map(Path::to_path_buf)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_configuration_consists_of_counts_as_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let [file, secret, noise] = ["gateway.toml", "api.key", "access.log"].map(|name| folder.path().join(name));
        let files = BTreeSet::from([secret.clone()]);
        let now = || fingerprint(&file, &files);
        let nothing = now();
        std::fs::write(&file, "a").unwrap();
        let written = now();
        assert_ne!(nothing, written);
        std::fs::write(&noise, "a line").unwrap();
        assert_eq!(written, now());
        std::fs::write(&secret, "b").unwrap();
        let with_secret = now();
        assert_ne!(written, with_secret);
        std::fs::remove_file(&secret).unwrap();
        assert_eq!(written, now());
    }
}
