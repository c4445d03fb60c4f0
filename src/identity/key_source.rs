//! Keeps an issuer's key set: fetched when it is needed, refreshed in the background, kept for a while when the issuer
//! is out.

use std::{
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use domain::issuer::KeyLocation;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use tokio::{sync::Mutex, time::sleep};
use url::Url;

use super::{
    fetcher::{Fetcher, NoDocument},
    key_set::KeySet,
};

/// Tokens whose key is unknown may cause two fetches at once, and then one every ten seconds: a rotation is found at
/// once, a flood of forged key ids finds a closed door, and so does an issuer that is out.
const UNKNOWN_KEY_BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
const RETRY_PERIOD: Duration = Duration::from_secs(10);

/// One issuer's keys.
pub struct KeySource {
    location: KeyLocation,
    fetcher: Fetcher,
    refresh: Duration,
    keep_stale: Duration,
    current: ArcSwapOption<Loaded>,
    /// Held while fetching: whoever comes meanwhile waits for the same fetch.
    fetching: Mutex<()>,
    on_unknown_key: DefaultDirectRateLimiter,
}

struct Loaded {
    keys: Arc<KeySet>,
    at: Instant,
}

/// Why keys could not be had. Carries no address: those are in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoKeys {
    Unreachable,
    NotFound,
    TooLarge,
    Compressed,
    NotADocument,
    OtherIssuer,
    UnsafeAddress,
}

impl From<NoDocument> for NoKeys {
    fn from(no_document: NoDocument) -> Self {
        match no_document {
            NoDocument::Unreachable => Self::Unreachable,
            NoDocument::NotFound => Self::NotFound,
            NoDocument::TooLarge => Self::TooLarge,
            NoDocument::Compressed => Self::Compressed,
            NoDocument::UnsafeAddress => Self::UnsafeAddress,
        }
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl KeySource {
    /// A source that has fetched nothing yet. Keys are fetched anew every `refresh`, and kept for `keep_stale` longer
    /// if that fails.
    #[must_use]
    pub fn new(location: KeyLocation, refresh: Duration, keep_stale: Duration, fetcher: Fetcher) -> Self {
        let quota = Quota::with_period(RETRY_PERIOD)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(UNKNOWN_KEY_BURST);
        Self {
            location,
            fetcher,
            refresh,
            keep_stale,
            current: ArcSwapOption::empty(),
            fetching: Mutex::new(()),
            on_unknown_key: RateLimiter::direct(quota),
        }
    }

    /// Keys among which one of this id is, as far as that can be had: for an unknown id they are fetched anew, within
    /// limits.
    pub(super) async fn keys(&self, id: Option<&str>) -> Option<Arc<KeySet>> {
        let known = |keys: &Arc<KeySet>| keys.has(id);
        if let Some(keys) = self.valid().filter(known) {
            return Some(keys);
        }
        // Whoever had to wait for another's fetch looks at what it brought before asking for one more.
        let _one_at_a_time = self.fetching.lock().await;
        if let Some(keys) = self.valid().filter(known) {
            return Some(keys);
        }
        if self.on_unknown_key.check().is_ok() {
            self.fetch().await;
        }
        self.valid()
    }

    /// Fetches the keys whenever they are due, for as long as it is polled: more often while fetching fails.
    pub async fn keep_fresh(&self) {
        loop {
            sleep(self.due_in()).await;
            {
                let _one_at_a_time = self.fetching.lock().await;
                // A launch may have fetched them meanwhile.
                if self.due_in().is_zero() {
                    self.fetch().await;
                }
            }
            if self.due_in().is_zero() {
                sleep(self.refresh.min(RETRY_PERIOD)).await;
            }
        }
    }

    /// How long until the next fetch is due: nothing if it is due now.
    fn due_in(&self) -> Duration {
        let loaded = self.current.load();
        let age = loaded.as_ref().map_or(Duration::MAX, |loaded| loaded.at.elapsed());
        self.refresh.saturating_sub(age)
    }

    /// How long ago the issuer last confirmed its keys; nothing if it never did.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.current.load().as_ref().map(|loaded| loaded.at.elapsed())
    }

    /// Whether it has keys that are not too old, so that tokens can be verified.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.valid().is_some()
    }

