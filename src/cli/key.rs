//! `key generate`.

use clap::Subcommand;

use super::exit::{Exit, print};
use crate::identity::HostKey;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print a new host key, once, and its SHA-256 digest for the configuration
    Generate,
}

pub(super) fn run(command: &Command) -> Result<(), Exit> {
    match command {
        Command::Generate => {
            let key = HostKey::generate().map_err(Exit::failure)?;
            print(format!("key     {}\nsha256  {}", key.expose(), key.digest().to_hex()))
        }
    }
}
