//! Who is behind a record: what was sealed in it, opened with its key.

use std::collections::{BTreeMap, HashMap};

use domain::audit::{Attempt, fhir::Names};
use serde::Deserialize;
use store::keyring::{Keyring, Sealer};
use uuid::Uuid;

/// Opens what is sealed in records.
#[derive(Debug)]
pub struct Revealer {
    keyring: Keyring,
    sealers: HashMap<(String, Uuid), Sealer>,
}

/// Why somebody stays unnamed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    /// Their key is not in the ring: it was destroyed, or this is another installation's.
    #[error("key {0} destroyed")]
    KeyDestroyed(String),
    /// It is not what was sealed.
    #[error("cannot be opened")]
    Broken,
}

#[derive(Deserialize)]
struct Sealed {
    clinician: Option<String>,
    patient: Option<String>,
    #[serde(flatten)]
    subjects: BTreeMap<String, String>,
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

    /// Who is behind an attempt; none if nobody was named.
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
        let opened: Sealed = serde_json::from_slice(&clear).map_err(|_stays_secret| Unnamed::Broken)?;
        Ok(Some(Names {
            clinician: opened.clinician,
            patient: opened.patient,
            subjects: opened.subjects,
        }))
    }
}
