//! The records. Each is written once and read for years: members are added, and none changes its meaning.

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{code::Code, outcome::Outcome};

/// A word of ours: static where it is written, read back as text.
pub type Word = Cow<'static, str>;

/// One record, without its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A process began a chain.
    Genesis(Genesis),
    /// An authenticated host asked for something.
    Attempt(Box<Attempt>),
    /// Those who proved nothing, counted.
    Strangers(Strangers),
    /// The chain so far, signed.
    Checkpoint(Checkpoint),
    /// An earlier record says what did not happen.
    Correction(Correction),
    /// Writing goes on after it failed, or after a crash.
    Recovered(Recovered),
    /// A person read the trail.
    Read(Read),
    /// Old records were removed.
    Pruned(Pruned),
    /// The process stopped in good order.
    Stop(Stop),
}

/// A place in a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The chain's id.
    pub chain: Uuid,
    /// The record's number, from 0.
    pub seq: u64,
    /// The record's hash, in hexadecimal.
    pub hash: String,
}

/// A record with its place, as it was read from a trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in its chain.
    pub head: Head,
    /// Which machine or pod wrote it, as its chain's first record says.
    pub instance: String,
    /// The program's version, as the same says.
    pub program: String,
    /// What it says.
    pub event: Event,
}

/// The first record of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    /// When the process began it.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// The chain's id: one for each start of a process.
    pub chain: Uuid,
    /// The program's version.
    pub program: Word,
    /// Which machine or pod it was.
    pub instance: String,
    /// The ids of the keys in force, the current one first.
    pub keys: Vec<String>,
    /// A digest of the configuration, to tell when it was another one.
    pub configuration: String,
    /// The key that signs the chain's first checkpoints, in hexadecimal.
    pub signing_key: String,
    /// A signature of chain and signing key by the long-lived key, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The last places of the chains before it, in the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<Head>,
}

/// One attempt of an authenticated host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When its response was ready, by this machine's clock.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// The request's id, the caller's or ours.
    pub id: String,
    /// This attempt's alone.
    pub attempt: Uuid,
    /// Whose account it was.
    pub tenant: String,
    /// Which host asked.
    pub host: String,
    /// What it asked for: `consultation/view`, `junction/launch`.
    pub op: Word,
    /// `ok`, `explained`, `client_gone` or an error code.
    pub code: Word,
    /// HTTP status of the answer; none if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// For error codes: `caller`, `gateway` or `upstream`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Word>,
    /// For error codes: which of the places that refuse it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Word>,
    /// The intent that applied, or that the caller sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Word>,
    /// Whose session it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Word>,
    /// For Junction: what was opened, without any id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<Word>,
    /// For Junction: how it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<Word>,
    /// What the caller was warned of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Word>,
    /// Calls to the upstream.
    pub calls: u32,
    /// Which upstream it is about, if it said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Word>,
    /// The status of its response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_status: Option<u16>,
    /// What for, as a code of HL7's `v3-ActReason`.
    pub purpose: Word,
    /// Where it came from; none where addresses are not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<IpAddr>,
    /// The token's issuer, for hosts whose clinicians come from tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's id, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Whom it is about; none if no person is known.
    #[serde(flatten)]
    pub persons: Option<Persons>,
}

impl Attempt {
    /// Its response is that it could not be recorded, whatever it was to be.
    pub fn becomes_unavailable(&mut self) {
        let code = Code::AuditUnavailable;
        self.code = code.as_str().into();
        self.status = Some(code.status());
        self.source = Some(code.source().as_str().into());
        self.reason = None;
    }

    /// No client took its response.
    pub fn becomes_unanswered(&mut self) {
        self.code = Outcome::ClientGone.as_str().into();
        (self.status, self.source, self.reason) = (None, None, None);
    }
}

/// Whom an attempt is about: pseudonyms to find by, and the same sealed, to name by. Nothing in it is in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Persons {
    /// The id of the key that both were made with.
    pub key: String,
    /// Who acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinician: Option<String>,
    /// Whose chart it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// What else is named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subjects: BTreeMap<Word, String>,
    /// All of them, to be opened with the key.
    pub sealed: String,
}

/// How many attempts proved nothing, by code. None of them is a record of its own: else any stranger could fill the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strangers {
    /// When they were counted together.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// How many.
    pub count: u64,
    /// How many of each code.
    pub codes: BTreeMap<Word, u64>,
}

/// The chain so far, signed with a key that is soon erased: what was signed cannot be signed again otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// When.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// What has signed: `empego-gateway` and the instance.
    pub origin: String,
    /// The record before this one.
    #[serde(flatten)]
    pub head: Head,
    /// How many records the chain has so far, this one not counted.
    pub count: u64,
    /// The key that signs from here on, if it is another one, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_key: Option<String>,
    /// Ed25519, in hexadecimal, by the key in force until here.
    pub signature: String,
}

/// What an earlier record says did not happen: the response came to be another one after it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When this was known.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// The request's id.
    pub id: String,
    /// The attempt's.
    pub attempt: Uuid,
    /// What became of it instead: `audit_unavailable`, `client_gone`.
    pub code: Word,
}

