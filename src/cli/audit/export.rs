//! `audit export`.

use std::io::{self, BufWriter, Write as _};

use clap::{Args, ValueEnum};
use store::trail::ReadError;

use super::{place::KeyedPlaceArguments, question::QuestionArguments};
use crate::{
    audit::{
        export::{Exported, Format, write},
        reveal::Revealer,
    },
    cli::exit::Exit,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    place: KeyedPlaceArguments,
    /// What is written
    #[arg(long, value_enum)]
    format: FormatArgument,
    #[command(flatten)]
    question: QuestionArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArgument {
    /// FHIR R4 `AuditEvent`s, one in each line
    Ndjson,
    /// FHIR Bundles of type batch, one in each line
    Bundle,
    /// A table with a heading
    Csv,
}

impl From<FormatArgument> for Format {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Ndjson => Self::Ndjson,
            FormatArgument::Bundle => Self::Bundle,
            FormatArgument::Csv => Self::Csv,
        }
    }
}

/// What ends an export.
enum Ended {
    Read(ReadError),
    Write(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let (place, keyring) = arguments.place.read()?;
    let asked = arguments.question.read(keyring.as_ref())?;
    let is_revealed = arguments.question.reveal;
    // Before anything comes out: the reader is known. A first pass counts.
    let counted = place.records()?;
    let count = counted
        .flatten()
        .filter(|record| asked.question.includes(&record.event))
        .count();
    let noted = asked.noted("export", is_revealed, count);
    place.note(noted)?;

    let mut revealer = keyring.filter(|_| is_revealed).map(Revealer::new);
    let mut unreadable = Vec::new();
    let records = place.records()?.filter_map(|record| match record {
        Ok(record) if asked.question.includes(&record.event) => {
            let names = revealer.as_mut().and_then(|revealer| revealer.of_record(&record));
            Some(Ok(Exported { record, names }))
        }
        Ok(_) => None,
        Err(error @ ReadError::Line { .. }) => {
            unreadable.push(error.to_string());
            None
        }
        Err(error @ (ReadError::System(..) | ReadError::Database(_))) => Some(Err(Ended::Read(error))),
    });
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(arguments.format.into(), records, &mut out).and_then(|_count| Ok(out.flush()?));
    match written {
        Ok(()) if unreadable.is_empty() => Ok(()),
        Ok(()) => Err(Exit::failure(unreadable.join("\n"))),
        Err(Ended::Read(error)) => Err(Exit::failure(error)),
        Err(Ended::Write(error)) => Err(Exit::failure(error)),
    }
}
