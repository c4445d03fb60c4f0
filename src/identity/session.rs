//! The session that a browser has at its host: in a cookie, whose value is the clinician's token or means something to
//! the host alone. A question costs the host something, and the browser that causes it has proved nothing yet.

use std::{iter, net::IpAddr, time::Duration};

use domain::reason::Reason;
use moka::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use url::Url;

use super::{
    cookies::Cookies,
    credential::Credential,
    places::{Place, Places},
};
use crate::upstream::wire::{
    Body, Egress, HeaderValue, Method, NoAnswer, Request, Sender, Settings, SetupError,
    header::{ACCEPT, COOKIE},
};

/// How often a host is asked at once about sessions that it has not confirmed of late.
const PLACES: usize = 64;

/// How many of these one subscriber may take: half, so that one who floods leaves as many to all others. Not less,
/// since a proxy in front is one subscriber for all its users.
const SHARE: usize = PLACES / 2;

/// How often it is asked at once about sessions that it has confirmed of late. A flood of made-up ones takes none of these.
const PLACES_OF_KNOWN: usize = 64;

/// The most bytes that are read of an answer.
const MAX_BODY: usize = 256 * 1024;

/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a host's refusal is remembered: long enough that repeating it costs nothing, and shorter than a sign-in
/// takes.
const REFUSED: Duration = Duration::from_secs(5);

/// The longest that any refusal of a session is remembered.
const HELD_OFF: Duration = Duration::from_mins(1);

/// How long it is remembered that a host has confirmed a session: about a working day.
const CONFIRMED: Duration = Duration::from_hours(12);

/// The most sessions of each kind that are remembered.
const CAPACITY: u64 = 10_000;

/// Asks hosts whose sessions their cookies are. Each worker has its own, so that its connections stay on its thread.
#[derive(Debug, Clone)]
pub struct SessionClient(Sender);

/// Where a host says whose session it is.
#[derive(Debug)]
pub struct SessionEndpoint {
    url: Url,
    more_cookies: Vec<String>,
    places: Places,
    places_of_known: Places,
    refused: Cache<SessionDigest, Refused>,
    confirmed: Cache<SessionDigest, ()>,
}

/// The SHA-256 of the cookies that identify a session: memory holds no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionDigest([u8; 32]);

#[derive(Debug, Clone, Copy)]
struct Refused {
    reason: Reason,
    until: Instant,
}

/// A question that may be put to a host.
#[derive(Debug)]
pub struct Question {
    cookie: HeaderValue,
    /// Which session it is about.
    pub digest: SessionDigest,
}

/// The host is being asked about too many sessions already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl Credential {
    /// The token in a cookie.
    #[must_use]
    pub fn of_cookie(value: &SecretString) -> Option<Self> {
        Self::of_token(value.expose_secret().as_bytes())
    }
}

impl SessionClient {
    /// Makes a client that keeps idle connections for so long.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(pool_idle_timeout: Duration, egress: Egress) -> Result<Self, SetupError> {
        let settings = Settings {
            pool_idle_timeout: Some(pool_idle_timeout),
            max_body: MAX_BODY,
            ..Settings::default()
        };
        Sender::new(settings, egress).map(Self)
    }

    /// The body of a 200; nothing of any other answer, which is read to its end all the same: else its connection could not
    /// be kept.
    async fn ask(&self, url: &Url, cookie: &HeaderValue, within: Duration) -> Result<Option<Vec<u8>>, NoAnswer> {
        let mut request = Request::new(Method::GET, url.clone());
        request.headers.insert(COOKIE, cookie.clone());
        request
            .headers
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        let received = self.0.send(request, within).await?;
        let answer = received.answer();
        Ok(match (answer.status, answer.body) {
            (200, Body::Read(text)) => Some(text.to_vec()),
            (200, Body::TooLarge | Body::Compressed) | (_, _) => None,
        })
    }
}

impl SessionEndpoint {
    /// An endpoint at this address, which is also told these cookies if the browser has them.
    #[must_use]
    pub fn at(url: Url, more_cookies: Vec<String>) -> Self {
        let remembering = |time| Cache::builder().max_capacity(CAPACITY).time_to_live(time);
        Self {
            url,
            more_cookies,
            places: Places::new(PLACES, SHARE),
            places_of_known: Places::new(PLACES_OF_KNOWN, PLACES_OF_KNOWN),
            refused: remembering(HELD_OFF).build(),
            confirmed: Cache::builder().max_capacity(CAPACITY).time_to_live(CONFIRMED).build(),
        }
    }

    /// Whether it is at this address, and told these cookies.
    #[must_use]
    pub fn is_configured_like(&self, other: &Self) -> bool {
        self.url == other.url && self.more_cookies == other.more_cookies
    }

    /// The question about the session in the cookie of this name, and in those that the settings name; about nothing else of
    /// the browser's.
    #[must_use]
    pub fn question(&self, name: &str, cookies: &Cookies) -> Option<Question> {
        let names = self.more_cookies.iter().map(String::as_str);
        let pairs = iter::once(name).chain(names).filter_map(|name| {
            let value = cookies.value(name)?.expose_secret();
            Some(format!("{name}={value}"))
        });
        let mut cookie = HeaderValue::from_str(&pairs.collect::<Vec<_>>().join("; ")).ok()?;
        cookie.set_sensitive(true);
        let digest = SessionDigest(Sha256::digest(cookie.as_bytes()).into());
        Some(Question { cookie, digest })
    }