/// Writing goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Since when.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// Why it had ended: `write`, `sync`, `removed`, `shortened`, `space`, `crash`, `connection`.
    pub cause: Word,
    /// The last record that is known to be kept. The attempts after it in an earlier segment got `audit_unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Head>,
    /// What a crash left of a line; no response relied on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<Torn>,
    /// Attempts that got `audit_unavailable` and are in no record, for want of memory.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unrecorded: u64,
}

/// What was left of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Torn {
    /// The segment it was in.
    pub segment: String,
    /// How many bytes.
    pub length: u64,
    /// SHA-256 of them, in hexadecimal.
    pub sha256: String,
}

/// A person read the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// When.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// The user of the operating system.
    pub user: String,
    /// What was done: `find`, `export`, `verify`.
    pub command: Word,
    /// By what: names of filters, pseudonyms of their values.
    pub filters: BTreeMap<Word, String>,
    /// Whether persons were named.
    pub revealed: bool,
    /// How many records came out.
    pub records: u64,
}

/// Old records were removed as a whole segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    /// When.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
    /// What was removed.
    pub segment: String,
    /// How many records.
    pub count: u64,
    /// The first record's time.
    #[serde(with = "time")]
    pub from: jiff::Timestamp,
    /// The last record's time.
    #[serde(with = "time")]
    pub to: jiff::Timestamp,
    /// The last of them.
    pub last: Head,
    /// The key that signs after it, in hexadecimal, so that what is left can be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_key: Option<String>,
}

/// The process stopped in good order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// When.
    #[serde(with = "time")]
    pub at: jiff::Timestamp,
}

impl Event {
    /// When it happened, by the clock of the machine that wrote it.
    #[must_use]
    pub fn at(&self) -> jiff::Timestamp {
        match self {
            Self::Genesis(event) => event.at,
            Self::Attempt(event) => event.at,
            Self::Strangers(event) => event.at,
            Self::Checkpoint(event) => event.at,
            Self::Correction(event) => event.at,
            Self::Recovered(event) => event.at,
            Self::Read(event) => event.at,
            Self::Pruned(event) => event.at,
            Self::Stop(event) => event.at,
        }
    }

    /// Every kind.
    pub const KINDS: [&'static str; 9] = [
        "genesis",
        "attempt",
        "strangers",
        "checkpoint",
        "correction",
        "recovered",
        "read",
        "pruned",
        "stop",
    ];

    /// Its kind, as in `kind` and in the metric.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Attempt(_) => "attempt",
            Self::Strangers(_) => "strangers",
            Self::Checkpoint(_) => "checkpoint",
            Self::Correction(_) => "correction",
            Self::Recovered(_) => "recovered",
            Self::Read(_) => "read",
            Self::Pruned(_) => "pruned",
            Self::Stop(_) => "stop",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Times in UTC with microseconds, always six digits of them.
pub mod time {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    /// Writes one.
    ///
    /// # Errors
    /// The serialiser's own.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{at:.6}"))
    }

    /// Reads one.
    ///
    /// # Errors
    /// If it is no time.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt() -> Attempt {
        Attempt {
            at: "2026-11-26T14:42:57.12Z".parse().unwrap(),
            id: "0190a3c4-5b6d-4e7f-8a9b-0c1d2e3f4a5b".to_owned(),
            attempt: Uuid::from_u128(7),
            tenant: "downtown".to_owned(),
            host: "ehr-backend".to_owned(),
            op: "consultation/view".into(),
            code: "ok".into(),
            status: Some(200),
            source: None,
            reason: None,
            intent: Some("upsert".into()),
            identity: Some("clinician".into()),
            feature: None,
            modality: None,
            warnings: vec!["licence_may_be_inherited".into()],
            calls: 1,
            upstream: None,
            upstream_status: None,
            purpose: "TREAT".into(),
            peer: Some(IpAddr::from([192, 0, 2, 17])),
            iss: None,
            jti: None,
            persons: Some(Persons {
                key: "k2".to_owned(),
                clinician: Some("Qm9x0pWk3r1yQm9x0pWk3g".to_owned()),
                patient: None,
                subjects: BTreeMap::from([("consultation".into(), "x".to_owned())]),
                sealed: "AAAA".to_owned(),
            }),
        }
    }

    #[test]
    fn an_attempt_reads_back_as_it_was_written() {
        for persons in [attempt().persons, None] {
            let event = Event::Attempt(Box::new(Attempt { persons, ..attempt() }));
            let json = event.to_json();
            assert_eq!(Event::from_json(&json).unwrap(), event);
        }
    }

    #[test]
    fn a_record_begins_with_version_and_kind_and_has_microseconds() {
        let json = String::from_utf8(Event::Attempt(Box::new(attempt())).to_json()).unwrap();
        let begin = r#"{"v":1,"kind":"attempt","at":"2026-11-26T14:42:57.120000Z","id":"0190a3c4-"#;
        assert!(json.starts_with(begin), "{json}");
        assert!(json.contains(r#""key":"k2","clinician":"Qm9x0pWk3r1yQm9x0pWk3g","subjects":{"consultation":"x"}"#));
    }

    #[test]
    fn a_newer_version_is_not_taken_for_this_one() {
        let json = br#"{"v":2,"kind":"stop","at":"2026-11-26T14:42:57Z"}"#;
        assert_eq!(
            Event::from_json(json).unwrap_err(),
            "version 2 of the format is not known"
        );
    }
}
