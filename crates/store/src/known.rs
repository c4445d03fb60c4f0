//! Which clinicians of a tenant were launched with a complete profile, so that they exist at Empego.

use std::{fmt, sync::Arc};

use domain::clinician::UserId;
use futures_util::{FutureExt as _, future::BoxFuture};
use jiff::Timestamp;

use crate::keyring::{Key, Keyring};

/// What pseudonyms of clinicians are made for here. The audit trail's are made for another purpose, and have nothing in
/// common with these.
const KIND: &str = "known";

/// Remembers clinicians. One process may write while others read and write too.
pub trait KnownUsers: fmt::Debug + Send + Sync {
    /// Which of these were seen.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn seen<'a>(&'a self, tenant: &'a str, persons: Vec<Person>) -> Answer<'a, Vec<Person>>;

    /// Remembers all of these or, with an error, possibly none; durable once it has returned. Returns how many were new.
    ///
    /// # Errors
    /// If the store cannot be written.
    fn remember(&self, sightings: Vec<Sighting>) -> Answer<'_, u64>;

    /// How many of a tenant's are remembered. A clinician who was seen under two keys counts twice.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn count<'a>(&'a self, tenant: &'a str) -> Answer<'a, u64>;

    /// Forgets these. Returns how many were remembered.
    ///
    /// # Errors
    /// If the store cannot be written.
    fn forget<'a>(&'a self, tenant: &'a str, persons: Vec<Person>) -> Answer<'a, u64>;

    /// Stays connected for as long as it is polled, where there is a connection to keep.
    fn keep(&self) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }
}

/// What a store says, or why it says nothing.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Unavailable>>;

/// Why a store can be neither read nor written at the moment, in a sentence for operators: it names nothing that is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// A clinician who was launched with a complete profile, or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The tenant's id.
    pub tenant: Arc<str>,
    /// Who.
    pub person: Person,
    /// When.
    pub at: Timestamp,
}

/// A tenant's clinician as the store knows them: by a pseudonym under one key, which tells nothing without that key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Person([u8; 16]);

impl Person {
    /// The clinician under the ring's current key, as they are remembered.
    #[must_use]
    pub fn current(ring: &Keyring, tenant: &str, user: &UserId) -> Self {
        Self::under(ring.current(), tenant, user)
    }

    /// The clinician under every key, the current one first, as they are searched for.
    #[must_use]
    pub fn under_every_key(ring: &Keyring, tenant: &str, user: &UserId) -> Vec<Self> {
        ring.keys().map(|key| Self::under(key, tenant, user)).collect()
    }

    /// What is stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Of a stored pseudonym.
    #[must_use]
    pub const fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    fn under(key: &Key, tenant: &str, user: &UserId) -> Self {
        Self(key.pseudonym_bytes(KIND, tenant, user.as_ref()))
    }
}

/// Stands for a store that was not created yet: no clinician was seen, and none can be remembered.
#[derive(Debug, Clone, Copy)]
pub struct NotCreated;

impl KnownUsers for NotCreated {
    fn seen<'a>(&'a self, _tenant: &'a str, _persons: Vec<Person>) -> Answer<'a, Vec<Person>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn remember(&self, _sightings: Vec<Sighting>) -> Answer<'_, u64> {
        async { Err(Unavailable("it was not created yet".to_owned())) }.boxed()
    }

    fn count<'a>(&'a self, _tenant: &'a str) -> Answer<'a, u64> {
        async { Ok(0) }.boxed()
    }

    fn forget<'a>(&'a self, _tenant: &'a str, _persons: Vec<Person>) -> Answer<'a, u64> {
        async { Ok(0) }.boxed()
    }
}