    /// Whether another source fetches the same keys in the same way, so that this one can go on in its place.
    #[must_use]
    pub fn is_configured_like(&self, other: &Self) -> bool {
        self.location == other.location && self.refresh == other.refresh && self.keep_stale == other.keep_stale
    }

    /// The keys, unless they are too old.
    fn valid(&self) -> Option<Arc<KeySet>> {
        let loaded = self.current.load();
        let loaded = loaded.as_ref()?;
        (loaded.at.elapsed() < self.refresh + self.keep_stale).then(|| Arc::clone(&loaded.keys))
    }

    async fn fetch(&self) {
        match self.load().await {
            Ok(keys) => self.current.store(Some(Arc::new(Loaded {
                keys: Arc::new(keys),
                at: Instant::now(),
            }))),
            Err(why) => tracing::warn!(
                ?why,
                keys = %self.location,
                "an issuer's keys could not be fetched; the last good ones are kept"
            ),
        }
    }

    async fn load(&self) -> Result<KeySet, NoKeys> {
        let json = match &self.location {
            KeyLocation::File(path) => std::fs::read(path).map_err(|_path_is_configured| NoKeys::NotFound)?,
            KeyLocation::Address(url) => self.fetcher.get(url.clone()).await?,
            KeyLocation::Discovery { issuer, document } => {
                let discovery = self.fetcher.get(document.clone()).await?;
                let discovery: Discovery =
                    serde_json::from_slice(&discovery).map_err(|_text_is_the_issuers| NoKeys::NotADocument)?;
                if discovery.issuer != *issuer {
                    return Err(NoKeys::OtherIssuer);
                }
                let url = Url::parse(&discovery.jwks_uri).map_err(|_text_is_the_issuers| NoKeys::NotADocument)?;
                // An issuer on https may not send us elsewhere in the clear.
                if url.scheme() != "https" && url.scheme() != document.scheme() {
                    return Err(NoKeys::UnsafeAddress);
                }
                self.fetcher.get(url).await?
            }
        };
        KeySet::parse(&json).ok_or(NoKeys::NotADocument)
    }
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeySource({:?})", self.location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key set of one public key, whose private half nobody has.
    const KEYS: &str =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn source(refresh: Duration, keep_stale: Duration) -> (tempfile::TempDir, KeySource) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jwks.json");
        std::fs::write(&file, KEYS).unwrap();
        let location = KeyLocation::File(file);
        (
            folder,
            KeySource::new(
                location,
                refresh,
                keep_stale,
                Fetcher::new(crate::tls::trusting_this_machine().unwrap()).unwrap(),
            ),
        )
    }

    #[tokio::test]
    async fn keys_outlive_their_issuer_for_as_long_as_they_may_and_no_longer() {
        let hour = Duration::from_hours(1);
        for (refresh, keep_stale, outlive) in [
            (hour, hour, true),
            (Duration::ZERO, hour, true),
            (Duration::ZERO, Duration::ZERO, false),
        ] {
            let (folder, keys) = source(refresh, keep_stale);
            keys.fetch().await;
            drop(folder);
            keys.fetch().await;
            assert_eq!(
                keys.keys(Some("k1")).await.is_some(),
                outlive,
                "{refresh:?} {keep_stale:?}"
            );
        }
    }

    #[tokio::test]
    async fn keys_are_due_when_there_are_none_and_when_they_are_as_old_as_they_may_be() {
        let (_folder, keys) = source(Duration::from_hours(1), Duration::ZERO);
        assert!(keys.due_in().is_zero());
        keys.fetch().await;
        assert!(!keys.due_in().is_zero());
        let (_folder, keys) = source(Duration::ZERO, Duration::from_hours(1));
        keys.fetch().await;
        assert!(keys.due_in().is_zero());
    }

    #[tokio::test]
    async fn keys_are_fetched_anew_in_the_background() {
        let (folder, keys) = source(Duration::ZERO, Duration::from_hours(1));
        let has = async |id: &str| {
            while !keys.valid().is_some_and(|keys| keys.has(Some(id))) {
                tokio::task::yield_now().await;
            }
        };
        let rotated = async {
            has("k1").await;
            std::fs::write(folder.path().join("jwks.json"), KEYS.replace("k1", "k2")).unwrap();
            has("k2").await;
        };
        tokio::select! {
            () = keys.keep_fresh() => {}
            outcome = tokio::time::timeout(Duration::from_mins(1), rotated) => assert!(outcome.is_ok()),
        }
    }
}
