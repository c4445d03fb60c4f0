//! Who opened whose chart: attempts that fit a question, in the order they happened, with what became of them in the end.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::{Attempt, Event, Head, Record, Word};
use jiff::Timestamp;
use store::{keyring::Keyring, trail::ReadError};
use uuid::Uuid;

use super::{CLINICIAN, PATIENT};

/// What is asked. Whatever is left out fits everything.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The tenant.
    pub tenant: Option<String>,
    /// The host.
    pub host: Option<String>,
    /// The outcome: `ok` or an error code.
    pub code: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// About whom; of one tenant, for pseudonyms of another tenant have nothing in common.
    pub person: Option<Person>,
}

/// A person, by every pseudonym that they may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    kind: PersonKind,
    pseudonyms: BTreeSet<String>,
}

/// In which part a person is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonKind {
    /// Whose chart it was.
    Patient,
    /// Who acted.
    Clinician,
}

impl PersonKind {
    /// As in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patient => PATIENT,
            Self::Clinician => CLINICIAN,
        }
    }
}

impl Person {
    /// A person, under every key of a ring.
    #[must_use]
    pub fn new(kind: PersonKind, tenant: &str, value: &str, keyring: &Keyring) -> Self {
        let pseudonyms = keyring.keys().map(|key| key.pseudonym(kind.as_str(), tenant, value));
        Self {
            kind,
            pseudonyms: pseudonyms.collect(),
        }
    }

    /// In which part they are looked for.
    #[must_use]
    pub const fn kind(&self) -> PersonKind {
        self.kind
    }

    /// The pseudonym under the current key, which is what the record of this search says.
    #[must_use]
    pub fn pseudonym(kind: PersonKind, tenant: &str, value: &str, keyring: &Keyring) -> String {
        keyring.current().pseudonym(kind.as_str(), tenant, value)
    }

    fn is_in(&self, attempt: &Attempt) -> bool {
        let persons = attempt.persons.as_ref();
        let found = persons.and_then(|persons| match self.kind {
            PersonKind::Patient => persons.patient.as_ref(),
            PersonKind::Clinician => persons.clinician.as_ref(),
        });
        found.is_some_and(|pseudonym| self.pseudonyms.contains(pseudonym))
    }
}

/// An attempt that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its place in the trail.
    pub head: Head,
    /// The attempt, with what became of it in the end.
    pub attempt: Attempt,
}

/// Everything that fits, in order, and the lines that could not be read.
#[derive(Debug, Default)]
pub struct Findings {
    /// The attempts.
    pub found: Vec<Found>,
    /// What could not be read, each with its place.
    pub unreadable: Vec<String>,
}

impl Question {
    /// Looks through records.
    ///
    /// # Errors
    /// If the operating system would not read.
    pub fn ask(&self, records: impl Iterator<Item = Result<Record, ReadError>>) -> Result<Findings, ReadError> {
        let mut findings = Findings::default();
        let mut corrections: BTreeMap<Uuid, Word> = BTreeMap::new();
        for record in records {
            let record = match record {
                Ok(record) => record,
                Err(error @ ReadError::Line { .. }) => {
                    findings.unreadable.push(error.to_string());
                    continue;
                }
                Err(error @ (ReadError::System(..) | ReadError::Database(_))) => return Err(error),
            };
            match record.event {
                Event::Attempt(attempt) if self.fits(&attempt) => findings.found.push(Found {
                    head: record.head,
                    attempt: *attempt,
                }),
                Event::Correction(correction) => {
                    corrections.insert(correction.attempt, correction.code);
                }
                Event::Attempt(_)
                | Event::Genesis(_)
                | Event::Strangers(_)
                | Event::Checkpoint(_)
                | Event::Recovered(_)
                | Event::Read(_)
                | Event::Pruned(_)
                | Event::Stop(_) => {}
            }
        }
        for found in &mut findings.found {
            if let Some(code) = corrections.get(&found.attempt.attempt) {
                found.attempt.code = code.clone();
            }
        }
        if let Some(code) = &self.code {
            findings.found.retain(|found| found.attempt.code == *code);
        }
        Ok(findings)
    }

    /// Whether an export takes this: attempts that fit, and whatever else is in the time, if nothing is asked about attempts.
    #[must_use]
    pub fn includes(&self, event: &Event) -> bool {
        let of_attempts = [&self.tenant, &self.host, &self.code];
        match event {
            Event::Attempt(attempt) => {
                self.fits(attempt) && self.code.as_ref().is_none_or(|code| attempt.code == *code)
            }
            Event::Genesis(_)
            | Event::Strangers(_)
            | Event::Checkpoint(_)
            | Event::Correction(_)
            | Event::Recovered(_)
            | Event::Read(_)
            | Event::Pruned(_)
            | Event::Stop(_) => {
                of_attempts.iter().all(|asked| asked.is_none()) && self.person.is_none() && self.is_in_time(event.at())
            }
        }
    }

    fn is_in_time(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }

    fn fits(&self, attempt: &Attempt) -> bool {
        let is = |asked: &Option<String>, found: &str| asked.as_ref().is_none_or(|asked| asked == found);
        is(&self.tenant, &attempt.tenant)
            && is(&self.host, &attempt.host)
            && self.is_in_time(attempt.at)
            && self.person.as_ref().is_none_or(|person| person.is_in(attempt))
    }
}
