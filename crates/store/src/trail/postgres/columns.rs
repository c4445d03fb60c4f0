//! A group of lines, column by column, as one statement takes them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::audit::{Event, Genesis};
use jiff::Timestamp;

use crate::trail::line::{Hash, Linked};

/// What the tables hold of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) seq: Vec<i64>,
    pub(super) at: Vec<Timestamp>,
    pub(super) tenant: Vec<Option<String>>,
    pub(super) op: Vec<Option<String>>,
    pub(super) code: Vec<Option<String>>,
    pub(super) key: Vec<Option<String>>,
    pub(super) patient: Vec<Option<Vec<u8>>>,
    pub(super) clinician: Vec<Option<Vec<u8>>>,
    pub(super) line: Vec<Vec<u8>>,
    pub(super) hash: Vec<Vec<u8>>,
    /// The chain's own row, with its first line.
    pub(super) begins: Option<Begins>,
}

/// What the table of chains holds of one.
#[derive(Debug, Clone)]
pub(super) struct Begins {
    pub(super) instance: String,
    pub(super) started: Timestamp,
    pub(super) first_key: String,
    /// JSON.
    pub(super) previous: String,
}

impl Columns {
    pub(super) fn of(lines: &[Linked]) -> Self {
        let mut columns = Self::default();
        for line in lines {
            columns.push(line);
        }
        columns
    }

    fn push(&mut self, line: &Linked) {
        self.seq.push(i64::try_from(line.seq).unwrap_or(i64::MAX));
        self.at.push(line.event.at());
        self.line.push(line.bytes.clone());
        self.hash.push(line.hash.to_vec());
        let (mut tenant, mut op, mut code, mut key) = (None, None, None, None);
        let (mut patient, mut clinician) = (None, None);
        match &line.event {
            Event::Attempt(attempt) => {
                tenant = Some(attempt.tenant.clone());
                op = Some(attempt.op.clone().into_owned());
                code = Some(attempt.code.clone().into_owned());
                if let Some(persons) = &attempt.persons {
                    key = Some(persons.key.clone());
                    patient = persons.patient.as_deref().and_then(bytes);
                    clinician = persons.clinician.as_deref().and_then(bytes);
                }
            }
            Event::Genesis(genesis) => self.begins = Some(begins(genesis)),
            Event::Strangers(_)
            | Event::Checkpoint(_)
            | Event::Correction(_)
            | Event::Recovered(_)
            | Event::Read(_)
            | Event::Pruned(_)
            | Event::Stop(_) => {}
        }
        self.tenant.push(tenant);
        self.op.push(op);
        self.code.push(code);
        self.key.push(key);
        self.patient.push(patient);
        self.clinician.push(clinician);
    }

    /// The place of each line, and its hash.
    pub(super) fn places(&self) -> impl Iterator<Item = (i64, &[u8])> {
        self.seq.iter().copied().zip(self.hash.iter().map(Vec::as_slice))
    }
}

fn begins(genesis: &Genesis) -> Begins {
    Begins {
        instance: genesis.instance.clone(),
        started: genesis.at,
        first_key: genesis.signing_key.clone(),
        // Ids, numbers and hashes are always JSON.
        previous: serde_json::to_string(&genesis.previous).unwrap_or_else(|_cannot_happen| "[]".to_owned()),
    }
}

/// A pseudonym as the keyring makes it for columns.
fn bytes(pseudonym: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(pseudonym).ok()
}

/// A hash as a column has it.
pub(super) fn hash(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok()
}
