//! `audit`: verify, search and export the trail, and keep its keys. All of it works without a running gateway, and beside one.

mod export;
mod find;
mod key;
mod place;
mod prune;
mod question;
mod stdin;
mod verify;

use clap::Subcommand;

use super::exit::Exit;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check that no record was changed, removed, inserted or moved
    Verify(verify::Arguments),
    /// Tell who opened whose chart: when, through which host, what, and from where
    Find(find::Arguments),
    /// Write records as FHIR `AuditEvent`s or as a table
    Export(export::Arguments),
    /// Make, list and destroy the keys that persons are found and named with
    #[command(subcommand)]
    Key(key::Command),
    /// Remove closed segments whose time is over
    Prune(prune::Arguments),
}

pub(super) fn run(command: Command) -> Result<(), Exit> {
    match command {
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Find(arguments) => find::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Key(command) => key::run(&command),
        Command::Prune(arguments) => prune::run(&arguments),
    }
}
