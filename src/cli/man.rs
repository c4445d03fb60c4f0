//! `man`: the manual pages, one for each command.

use std::{fs, path::PathBuf};

use clap::{Args, CommandFactory as _};

use super::{Cli, exit::Exit};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write them into this folder, which is created if it does not exist; pages of another version are replaced
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let folder = &arguments.output;
    fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| Exit::failure(format!("{} cannot be written to: {error}", folder.display())))
}
