//! `completions`: what a shell completes this program's arguments with.

use clap::Args;
use clap_complete::Shell;

use super::exit::{Exit, print};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell that reads them
    shell: Shell,
}

/// Of the whole program, which `cli` describes.
pub(super) fn run(arguments: &Arguments, mut cli: clap::Command) -> Result<(), Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut cli, "empego-gateway", &mut script);
    print(String::from_utf8(script).map_err(Exit::failure)?.trim_end())
}
