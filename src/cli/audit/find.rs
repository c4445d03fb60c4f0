//! `audit find`: a table that a privacy officer reads without help.

use clap::Args;
use comfy_table::{Table, presets::NOTHING};

use super::{place::KeyedPlaceArguments, question::QuestionArguments};
use crate::{
    audit::{reveal::Revealer, row::Row},
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
    let (place, keyring) = arguments.place.read()?;
    let asked = arguments.question.read(keyring.as_ref())?;
    let findings = asked.question.ask(place.records()?).map_err(Exit::failure)?;
    let is_revealed = arguments.question.reveal;
    // Before anything comes out: the reader is known.
    let noted = asked.noted("find", is_revealed, findings.found.len());
    place.note(noted)?;
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
