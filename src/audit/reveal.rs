//! Who is behind a record: what was sealed in it, opened with its key.

use std::collections::HashMap;

use domain::audit::{Attempt, Event, Record, fhir::Names};
use store::keyring::{Keyring, Sealer};
use uuid::Uuid;

/// Opens what is sealed in records.
#[derive(Debug)]
pub struct Revealer {
    keyring: Keyring,
    sealers: HashMap<(String, Uuid), Sealer>,
}

/// Why a person stays unnamed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    /// Their key is not in the ring: it was destroyed, or this is another installation's.
    #[error("key {0} destroyed")]
    KeyDestroyed(String),
    /// It is not what was sealed.
    #[error("cannot be opened")]
    Broken,
}

impl Revealer {
    /// With these keys.
    #[must_use]
    pub fn new(keyring: Keyring) -> Self {
        Self {
            keyring,
            sealers: HashMap::new(),
        }
    }

    /// Whom a record is about, by name; none if it is about no person, or if they stay unnamed.
    pub fn of_record(&mut self, record: &Record) -> Option<Names> {
        match &record.event {
            Event::Attempt(attempt) => self.names(record.head.chain, attempt).ok().flatten(),
            Event::Genesis(_)
            | Event::Strangers(_)
            | Event::Checkpoint(_)
            | Event::Correction(_)
            | Event::Recovered(_)
            | Event::Read(_)
            | Event::Pruned(_)
            | Event::Stop(_) => None,
        }
    }

    /// Who is behind an attempt; none if it names no person.
    ///
    /// # Errors
    /// [`Unnamed`].
    pub fn names(&mut self, chain: Uuid, attempt: &Attempt) -> Result<Option<Names>, Unnamed> {
        let Some(persons) = &attempt.persons else {
            return Ok(None);
        };
        let destroyed = || Unnamed::KeyDestroyed(persons.key.clone());
        let key = self.keyring.key(&persons.key).ok_or_else(destroyed)?;
        let sealer = self.sealers.entry((persons.key.clone(), chain));
        let sealer = sealer.or_insert_with(|| key.sealer(chain));
        let clear = sealer.open(&attempt.tenant, &attempt.id, &persons.sealed);
        let clear = clear.map_err(|_unsealable| Unnamed::Broken)?;
        serde_json::from_slice(&clear)
            .map(Some)
            .map_err(|_stays_secret| Unnamed::Broken)
    }
}
