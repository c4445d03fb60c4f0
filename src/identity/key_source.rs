//! Keeps an issuer's key set: fetched when it is needed, refreshed in the background, kept for a while when the issuer
//! is out.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use domain::{address::is_loopback, issuer::KeyLocation};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout, timeout_at},
};
use url::Url;

use super::{
    fetcher::{FETCH_TIMEOUT, Fetcher, NoDocument},
    key_set::KeySet,
    no_keys::{KeyDocument, NoKeys, WhyNoKeys},
    unused::Unused,
};
use crate::upstream::wire::NoAnswer;

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
    /// Why the last fetch brought nothing, if so.
    failure: ArcSwapOption<NoKeys>,
    /// Which document is being fetched, for callers that have no more time to wait for it.
    fetched_last: ArcSwap<KeyDocument>,
    /// Held while fetching: callers that come meanwhile wait for the same fetch.
    fetching: Arc<Mutex<()>>,
    /// How many fetches have ended, well or not.
    ended: AtomicU64,
    on_unknown_key: DefaultDirectRateLimiter,
}

struct Loaded {
    keys: Arc<KeySet>,
    at: Instant,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    /// The issuer of access tokens where it is another: AD FS has one (section 2.2.3.2 of its extensions, MS-OIDCE).
    access_token_issuer: Option<String>,
    jwks_uri: String,
}

impl Discovery {
    fn is_of(&self, issuer: &str) -> bool {
        self.issuer == issuer || self.access_token_issuer.as_deref() == Some(issuer)
    }
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
            failure: ArcSwapOption::empty(),
            fetched_last: ArcSwap::from_pointee(KeyDocument::KeySet),
            fetching: Arc::default(),
            ended: AtomicU64::new(0),
            on_unknown_key: RateLimiter::direct(quota),
        }
    }

    /// Keys among which one of this id is, as far as that can be had by then: for an unknown id they are fetched anew, within
    /// limits.
    pub(super) async fn keys(self: &Arc<Self>, id: Option<&str>, until: Option<Instant>) -> Option<Arc<KeySet>> {
        let known = |keys: &Arc<KeySet>| keys.has(id);
        if let Some(keys) = self.valid().filter(known) {
            return Some(keys);
        }
        self.fetched(until).await;
        self.valid()
    }

    /// Keys that were fetched after these, for a token whose signature none of them made: fetched anew, within the limits for
    /// unknown ids.
    pub(super) async fn newer_than(
        self: &Arc<Self>,
        seen: &Arc<KeySet>,
        until: Option<Instant>,
    ) -> Option<Arc<KeySet>> {
        let newer = || self.valid().filter(|keys| !Arc::ptr_eq(keys, seen));
        if let Some(keys) = newer() {
            return Some(keys);
        }
        self.fetched(until).await;
        newer()
    }

    /// Waits for one fetch, until then at most: the one in flight, or else a new one, within limits.
    async fn fetched(self: &Arc<Self>, until: Option<Instant>) {
        match until {
            Some(until) => drop(timeout_at(until, self.fetch_once()).await),
            None => self.fetch_once().await,
        }
    }

    async fn fetch_once(self: &Arc<Self>) {
        let ended = self.ended.load(Ordering::Acquire);
        let one_at_a_time = Arc::clone(&self.fetching).lock_owned().await;
        // A caller that had to wait for another's fetch takes its result.
        if self.ended.load(Ordering::Acquire) != ended || self.on_unknown_key.check().is_err() {
            return;
        }
        let source = Arc::clone(self);
        // A task of its own: the caller that began it may have less time than those that wait for it.
        let fetch = tokio::spawn(async move {
            source.fetch().await;
            drop(one_at_a_time);
        });
        let _the_hook_has_told_of_a_panic = fetch.await;
    }

    /// Fetches the keys whenever they are due, for as long as it is polled: more often while fetching fails.
    pub async fn keep_fresh(&self) {
        loop {
            sleep(self.due_in()).await;
            {
                let ended = self.ended.load(Ordering::Acquire);
                let _one_at_a_time = self.fetching.lock().await;
                // A launch may have fetched them meanwhile, or tried to.
                if self.due_in().is_zero() && self.ended.load(Ordering::Acquire) == ended {
                    self.fetch().await;
                }
            }
            if self.due_in().is_zero() {
                sleep(self.refresh.min(RETRY_PERIOD)).await;
            }
        }
    }

    /// Fetches the keys once, now.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn fetch_now(&self) -> Result<(), Arc<NoKeys>> {
        let _one_at_a_time = self.fetching.lock().await;
        self.fetch().await;
        self.failure().map_or(Ok(()), Err)
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

    /// Why the last fetch brought no keys, if it brought none.
    #[must_use]
    pub fn failure(&self) -> Option<Arc<NoKeys>> {
        self.failure.load_full()
    }

    /// Which of the keys that are there are not used, if any.
    #[must_use]
    pub fn unused(&self) -> Option<Unused> {
        let loaded = self.current.load();
        let unused = loaded.as_ref()?.keys.unused();
        (!unused.is_none()).then(|| unused.clone())
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
        let loaded = timeout(FETCH_TIMEOUT, self.load()).await;
        let too_slow = NoDocument::NoAnswer(NoAnswer::Timeout);
        match loaded.unwrap_or_else(|_elapsed| Err(self.fetched_last.load().is_at_fault(too_slow))) {
            Ok(keys) => {
                let before = self.unused();
                self.current.store(Some(Arc::new(Loaded {
                    keys: Arc::new(keys),
                    at: Instant::now(),
                })));
                self.failure.store(None);
                // Once, and not at every fetch.
                if let Some(unused) = self.unused().filter(|unused| before.as_ref() != Some(unused)) {
                    tracing::info!(keys = %self.location, %unused, "some keys of an issuer cannot be used");
                }
            }
            Err(no_keys) => {
                tracing::warn!(
                    why = no_keys.word(),
                    document = no_keys.document.as_str(),
                    status = no_keys.status(),
                    unused = no_keys.unused().map(tracing::field::display),
                    keys = %self.location,
                    "the keys of an issuer could not be fetched; the last good keys are kept"
                );
                self.failure.store(Some(Arc::new(no_keys)));
            }
        }
        self.ended.fetch_add(1, Ordering::Release);
    }

    async fn load(&self) -> Result<KeySet, NoKeys> {
        let (document, json) = match &self.location {
            KeyLocation::File(path) => (KeyDocument::File, Fetcher::of_file(path)),
            KeyLocation::Address(url) => (KeyDocument::KeySet, self.get(KeyDocument::KeySet, url.clone()).await),
            KeyLocation::Discovery { issuer, document } => {
                let no_discovery = |why: WhyNoKeys| KeyDocument::Discovery.is_at_fault(why);
                let discovery = self.get(KeyDocument::Discovery, document.clone()).await;
                let discovery = discovery.map_err(|why| no_discovery(why.into()))?;
                let discovery: Discovery = serde_json::from_slice(&discovery)
                    .map_err(|_text_is_the_issuers| no_discovery(WhyNoKeys::NotADocument))?;
                if !discovery.is_of(issuer) {
                    return Err(no_discovery(WhyNoKeys::OtherIssuer));
                }
                let keys = keys_of(document, &discovery.jwks_uri)?;
                (KeyDocument::KeySet, self.get(KeyDocument::KeySet, keys).await)
            }
        };
        let json = json.map_err(|why| document.is_at_fault(why))?;
        KeySet::parse(&json).map_err(|why| document.is_at_fault(why))
    }

    async fn get(&self, document: KeyDocument, url: Url) -> Result<Vec<u8>, NoDocument> {
        self.fetched_last.store(Arc::new(document));
        self.fetcher.get(url).await
    }
}