    /// Why this session was refused just now, and for how many seconds that holds.
    #[must_use]
    pub fn refusal(&self, session: SessionDigest) -> Option<(Reason, u64)> {
        let Refused { reason, until } = self.refused.get(&session)?;
        let remaining = until.checked_duration_since(Instant::now())?;
        (!remaining.is_zero()).then(|| (reason, remaining.as_secs() + 1))
    }

    /// Remembers that this session is refused, for a while.
    pub fn refuse(&self, session: SessionDigest, reason: Reason, during: Duration) {
        let until = Instant::now() + during.min(HELD_OFF);
        self.refused.insert(session, Refused { reason, until });
    }

    /// Remembers for some seconds that the host knows no such session.
    pub fn refuse_as_unknown(&self, session: SessionDigest) {
        self.refuse(session, Reason::NoSession, REFUSED);
    }

    /// Whether the host has confirmed this session of late: then it is no made-up one, though it may have ended since.
    #[must_use]
    pub fn has_confirmed(&self, session: SessionDigest) -> bool {
        self.confirmed.contains_key(&session)
    }

    /// Remembers that the host has confirmed this session.
    pub fn confirm(&self, session: SessionDigest) {
        self.confirmed.insert(session, ());
    }

    /// Asks. Any answer but a 200 means that there is no session, and so does none; an answer is remembered.
    ///
    /// # Errors
    /// If the host is being asked too much, in all or by this subscriber.
    pub async fn ask(
        &self,
        client: &SessionClient,
        question: &Question,
        subscriber: IpAddr,
    ) -> Result<Option<Vec<u8>>, Busy> {
        let _until_the_answer = self.place(question.digest, subscriber)?;
        let until = Instant::now() + TIMEOUT;
        let mut answer = client.ask(&self.url, &question.cookie, TIMEOUT).await;
        // The host may have closed a kept connection just then, and asking twice comes to the same.
        if let Err(NoAnswer::Unreachable {
            may_have_been_sent: true,
            ..
        }) = answer
        {
            let within = until.saturating_duration_since(Instant::now());
            answer = client.ask(&self.url, &question.cookie, within).await;
        }
        if matches!(answer, Ok(None)) {
            self.refuse_as_unknown(question.digest);
        }
        Ok(answer.unwrap_or_default())
    }

    fn place(&self, session: SessionDigest, subscriber: IpAddr) -> Result<Place<'_>, Busy> {
        let places = if self.has_confirmed(session) {
            &self.places_of_known
        } else {
            &self.places
        };
        places.take(subscriber).ok_or(Busy)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const CLINICIAN: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    fn endpoint() -> SessionEndpoint {
        SessionEndpoint::at(Url::parse("http://127.0.0.1:9/session").unwrap(), Vec::new())
    }

    fn about(endpoint: &SessionEndpoint, cookie: &str) -> Question {
        endpoint.question("s", &Cookies::read(&[cookie.as_bytes()])).unwrap()
    }

    #[tokio::test]
    async fn one_subscriber_does_not_block_other_or_known_sessions() {
        let endpoint = endpoint();
        let client = SessionClient::new(TIMEOUT, crate::tls::trusting_this_machine().unwrap().into()).unwrap();
        let (unknown, known) = (about(&endpoint, "s=v"), about(&endpoint, "s=w"));
        endpoint.confirm(known.digest);
        let all: Vec<_> = iter::repeat_with(|| endpoint.places.take(STRANGER))
            .take(SHARE)
            .collect();
        assert!(all.iter().all(Option::is_some));
        assert_eq!(endpoint.ask(&client, &unknown, STRANGER).await, Err(Busy));
        assert_eq!(
            endpoint.ask(&client, &unknown, CLINICIAN).await,
            Ok(None),
            "nobody listens there"
        );
        assert_eq!(endpoint.ask(&client, &known, STRANGER).await, Ok(None));
        drop(all);
        assert_eq!(endpoint.ask(&client, &unknown, STRANGER).await, Ok(None));
        assert_eq!(endpoint.refusal(unknown.digest), None, "no answer is no refusal");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_remembered_for_its_time_and_its_session() {
        let endpoint = endpoint();
        let (refused, other) = (about(&endpoint, "s=v"), about(&endpoint, "s=w"));
        endpoint.refuse(refused.digest, Reason::NoSession, REFUSED);
        assert_eq!(endpoint.refusal(refused.digest), Some((Reason::NoSession, 6)));
        assert_eq!(endpoint.refusal(other.digest), None);
        tokio::time::advance(REFUSED).await;
        assert_eq!(endpoint.refusal(refused.digest), None);
    }

    #[test]
    fn what_is_remembered_is_no_cookie() {
        let endpoint = endpoint();
        let question = about(&endpoint, "s=canary");
        endpoint.confirm(question.digest);
        assert!(!format!("{endpoint:?} {question:?}").contains("canary"));
    }
}
