//! Where Junction's events about a team come in.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use domain::{junction::JunctionId, signing_secret::SigningSecret};
use tokio::time::{Duration, Instant};

/// How often Junction is asked for a secret that did not fit, at most: strangers' events fit none either.
const ASKED_AGAIN_AFTER: Duration = Duration::from_mins(1);

/// An endpoint of the gateway's for one team's events.
#[derive(Debug)]
pub struct Webhook {
    /// The end of its path.
    pub endpoint: Arc<str>,
    /// The team that its events must be about.
    pub team: JunctionId,
    /// What they are signed with.
    pub secrets: WebhookSecrets,
}

/// What events are signed with.
#[derive(Debug)]
pub enum WebhookSecrets {
    /// Those of the settings.
    Configured(Vec<SigningSecret>),
    /// Junction's, fetched when they are needed.
    AtJunction(Arc<FetchedSecrets>),
}

/// Secrets that are fetched from Junction with the management key.
#[derive(Debug)]
pub struct FetchedSecrets {
    /// The endpoint's id at Junction.
    pub webhook_id: String,
    /// The last one, and the one before it: for a day after a rotation, events have the signatures of both.
    known: ArcSwap<Vec<SigningSecret>>,
    asked: Mutex<Option<Instant>>,
}

impl FetchedSecrets {
    /// Of an endpoint whose secret was not fetched yet.
    #[must_use]
    pub fn of(webhook_id: String) -> Self {
        Self {
            webhook_id,
            known: ArcSwap::default(),
            asked: Mutex::default(),
        }
    }

    /// Those that are known, the newest first.
    #[must_use]
    pub fn known(&self) -> Arc<Vec<SigningSecret>> {
        self.known.load_full()
    }

    /// Whether Junction may be asked again, which then counts as done.
    #[must_use]
    pub fn may_ask(&self, now: Instant) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let may = asked.is_none_or(|asked| now.duration_since(asked) >= ASKED_AGAIN_AFTER);
        if may {
            *asked = Some(now);
        }
        may
    }

    /// Remembers what Junction said.
    pub fn learn(&self, secret: SigningSecret) {
        let known = self.known();
        if known.first() != Some(&secret) {
            let before = known.first().cloned();
            self.known
                .store(Arc::new([Some(secret), before].into_iter().flatten().collect()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn junction_is_asked_once_a_minute_and_the_secret_before_is_kept() {
        let secrets = FetchedSecrets::of("wh_1".to_owned());
        assert!(secrets.may_ask(Instant::now()));
        assert!(!secrets.may_ask(Instant::now()));
        tokio::time::advance(ASKED_AGAIN_AFTER).await;
        assert!(secrets.may_ask(Instant::now()));
        let secret = |byte: char| SigningSecret::parse(&format!("whsec_{}", byte.to_string().repeat(32))).unwrap();
        for byte in ['A', 'A', 'B', 'C'] {
            secrets.learn(secret(byte));
        }
        assert_eq!(*secrets.known(), [secret('C'), secret('B')]);
    }
}
