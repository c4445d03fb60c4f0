//! `known`: which clinicians the gateway has seen.

mod ids;

use std::{io::IsTerminal as _, path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use domain::clinician::UserId;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use store::{
    keyring::Keyring,
    known::{KnownUsers, Person, Sighting},
};

use self::ids::Form;
use super::{
    configured::load,
    exit::{Exit, print},
    serve::counted,
};
use crate::{app, config::Config};

/// How many are written at once.
const BATCH: usize = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Remember clinicians who exist at Empego already, from a list of their user ids
    Import(Import),
    /// Report how many clinicians are remembered. Who they are cannot be read from the store
    List(List),
    /// Forget the clinicians whose user ids are on standard input, one a line
    Forget(Of),
}

/// Whose clinicians.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// The configuration file, with the store and the tenant
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The tenant, by its id in the configuration
    #[arg(long, value_name = "ID")]
    tenant: String,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    of: Of,
    /// Read CSV, and take the first column of each line after the header
    #[arg(long)]
    csv: bool,
    /// The first line of the CSV is a clinician already
    #[arg(long, requires = "csv")]
    no_header: bool,
    /// A file with one user id a line, as Empego has them, with any `user_id_prefix`; - reads standard input
    #[arg(value_name = "LIST")]
    list: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    of: Of,
    /// Report the number
    #[arg(long, required = true)]
    count: bool,
}

pub(super) fn run(command: &Command) -> Result<(), Exit> {
    match command {
        Command::Import(arguments) => app::block_on(import(arguments)),
        Command::List(arguments) => app::block_on(list(&arguments.of)),
        Command::Forget(of) => app::block_on(forget(of)),
    }
}

async fn import(arguments: &Import) -> Result<(), Exit> {
    let form = match (arguments.csv, arguments.no_header) {
        (false, _) => Form::Lines,
        (true, false) => Form::CsvWithHeader,
        (true, true) => Form::Csv,
    };
    let known = Known::of(&arguments.of).await?;
    let ids = ids::read(&arguments.list, form)?;
    let new = known.import(&ids).await?;
    let known_before = ids.len() as u64 - new;
    print(format!(
        "{}: {new} new, {known_before} known already",
        counted(ids.len(), "clinician")
    ))
}

async fn list(of: &Of) -> Result<(), Exit> {
    let known = Known::of(of).await?;
    let count = known.store.count(&known.tenant).await.map_err(Exit::failure)?;
    print(count)
}

async fn forget(of: &Of) -> Result<(), Exit> {
    let known = Known::of(of).await?;
    let ids = ids::read("-".as_ref(), Form::Lines)?;
    let forgotten = known.forget(&ids).await?;
    print(format!("{forgotten} of {} forgotten", counted(ids.len(), "clinician")))
}

/// A tenant's clinicians in the store.
struct Known {
    store: Arc<dyn KnownUsers>,
    keyring: Keyring,
    tenant: Arc<str>,
}

impl Known {
    async fn of(of: &Of) -> Result<Self, Exit> {
        let (config, _) = load(&of.config)?;
        if !has_empego(&config, &of.tenant) {
            return Err(Exit::usage(format!(
                "--tenant: the configuration has no tenant {} with an Empego API key",
                of.tenant
            )));
        }
        let store = app::known_users(&config).await;
        let store = store.map_err(|fault| Exit::failure(format!("{fault:#}")))?;
        let (Some(store), Some(keyring)) = (store, config.audit.keyring) else {
            return Err(Exit::usage(
                "the configuration has no [store], so no clinician is remembered",
            ));
        };
        Ok(Self {
            store,
            keyring,
            tenant: of.tenant.as_str().into(),
        })
    }

    /// Returns how many were new.
    async fn import(&self, ids: &[UserId]) -> Result<u64, Exit> {
        let at = Timestamp::now();
        let progress = progress(ids.len());
        let mut new = 0;
        for batch in ids.chunks(BATCH) {
            let sightings = batch.iter().map(|user| Sighting {
                tenant: Arc::clone(&self.tenant),
                person: Person::current(&self.keyring, &self.tenant, user),
                at,
            });
            new += self.store.remember(sightings.collect()).await.map_err(|why| {
                Exit::failure(format!(
                    "{why}\n{new} were imported before: import the whole list again once this is solved"
                ))
            })?;
            progress.inc(batch.len() as u64);
        }
        progress.finish_and_clear();
        Ok(new)
    }

    /// Returns how many were remembered.
    async fn forget(&self, ids: &[UserId]) -> Result<u64, Exit> {
        let mut forgotten = 0;
        for user in ids {
            let persons = Person::under_every_key(&self.keyring, &self.tenant, user);
            let rows = self.store.forget(&self.tenant, persons).await.map_err(Exit::failure)?;
            forgotten += rows.min(1);
        }
        Ok(forgotten)
    }
}

fn has_empego(config: &Config, id: &str) -> bool {
    config
        .tenants
        .iter()
        .any(|tenant| tenant.id == id && tenant.empego.is_some())
}

/// A bar for a list that takes a while, where a person sees it.
fn progress(length: usize) -> ProgressBar {
    if length <= BATCH || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len}");
    ProgressBar::new(length as u64).with_style(style.unwrap_or_else(|_fixed| ProgressStyle::default_bar()))
}
