//! Reads the configuration again whenever a file that it consists of changes: all of it takes effect, or nothing.

use std::{path::PathBuf, sync::Arc};

use tokio::sync::{Notify, watch::Sender};
use tokio_util::sync::CancellationToken;

use super::{
    forward::{self, Destinations},
    orders::{HostEndpoints, host_endpoints},
    supervisor::{Background, Ended, Phase},
};
use crate::{
    app::{assembly, tls::Tls, trail},
    audit::Audit,
    config::{Config, Fingerprint, Source},
    directory::SharedDirectory,
    gateway::{KnownClinicians, Tickets},
    identity::Fetcher,
    resilience::SharedLimits,
    telemetry::{
        Task,
        metrics::{self, Metrics},
    },
};

pub(super) struct Reload {
    pub(super) file: PathBuf,
    /// What the configuration was last read from, for the task that watches these files.
    pub(super) read: Sender<Fingerprint>,
    /// Wakes the task when something in the folders of these files has changed.
    pub(super) changed: Arc<Notify>,
    /// Wakes the task that works from the directory in force when another directory replaces it.
    pub(super) replaced: Arc<Notify>,
    pub(super) directory: SharedDirectory,
    pub(super) metrics: Arc<Metrics>,
    pub(super) shared_limits: Option<Arc<SharedLimits>>,
    pub(super) fetcher: Fetcher,
    /// The configuration in force.
    pub(super) config: Config,
    /// The certificate in force, if connections are encrypted.
    pub(super) tls: Option<Tls>,
    /// The trail, whose keys may change with it.
    pub(super) audit: Option<Arc<Audit>>,
    /// What is remembered of clinicians, under the same keys.
    pub(super) known_clinicians: Option<Arc<KnownClinicians>>,
    /// What stands for embed URLs, sealed with keys that may change with it.
    pub(super) tickets: Arc<Tickets>,
    /// The repositories that get the trail, for the task that sends it.
    pub(super) forwarded: Sender<Destinations>,
    /// The hosts that hear of orders, for the task that tells them.
    pub(super) host_endpoints: Sender<HostEndpoints>,
}

impl Background for Reload {
    const NAME: Task = Task::Reload;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        while finish.run_until_cancelled(self.changed.notified()).await.is_some() {
            self.look();
        }
        Ended::Stopped
    }
}

impl Reload {
    fn look(&mut self) {
        let there = self.read.borrow().now();
        // Other files of the same folders change too.
        if *self.read.borrow() == there {
            return;
        }
        // Before the attempt: files that make it panic are not read again until they change.
        self.read.send_replace(there);
        match self.reload() {
            Ok(()) => {
                self.metrics.reloaded(metrics::Reload::Applied);
                tracing::info!("reloaded: the changed configuration is in force");
            }
            Err(mistakes) => {
                self.metrics.reloaded(metrics::Reload::Refused);
                for mistake in mistakes.lines() {
                    tracing::error!(mistake, "not reloaded: the previous configuration stays in force");
                }
            }
        }
    }

    /// Puts the changed configuration in force.
    fn reload(&mut self) -> Result<(), String> {
        let source = Source::of_file(&self.file).map_err(|errors| errors.to_string())?;
        let loaded = Config::load(&source);
        // Also of a bad configuration: what it lacks may be there soon.
        self.read.send_replace(source.fingerprint());
        let config = loaded.map_err(|errors| errors.to_string())?;
        if !config.differs_only_where_it_may(&self.config) {
            return Err(
                "[server], whether there is [tls], [log], [egress] with the files that it names, [store] or its URL, [launches], [empego] or the place of \
                 [audit] changed, or orders are used for the first time: restart to apply"
                    .to_owned(),
            );
        }
        let policy = self.audit.as_ref().map(|audit| {
            let policy = trail::policy(&config.audit, audit.chain());
            policy.map_err(|error| format!("{error:#}"))
        });
        let policy = policy.transpose()?;
        let destinations = forward::destinations(&config).map_err(|error| format!("{error:#}"))?;
        let host_endpoints = host_endpoints(&config).map_err(|error| format!("{error:#}"))?;
        let directory = assembly::directory(&config, &self.fetcher, &self.directory.load(), None);
        let directory = directory.map_err(|error| format!("{error:#}"))?;
        for (_, tenant) in directory.hosts() {
            self.metrics.expect(&tenant.id);
        }
        if let (Some(audit), Some(policy)) = (&self.audit, policy) {
            audit.follow(policy);
        }
        if let (Some(known), Some(keyring)) = (&self.known_clinicians, &config.audit.keyring) {
            known.replace_keyring(keyring.clone());
        }
        if let (Some(tls), Some(replaced)) = (&self.tls, &config.tls) {
            tls.replace(replaced);
        }
        self.tickets.replace_keys(config.ticket_keys.clone());
        self.forwarded.send_replace(destinations);
        self.host_endpoints.send_replace(host_endpoints);
        self.directory.store(Arc::new(directory));
        self.replaced.notify_one();
        if let (Some(shared), Some(keyring)) = (&self.shared_limits, &config.audit.keyring) {
            shared.replace_keyring(keyring.clone());
        }
        self.metrics.configured(config.digest);
        self.config = config;
        Ok(())
    }
}
