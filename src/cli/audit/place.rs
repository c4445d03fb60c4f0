//! Which trail a command is about, and with which keys.

use std::{
    fmt,
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use clap::Args;
use domain::audit::{Event, Record};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use store::{
    keyring::Keyring,
    postgres::Fault,
    trail::{
        ReadError, Reader, VerifyingKey,
        postgres::{StoredRecords, StoredTrail},
        verify::{Anchor, Report, verify},
    },
};
use uuid::Uuid;

use crate::{
    app,
    audit::readers,
    cli::exit::Exit,
    config::{Config, PostgresConfig, SinkConfig, Source, keyring_of_file, postgres_of_file},
};

/// A trail's folder, named or that of a configuration.
#[derive(Debug, Args)]
pub(super) struct PlaceArguments {
    /// The trail's folder [default: that of the configuration]
    #[arg(value_name = "DIR", required_unless_present_any = ["config", "postgres"])]
    directory: Option<PathBuf>,
    /// A file with the URL of the database that the trail is in
    #[arg(long, value_name = "URL_FILE", conflicts_with = "directory")]
    postgres: Option<PathBuf>,
    /// The configuration that names the trail and its keys
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The same with keys.
#[derive(Debug, Args)]
pub(super) struct KeyedPlaceArguments {
    #[command(flatten)]
    place: PlaceArguments,
    /// The keyring [default: that of the configuration]
    #[arg(long, value_name = "FILE")]
    keyring: Option<PathBuf>,
}

/// Where a trail is.
pub(super) enum TrailPlace {
    /// In segments.
    Folder(PathBuf),
    /// In tables.
    Database(Box<PostgresConfig>),
}

impl PlaceArguments {
    /// Where it is.
    pub(super) fn place(&self) -> Result<TrailPlace, Exit> {
        if let Some(directory) = &self.directory {
            return Ok(TrailPlace::Folder(directory.clone()));
        }
        if let Some(file) = &self.postgres {
            return Ok(TrailPlace::Database(Box::new(
                postgres_of_file(file).map_err(Exit::usage)?,
            )));
        }
        match self.configured()?.and_then(|config| config.audit.sink) {
            Some(SinkConfig::File { directory, .. }) => Ok(TrailPlace::Folder(directory)),
            Some(SinkConfig::Postgres(postgres)) => Ok(TrailPlace::Database(postgres)),
            None => Err(Exit::usage("this configuration has no audit trail: see [audit]")),
        }
    }

    fn configured(&self) -> Result<Option<Config>, Exit> {
        let Some(file) = &self.config else { return Ok(None) };
        let source = Source::of_file(file).map_err(Exit::usage)?;
        Config::load(&source).map(Some).map_err(Exit::usage)
    }
}

impl KeyedPlaceArguments {
    /// The place, and the keys if there are any.
    pub(super) fn read(&self) -> Result<(TrailPlace, Option<Keyring>), Exit> {
        let place = self.place.place()?;
        let keyring = match &self.keyring {
            Some(file) => Some(keyring(file)?),
            None => self.place.configured()?.and_then(|config| config.audit.keyring),
        };
        Ok((place, keyring))
    }
}

impl TrailPlace {
    /// All its records, in order. A person who waits sees how many were read.
    pub(super) fn records(&self) -> Result<Box<dyn Iterator<Item = Result<Record, ReadError>>>, Exit> {
        let bar = counting_bar();
        Ok(match self {
            Self::Folder(folder) => Box::new(bar.wrap_iter(Reader::of(folder).map_err(Exit::failure)?)),
            Self::Database(postgres) => {
                let records = StoredRecords::of(stored(postgres)?);
                Box::new(bar.wrap_iter(records.map_err(|fault| refused(postgres, &fault))?))
            }
        })
    }

    /// Whether it is as it was written. `progress` gets how many bytes were read.
    pub(super) fn verify(
        &self,
        vouching: Option<VerifyingKey>,
        anchor: Option<Anchor>,
        progress: impl FnMut(u64),
    ) -> Result<Report, Exit> {
        match self {
            Self::Folder(folder) => verify(folder, vouching, anchor, progress).map_err(Exit::failure),
            Self::Database(postgres) => {
                let report = stored(postgres)?.verify(vouching, anchor, progress);
                report.map_err(|fault| refused(postgres, &fault))
            }
        }
    }

    /// Removes a chain from a database, once a record says so.
    pub(super) fn remove(&self, chain: Uuid) -> Result<(), Exit> {
        match self {
            Self::Folder(_) => Err(Exit::usage("a folder has segments, and no chains to remove")),
            Self::Database(postgres) => {
                let removed = stored(postgres)?.remove(chain);
                removed.map_err(|fault| refused(postgres, &fault))
            }
        }
    }

    /// Records that it is read. Nothing may come out before this is durable.
    pub(super) fn note(&self, event: Event) -> Result<(), Exit> {
        let noted = match self {
            Self::Folder(folder) => readers::note(folder, vec![event]),
            Self::Database(postgres) => {
                app::database(postgres).and_then(|database| readers::note_in_database(database, vec![event]))
            }
        };
        noted.map_err(|error| Exit::failure(format!("{error:#}")))
    }
}

impl fmt::Display for TrailPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(formatter),
            Self::Database(postgres) => write!(formatter, "in the database of {}", postgres.named_by),
        }
    }
}

fn counting_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {human_pos} records read");
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_fixed_text| ProgressStyle::default_spinner()))
        .with_finish(ProgressFinish::AndClear)
}

/// The trail in a database.
pub(super) fn stored(postgres: &PostgresConfig) -> Result<StoredTrail, Exit> {
    let database = app::database(postgres).map_err(|error| Exit::usage(format!("{error:#}")))?;
    StoredTrail::open(&database).map_err(|fault| refused(postgres, &fault))
}

pub(super) fn refused(postgres: &PostgresConfig, fault: &Fault) -> Exit {
    Exit::failure(format!("{}: the database {fault}", postgres.named_by))
}

/// The keys of a file.
pub(super) fn keyring(file: &Path) -> Result<Keyring, Exit> {
    keyring_of_file(file).map_err(|why| Exit::usage(format!("{} {why}", file.display())))
}
