//! `audit find`: a table that a privacy officer reads without help.

use clap::Args;
use comfy_table::{Table, presets::NOTHING};
use domain::audit::{Attempt, fhir::Names};
use serde::Serialize;
use store::trail::Reader;

use super::{place::KeyedPlaceArguments, question::QuestionArguments, time::shown};
use crate::{
    audit::{
        readers,
        reveal::{Revealer, Unnamed},
        search::Found,
    },
    cli::exit::{Exit, print},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: KeyedPlaceArguments,
    #[command(flatten)]
    question: QuestionArguments,
    /// Print a JSON object for each, in the place of the table
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let (folder, keyring) = arguments.place.read()?;
    let asked = arguments.question.read(keyring.as_ref())?;
    let records = Reader::of(&folder).map_err(Exit::failure)?;
    let findings = asked.question.ask(records).map_err(Exit::failure)?;
    let is_revealed = arguments.question.reveal;
    // Before anything comes out: whoever reads is known.
    let noted = asked.noted("find", is_revealed, findings.found.len());
    readers::note(&folder, vec![noted]).map_err(|error| Exit::failure(format!("{error:#}")))?;
    let mut revealer = keyring.filter(|_| is_revealed).map(Revealer::new);
    let rows = findings.found.iter().map(|found| Row::new(found, revealer.as_mut()));
    let rows: Vec<_> = rows.collect();
    if arguments.json {
        for row in &rows {
            print(serde_json::to_string(row).map_err(Exit::failure)?)?;
        }
    } else {
        show(&rows)?;
    }
    match findings.unreadable.as_slice() {
        [] => Ok(()),
        unreadable => Err(Exit::failure(unreadable.join("\n"))),
    }
}

fn show(rows: &[Row<'_>]) -> Result<(), Exit> {
    if rows.is_empty() {
        return print("nothing was found");
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["WHEN", "WHO", "THROUGH", "WHAT", "PATIENT", "OUTCOME", "FROM"]);
    for row in rows {
        table.add_row([
            &row.shown,
            row.clinician.as_str(),
            &row.through,
            row.what,
            row.patient.as_str(),
            &row.outcome,
            &row.from,
        ]);
    }
    print(table.trim_fmt())?;
    let count = rows.len();
    print(format!("\n{count} {}", if count == 1 { "attempt" } else { "attempts" }))
}

/// One attempt, as people and programs read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    at: String,
    #[serde(skip)]
    shown: String,
    clinician: String,
    tenant: &'a str,
    host: &'a str,
    #[serde(skip)]
    through: String,
    what: &'a str,
    patient: String,
    outcome: String,
    from: String,
    request_id: &'a str,
    chain: String,
    seq: u64,
}

impl<'a> Row<'a> {
    fn new(found: &'a Found, revealer: Option<&mut Revealer>) -> Self {
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

/// Nobody is named in a session of the key's owner.
fn owner(attempt: &Attempt) -> &'static str {
    if attempt.identity.as_deref() == Some("owner") {
        "the API key's owner"
    } else {
        "-"
    }
}

/// Somebody by name, by why there is none, or by pseudonym.
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
