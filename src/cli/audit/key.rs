//! `audit key`: the ring that persons are found and named with.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use store::keyring::{generate, is_id};

use super::place::keyring;
use crate::cli::{
    exit::{Exit, print},
    private_file::replace,
};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Put a new key on top of a keyring: records are made with it from then on. Makes the file if there is none
    New(NewArguments),
    /// List the ids of a keyring, the current one first
    List(RingArguments),
    /// Destroy a key: the persons in records that were made with it can never be named or found again
    Destroy(DestroyArguments),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RingArguments {
    /// The keyring's file
    #[arg(long, value_name = "FILE")]
    keyring: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct NewArguments {
    #[command(flatten)]
    ring: RingArguments,
    /// The new key's id [default: k and today's date]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DestroyArguments {
    #[command(flatten)]
    ring: RingArguments,
    /// The key's id
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(command: &Command) -> Result<(), Exit> {
    match command {
        Command::New(arguments) => new(&arguments.ring.keyring, arguments.id.as_deref()),
        Command::List(arguments) => list(&arguments.keyring),
        Command::Destroy(arguments) => destroy(&arguments.ring.keyring, &arguments.id),
    }
}

fn new(file: &Path, id: Option<&str>) -> Result<(), Exit> {
    let ids = if file.exists() {
        keyring(file)?.ids()
    } else {
        Vec::new()
    };
    let id = id.map_or_else(|| free_id(&ids), str::to_owned);
    if !is_id(&id) {
        return Err(Exit::usage("--id must be 1 to 32 letters, digits, `-` or `_`"));
    }
    if ids.contains(&id) {
        return Err(Exit::usage(format!("{} has a key {id} already", file.display())));
    }
    let line = generate(&id).map_err(|_no_more_is_known| Exit::failure("the operating system has no randomness"))?;
    let before = if ids.is_empty() { String::new() } else { read(file)? };
    replace(file, &format!("{line}\n{before}"))?;
    print(format!("{}: new records are made with {id}", file.display()))
}

fn list(file: &Path) -> Result<(), Exit> {
    for (at, id) in keyring(file)?.ids().iter().enumerate() {
        print(if at == 0 { format!("{id} (current)") } else { id.clone() })?;
    }
    Ok(())
}

fn destroy(file: &Path, id: &str) -> Result<(), Exit> {
    let ids = keyring(file)?.ids();
    if !ids.iter().any(|own| own == id) {
        return Err(Exit::usage(format!("{} has no key {id}", file.display())));
    }
    if ids.len() == 1 {
        return Err(Exit::usage(format!(
            "{id} is the only key of {}: make another one first, with `empego-gateway audit key new`",
            file.display()
        )));
    }
    let text = read(file)?;
    let kept = text
        .lines()
        .filter(|line| line.split_ascii_whitespace().next() != Some(id));
    let kept: Vec<_> = kept.chain([""]).collect();
    replace(file, &kept.join("\n"))?;
    print(format!(
        "{}: {id} is destroyed; destroy its backups too",
        file.display()
    ))
}

/// `k` and today's date; with a number, if there is one of today.
fn free_id(ids: &[String]) -> String {
    let today = Timestamp::now().strftime("k%Y%m%d").to_string();
    let numbered = (2..).map(|number| format!("{today}-{number}"));
    let mut names = std::iter::once(today.clone()).chain(numbered);
    names.find(|name| !ids.contains(name)).unwrap_or(today)
}

fn read(file: &Path) -> Result<String, Exit> {
    fs::read_to_string(file).map_err(|error| Exit::failure(format!("{}: {error}", file.display())))
}
