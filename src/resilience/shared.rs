//! Limits that several gateways keep together, after each has applied its own. While the database is away, each gateway's own
//! limits are the ones that hold.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use store::{
    keyring::Keyring,
    postgres::{Asked, Buckets, Database, Limit, Taken},
};

use super::rate::{Pace, Rate, RateLimit, TooMany};

/// The buckets that are shared, and the keys that pseudonyms of their parties are made with.
#[derive(Debug)]
pub struct SharedLimits {
    buckets: Buckets,
    keyring: ArcSwap<Keyring>,
}

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party<'a> {
    /// What is limited.
    pub kind: Kind,
    /// At which tenant.
    pub tenant: &'a str,
    /// The host, if it is one's limit or that of one of its clinicians.
    pub host: &'a str,
    /// The clinician's id, if it is theirs.
    pub clinician: &'a str,
}

/// What is limited. Each has pseudonyms of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The launches of a tenant.
    Tenant,
    /// Those of a host.
    Host,
    /// Those of a host's clinician.
    Clinician,
    /// How often a clinician's session is continued.
    Continuation,
    /// The same after their own click.
    ConfirmedContinuation,
}

/// What one launch knows of the database: once it did not respond, the launch does not ask it again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// It responded whenever it was asked.
    #[default]
    Responds,
    /// It did not respond.
    Silent,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "rate-tenant",
            Self::Host => "rate-host",
            Self::Clinician => "rate-clinician",
            Self::Continuation => "continuation",
            Self::ConfirmedContinuation => "continuation-confirmed",
        }
    }
}

impl SharedLimits {
    /// The limits in this database, which [`Self::keep`] connects to.
    #[must_use]
    pub fn new(database: Database, keyring: Keyring) -> Self {
        Self {
            buckets: Buckets::of(database),
            keyring: ArcSwap::from_pointee(keyring),
        }
    }

    /// Counts one against a party's limit, in at most 50 ms.
    ///
    /// # Errors
    /// [`TooMany`] if it is over the limit; then it does not count.
    pub async fn check(&self, party: Party<'_>, rate: Rate, reach: &mut Reach) -> Result<(), TooMany> {
        self.take(party, rate, reach).await.map_err(too_many)
    }

    /// The same of a limit that remembers: while it is used up, the database is not asked.
    ///
    /// # Errors
    /// As for [`Self::check`].
    pub async fn check_remembered(
        &self,
        party: Party<'_>,
        limit: &RateLimit,
        reach: &mut Reach,
    ) -> Result<(), TooMany> {
        limit.used_up()?;
        self.take(party, limit.rate(), reach).await.map_err(|wait| {
            limit.hold_for(wait);
            too_many(wait)
        })
    }

    async fn take(&self, party: Party<'_>, rate: Rate, reach: &mut Reach) -> Result<(), Duration> {
        match reach {
            Reach::Silent => return Ok(()),
            Reach::Responds => {}
        }
        let key = self.key(party);
        match self.buckets.take(&key, limit(rate)).await {
            Taken::Passed | Taken::NotAsked => Ok(()),
            Taken::Denied { wait } => Err(wait),
            Taken::Failed => {
                *reach = Reach::Silent;
                Ok(())
            }
        }
    }

    /// A party's pseudonym: what is in the database names no one.
    fn key(&self, party: Party<'_>) -> [u8; 16] {
        let Party {
            kind,
            tenant,
            host,
            clinician,
        } = party;
        let value = format!("{host}\0{clinician}");
        let keyring = self.keyring.load();
        keyring.current().pseudonym_bytes(kind.as_str(), tenant, &value)
    }

    /// Makes pseudonyms with other keys from now on: all buckets are full then.
    pub fn replace_keyring(&self, keyring: Keyring) {
        self.keyring.store(Arc::new(keyring));
    }

    /// Whether the limits are those of all gateways together at the moment.
    #[must_use]
    pub fn are_active(&self) -> bool {
        self.buckets.are_shared()
    }

    /// How often the database was asked.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.buckets.asked()
    }

    /// Stays connected for as long as it is polled.
    pub async fn keep(&self) {
        self.buckets.keep().await;
    }
}

fn limit(rate: Rate) -> Limit {
    let interval = match rate.pace {
        Pace::PerSecond(times) => Duration::from_secs(1) / times.get(),
        Pace::OnceInSecs(secs) => Duration::from_secs(secs.get().into()),
    };
    Limit {
        interval,
        burst: rate.burst.get(),
    }
}

fn too_many(wait: Duration) -> TooMany {
    TooMany {
        retry_after_secs: wait.as_secs() + 1,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, num::NonZeroU32};

    use store::postgres::{Address, Tls};

    use super::*;

    const KEYS: &str = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn shared() -> SharedLimits {
        let address = Address::parse("postgresql://gateway@127.0.0.1:1/gateway").unwrap();
        SharedLimits::new(Database::new(address, Tls::Off), Keyring::parse(KEYS).unwrap())
    }

    #[test]
    fn every_party_has_a_bucket_of_its_own() {
        let party = |kind, tenant, host, clinician| Party {
            kind,
            tenant,
            host,
            clinician,
        };
        let parties = [
            party(Kind::Tenant, "t", "", ""),
            party(Kind::Host, "t", "h", ""),
            party(Kind::Host, "u", "h", ""),
            party(Kind::Host, "t", "g", ""),
            party(Kind::Clinician, "t", "h", ""),
            party(Kind::Clinician, "t", "h", "c"),
            party(Kind::Clinician, "t", "g", "c"),
            party(Kind::Clinician, "t", "", "hc"),
            party(Kind::Continuation, "t", "h", "c"),
            party(Kind::ConfirmedContinuation, "t", "h", "c"),
        ];
        let limits = shared();
        let keys: HashSet<_> = parties.iter().map(|party| limits.key(*party)).collect();
        assert_eq!(keys.len(), parties.len());
        let before = limits.key(parties[0]);
        let another = Keyring::parse("k2 AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        limits.replace_keyring(another);
        assert_ne!(limits.key(parties[0]), before);
    }

    #[tokio::test]
    async fn without_a_connection_nothing_is_asked_and_everything_passes() {
        let limits = shared();
        let party = Party {
            kind: Kind::Tenant,
            tenant: "t",
            host: "",
            clinician: "",
        };
        let rate = Rate {
            pace: Pace::OnceInSecs(NonZeroU32::MAX),
            burst: NonZeroU32::MIN,
        };
        let mut reach = Reach::default();
        for _ in 0..10 {
            assert_eq!(limits.check(party, rate, &mut reach).await, Ok(()));
        }
        assert_eq!((limits.asked(), limits.are_active()), (Asked::default(), false));
    }
}
