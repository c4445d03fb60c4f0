//! What is sealed in a record, opened.

use domain::audit::{Event, Record, fhir::Names};
use store::keyring::Keyring;

/// Whom a record is about, by name; none if it is about nobody, or its key was destroyed, or it was changed since.
#[must_use]
pub fn names(record: &Record, keyring: &Keyring) -> Option<Names> {
    let Event::Attempt(attempt) = &record.event else {
        return None;
    };
    let persons = attempt.persons.as_ref()?;
    let sealer = keyring.key(&persons.key)?.sealer(record.head.chain);
    let clear = sealer.open(&attempt.tenant, &attempt.id, &persons.sealed).ok()?;
    serde_json::from_slice(&clear).ok()
}