/// Where the keys are that a discovery document names. An issuer on https may not point to an unencrypted address, and
/// one on this machine may not point, unencrypted, to another machine.
fn keys_of(document: &Url, jwks_uri: &str) -> Result<Url, NoKeys> {
    let url = Url::parse(jwks_uri)
        .map_err(|_text_is_the_issuers| KeyDocument::Discovery.is_at_fault(WhyNoKeys::NotADocument))?;
    let is_safe = match (document.scheme(), url.scheme()) {
        (_, "https") => true,
        ("http", "http") => is_loopback(&url),
        (_, _) => false,
    };
    let unsafe_address = NoDocument::NoAnswer(NoAnswer::Unsendable);
    is_safe
        .then_some(url)
        .ok_or_else(|| KeyDocument::KeySet.is_at_fault(unsafe_address))
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeySource({:?})", self.location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key set of one public key, whose private half no test needs.
    const KEYS: &str =
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn source(refresh: Duration, keep_stale: Duration) -> (tempfile::TempDir, Arc<KeySource>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jwks.json");
        std::fs::write(&file, KEYS).unwrap();
        let location = KeyLocation::File(file);
        (
            folder,
            Arc::new(KeySource::new(
                location,
                refresh,
                keep_stale,
                Fetcher::new(crate::tls::trusting_this_machine().unwrap()).unwrap(),
            )),
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
                keys.keys(Some("k1"), None).await.is_some(),
                outlive,
                "{refresh:?} {keep_stale:?}"
            );
        }
    }

    #[tokio::test]
    async fn keys_are_due_when_missing_or_at_their_maximum_age() {
        let (_folder, keys) = source(Duration::from_hours(1), Duration::ZERO);
        assert!(keys.due_in().is_zero());
        keys.fetch().await;
        assert!(!keys.due_in().is_zero());
        let (_folder, keys) = source(Duration::ZERO, Duration::from_hours(1));
        keys.fetch().await;
        assert!(keys.due_in().is_zero());
    }

    #[test]
    fn unencrypted_keys_are_fetched_only_from_and_for_this_machine() {
        let rows = [
            ("https://idp.example/d", "https://idp.example/keys", true, "https"),
            (
                "https://idp.example/d",
                "https://keys.example/keys",
                true,
                "https elsewhere",
            ),
            (
                "https://idp.example/d",
                "http://idp.example/keys",
                false,
                "in the clear",
            ),
            (
                "https://idp.example/d",
                "http://127.0.0.1/keys",
                false,
                "in the clear, to this machine",
            ),
            (
                "http://127.0.0.1:1/d",
                "http://127.0.0.1:2/keys",
                true,
                "both on this machine",
            ),
            (
                "http://localhost/d",
                "http://[::1]/keys",
                true,
                "both on this machine, by other names",
            ),
            (
                "http://127.0.0.1/d",
                "https://idp.example/keys",
                true,
                "from this machine to https",
            ),
            (
                "http://127.0.0.1/d",
                "http://idp.example/keys",
                false,
                "from this machine, in the clear",
            ),
            (
                "http://127.0.0.1/d",
                "http://198.51.100.1/keys",
                false,
                "the same, by its address",
            ),
            (
                "http://127.0.0.1/d",
                "http://127.0.0.1.example/keys",
                false,
                "a name that begins alike",
            ),
            (
                "http://127.0.0.1/d",
                "file:///etc/keys",
                false,
                "no address of a server",
            ),
        ];
        for (document, keys, is_safe, reason) in rows {
            let document = Url::parse(document).unwrap();
            assert_eq!(keys_of(&document, keys).is_ok(), is_safe, "{reason}");
        }
    }

    #[tokio::test]
    async fn keys_that_were_replaced_under_the_same_id_are_found_within_the_limits() {
        let (folder, keys) = source(Duration::from_hours(1), Duration::ZERO);
        let first = keys.keys(Some("k1"), None).await.unwrap();
        std::fs::write(folder.path().join("jwks.json"), KEYS.replace("k1", "k2")).unwrap();
        let second = keys.newer_than(&first, None).await.unwrap();
        assert!(second.has(Some("k2")));
        std::fs::write(folder.path().join("jwks.json"), KEYS.replace("k1", "k3")).unwrap();
        assert!(
            keys.newer_than(&second, None).await.is_none(),
            "two fetches at once are all there are"
        );
        assert!(
            keys.newer_than(&first, None).await.unwrap().has(Some("k2")),
            "what is there already costs none"
        );
    }

    #[tokio::test]
    async fn a_key_sets_file_may_begin_with_a_mark_and_has_an_end() {
        let rows: [(&str, Vec<u8>, Result<(), WhyNoKeys>); 3] = [
            ("a byte order mark", format!("\u{feff}{KEYS}").into(), Ok(())),
            (
                "white space without end",
                [KEYS.as_bytes(), &vec![b' '; 256 * 1024]].concat(),
                Err(NoDocument::TooLarge.into()),
            ),
            ("nothing", Vec::new(), Err(WhyNoKeys::NotADocument)),
        ];
        for (reason, contents, expected) in rows {
            let (folder, keys) = source(Duration::from_hours(1), Duration::ZERO);
            std::fs::write(folder.path().join("jwks.json"), contents).unwrap();
            assert_eq!(
                keys.load().await.map(|_keys| ()).map_err(|no_keys| no_keys.why),
                expected,
                "{reason}"
            );
        }
        let (folder, keys) = source(Duration::from_hours(1), Duration::ZERO);
        std::fs::remove_file(folder.path().join("jwks.json")).unwrap();
        std::os::unix::net::UnixListener::bind(folder.path().join("jwks.json")).unwrap();
        let no_file = keys.load().await.map(|_keys| ());
        assert_eq!(
            no_file,
            Err(KeyDocument::File.is_at_fault(NoDocument::NoFile)),
            "no file"
        );
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
            outcome = timeout(Duration::from_mins(1), rotated) => assert!(outcome.is_ok()),
        }
    }
}
