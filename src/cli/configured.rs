//! The configuration that a command is about.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use crate::config::{Config, Fingerprint, Source};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration file: see gateway.example.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
}

/// The configuration, and the files that it consists of.
pub(super) fn load(file: &Path) -> Result<(Config, Fingerprint), Exit> {
    let source = Source::of_file(file).map_err(Exit::usage)?;
    let config = Config::load(&source).map_err(Exit::usage)?;
    Ok((config, source.fingerprint()))
}
