//! What the machine's service manager hands over and hears, if it is systemd. Without one, all of it does nothing.

use std::{
    net::TcpListener,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use actix_web::rt;
use anyhow::{Context as _, bail};
use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::time::interval;

use crate::config::Config;

/// Sockets that systemd bound: it holds them while no process runs, so that a restart refuses no connection.
pub(super) struct Sockets {
    pub(super) public: Option<TcpListener>,
    pub(super) admin: Option<TcpListener>,
}

impl Sockets {
    /// Takes them: the one for launches first, then the operator's.
    ///
    /// # Errors
    /// If there are other ones than these two, or one that the configuration does not allow.
    pub(super) fn take(config: &Config) -> anyhow::Result<Self> {
        let mut handed = ListenFd::from_env();
        let mut take = |at, key| {
            let socket = handed.take_tcp_listener(at);
            let socket = socket.with_context(|| format!("systemd's socket for {key} is none of TCP"))?;
            if let Some(socket) = &socket {
                let address = socket.local_addr()?;
                let is_allowed = address.ip().to_canonical().is_loopback() || config.may_be_reachable();
                if !is_allowed {
                    bail!(
                        "systemd's socket for {key} is {address}, which other machines may reach, and connections are not encrypted: \
                         set [tls], or server.behind_proxy = true if only a proxy that does TLS can reach it"
                    );
                }
            }
            Ok(socket)
        };
        let sockets = Self {
            public: take(0, "server.listen")?,
            admin: take(1, "server.admin_listen")?,
        };
        match handed.len() {
            0 | 2 => Ok(sockets),
            others => bail!(
                "systemd handed over {others} sockets: the first must be for server.listen, the second for server.admin_listen"
            ),
        }
    }
}

/// Says that launches are taken.
pub(super) fn says_ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("accepting launches")]);
}

/// Says that the process is about to end.
pub(super) fn says_stopping() {
    tell(&[
        NotifyState::Stopping,
        NotifyState::Status("finishing the launches in flight"),
    ]);
}

/// Says that all workers live.
pub(super) fn says_alive() {
    tell(&[NotifyState::Watchdog]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}

/// Signs of life of all workers, for a service manager that restarts a process without them.
#[derive(Debug, Clone, Default)]
pub(super) struct Heartbeats {
    beats: Arc<Mutex<Vec<Weak<AtomicU64>>>>,
    /// How often the service manager wants to hear that all is well; none if it does not ask.
    every: Option<Duration>,
}

impl Heartbeats {
    /// As the service manager asks for them.
    pub(super) fn asked_for() -> Self {
        Self {
            // One that is lost must not be taken for the end.
            every: sd_notify::watchdog_enabled().map(|most| most / 3),
            ..Self::default()
        }
    }

    /// Lets the worker that calls it give signs of life.
    pub(super) fn begin(&self) {
        let Some(every) = self.every else { return };
        let beat = self.joined();
        rt::spawn(async move {
            let mut ticks = interval(every / 3);
            loop {
                ticks.tick().await;
                beat.fetch_add(1, Relaxed);
            }
        });
    }

    fn joined(&self) -> Arc<AtomicU64> {
        let beat = Arc::default();
        let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        beats.push(Arc::downgrade(&beat));
        beat
    }

    /// How often the service manager wants to hear that all is well, if it asks.
    pub(super) const fn every(&self) -> Option<Duration> {
        self.every
    }

    /// Whether every worker gave one since the last call.
    pub(super) fn have_all_beaten(&self) -> bool {
        let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        // A worker that died is replaced by another one.
        beats.retain(|beat| beat.strong_count() > 0);
        let each = beats.iter().filter_map(Weak::upgrade);
        let silent = each.filter(|beat| beat.swap(0, Relaxed) == 0).count();
        silent == 0 && !beats.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_well_only_while_every_worker_gives_signs_of_life() {
        let heartbeats = Heartbeats::default();
        assert!(!heartbeats.have_all_beaten(), "no worker has started");
        let (one, other) = (heartbeats.joined(), heartbeats.joined());
        one.fetch_add(1, Relaxed);
        assert!(!heartbeats.have_all_beaten(), "one of two is silent");
        for beat in [&one, &other] {
            beat.fetch_add(1, Relaxed);
        }
        assert!(heartbeats.have_all_beaten());
        assert!(!heartbeats.have_all_beaten(), "signs of before do not count");
        drop(other);
        one.fetch_add(1, Relaxed);
        assert!(heartbeats.have_all_beaten(), "a worker that is gone is not waited for");
    }
}
