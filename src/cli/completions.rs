//! `completions`: what a shell completes this program's arguments with.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{
    Cli,
    exit::{Exit, print},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell that reads them
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "empego-gateway", &mut script);
    print(String::from_utf8(script).map_err(Exit::failure)?.trim_end())
}
