//! Which trail a command is about, and with which keys.

use std::path::{Path, PathBuf};

use clap::Args;
use store::keyring::Keyring;

use crate::{
    cli::exit::Exit,
    config::{Config, SinkConfig, Source, keyring_of_file},
};

/// A trail's folder, named or that of a configuration.
#[derive(Debug, Args)]
pub(super) struct PlaceArguments {
    /// The trail's folder [default: that of the configuration]
    #[arg(value_name = "DIR", required_unless_present = "config")]
    pub(super) directory: Option<PathBuf>,
    /// The configuration that names the trail and its keys
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// The same with keys.
#[derive(Debug, Args)]
pub(super) struct KeyedPlaceArguments {
    #[command(flatten)]
    pub(super) place: PlaceArguments,
    /// The keyring [default: that of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(super) keyring: Option<PathBuf>,
}

impl PlaceArguments {
    /// The folder.
    pub(super) fn folder(&self) -> Result<PathBuf, Exit> {
        if let Some(directory) = &self.directory {
            return Ok(directory.clone());
        }
        match self.configured()?.and_then(|config| config.audit.sink) {
            Some(SinkConfig::File { directory, .. }) => Ok(directory),
            Some(SinkConfig::Postgres(_)) => Err(Exit::usage(
                "the audit trail of this configuration is in PostgreSQL: copy it with `empego-gateway audit fetch`, and name the folder",
            )),
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
    /// The folder, and the keys if there are any.
    pub(super) fn read(&self) -> Result<(PathBuf, Option<Keyring>), Exit> {
        let folder = self.place.folder()?;
        let keyring = match &self.keyring {
            Some(file) => Some(keyring(file)?),
            None => self.place.configured()?.and_then(|config| config.audit.keyring),
        };
        Ok((folder, keyring))
    }
}

/// The keys of a file.
pub(super) fn keyring(file: &Path) -> Result<Keyring, Exit> {
    keyring_of_file(file).map_err(|why| Exit::usage(format!("{} {why}", file.display())))
}
