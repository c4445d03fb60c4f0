//! What `find` and `export` ask alike.

use clap::Args;
use domain::audit::{Event, Read, Word};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::keyring::Keyring;

use super::stdin;
use crate::{
    audit::{
        readers,
        search::{Person, PersonKind, Question},
    },
    cli::{exit::Exit, time},
};

#[derive(Debug, Args)]
pub(super) struct QuestionArguments {
    /// Only this tenant's
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
    /// Only what this host asked for
    #[arg(long, value_name = "ID")]
    host: Option<String>,
    /// Only attempts that ended so: ok, or an error code
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Not before this day or time, in UTC
    #[arg(long, value_name = "TIME", value_parser = time::from)]
    from: Option<Timestamp>,
    /// Not after this day, or before this time
    #[arg(long, value_name = "TIME", value_parser = time::to)]
    to: Option<Timestamp>,
    /// Only about this patient, whose id is read from standard input: `-` is the only value
    #[arg(long, value_name = "-", value_parser = dash, requires = "tenant", conflicts_with = "clinician")]
    patient: Option<Dash>,
    /// Only by this clinician, whose userId is read from standard input: `-` is the only value
    #[arg(long, value_name = "-", value_parser = dash, requires = "tenant")]
    clinician: Option<Dash>,
    /// Name persons: open what is sealed, with the keyring
    #[arg(long)]
    pub(super) reveal: bool,
}

/// Standard input.
#[derive(Debug, Clone, Copy)]
struct Dash;

fn dash(text: &str) -> Result<Dash, &'static str> {
    if text == "-" {
        Ok(Dash)
    } else {
        Err(
            "must be `-`, with the value on standard input: command lines are kept in histories and shown to other users",
        )
    }
}

/// A question, and the words that its own record has for it.
pub(super) struct Asked {
    pub(super) question: Question,
    filters: BTreeMap<Word, String>,
}

impl QuestionArguments {
    pub(super) fn read(&self, keyring: Option<&Keyring>) -> Result<Asked, Exit> {
        if self.reveal && keyring.is_none() {
            return Err(Exit::usage(
                "--reveal needs --keyring, or --config with audit.keyring_file",
            ));
        }
        let kind = match (self.patient, self.clinician) {
            (Some(Dash), _) => Some((PersonKind::Patient, "--patient")),
            (None, Some(Dash)) => Some((PersonKind::Clinician, "--clinician")),
            (None, None) => None,
        };
        let mut filters: BTreeMap<Word, String> = BTreeMap::new();
        let mut person = None;
        if let (Some((kind, option)), Some(tenant)) = (kind, &self.tenant) {
            let needs = || Exit::usage(format!("{option} needs --keyring, or --config with audit.keyring_file"));
            let keyring = keyring.ok_or_else(needs)?;
            let value = stdin::value(option)?;
            let pseudonym = Person::pseudonym(kind, tenant, &value, keyring);
            filters.insert(kind.as_str().into(), pseudonym);
            person = Some(Person::new(kind, tenant, &value, keyring));
        }
        let stated = [("tenant", &self.tenant), ("host", &self.host), ("code", &self.code)];
        for (name, value) in stated {
            filters.extend(value.clone().map(|value| (Word::from(name), value)));
        }
        for (name, time) in [("from", self.from), ("to", self.to)] {
            filters.extend(time.map(|time| (Word::from(name), time.to_string())));
        }
        Ok(Asked {
            question: Question {
                tenant: self.tenant.clone(),
                host: self.host.clone(),
                code: self.code.clone(),
                from: self.from,
                to: self.to,
                person,
            },
            filters,
        })
    }
}

impl Asked {
    /// The record of this reading.
    pub(super) fn noted(&self, command: &'static str, is_revealed: bool, records: usize) -> Event {
        Event::Read(Read {
            at: Timestamp::now(),
            user: readers::user(),
            command: command.into(),
            filters: self.filters.clone(),
            revealed: is_revealed,
            records: records as u64,
        })
    }
}
