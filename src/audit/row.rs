//! An attempt as `audit find` and the demo's console show it.

use domain::audit::{Attempt, fhir::Names};
use serde::Serialize;

use super::{
    reveal::{Revealer, Unnamed},
    search::Found,
    shown,
};

/// One attempt, as people and programs read it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row<'a> {
    /// When, in UTC with microseconds.
    pub at: String,
    /// The same to the second, for people.
    #[serde(skip)]
    pub shown: String,
    /// Who acted: by name, by why there is none, or by pseudonym.
    pub clinician: String,
    /// Whose account it was.
    pub tenant: &'a str,
    /// Which host asked.
    pub host: &'a str,
    /// Host and tenant, for people.
    #[serde(skip)]
    pub through: String,
    /// What was opened.
    pub what: &'a str,
    /// Whose chart it was, said like `clinician`.
    pub patient: String,
    /// `ok`, `explained`, `client_gone` or an error code.
    pub outcome: String,
    /// Where the request came from.
    pub from: String,
    /// The request's id.
    pub request_id: &'a str,
    /// The record's chain.
    pub chain: String,
    /// Its number in the chain.
    pub seq: u64,
}

impl<'a> Row<'a> {
    /// Reads a row off an attempt; persons whom `revealer` can name are named.
    #[must_use]
    pub fn new(found: &'a Found, revealer: Option<&mut Revealer>) -> Self {
        let Found { head, attempt } = found;
        let names = revealer.map(|revealer| revealer.names(head.chain, attempt));
        let persons = attempt.persons.as_ref();
        Self {
            at: format!("{:.6}", attempt.at),
            shown: shown(attempt.at),
            clinician: person(
                names.as_ref(),
                |names| names.clinician.clone(),
                persons.and_then(|persons| persons.clinician.as_deref()),
                owner(attempt),
            ),
            tenant: &attempt.tenant,
            host: &attempt.host,
            through: format!("{} ({})", attempt.host, attempt.tenant),
            what: &attempt.op,
            patient: person(
                names.as_ref(),
                |names| names.patient.clone(),
                persons.and_then(|persons| persons.patient.as_deref()),
                "-",
            ),
            outcome: attempt.code.to_string(),
            from: attempt.peer.map_or_else(|| "-".to_owned(), |peer| peer.to_string()),
            request_id: &attempt.id,
            chain: head.chain.to_string(),
            seq: head.seq,
        }
    }
}

/// A session of the key's owner names no clinician.
fn owner(attempt: &Attempt) -> &'static str {
    if attempt.identity.as_deref() == Some("owner") {
        "the API key's owner"
    } else {
        "-"
    }
}

/// A person by name, by why there is none, or by pseudonym.
fn person(
    names: Option<&Result<Option<Names>, Unnamed>>,
    name: impl Fn(&Names) -> Option<String>,
    pseudonym: Option<&str>,
    nobody: &str,
) -> String {
    match (names, pseudonym) {
        (_, None) => nobody.to_owned(),
        (Some(Ok(Some(names))), Some(pseudonym)) => name(names).unwrap_or_else(|| pseudonym.to_owned()),
        (Some(Err(why)), Some(_)) => format!("({why})"),
        (None | Some(Ok(None)), Some(pseudonym)) => pseudonym.to_owned(),
    }
}
