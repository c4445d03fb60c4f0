//! `webhooks`: where Junction sends a team's events, and the secrets that prove them.

mod check;
mod place;
mod provision;
mod rotate;

use clap::Subcommand;

use super::exit::Exit;
use crate::app;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Have Junction send a team's events to an endpoint of the gateway, and write their secret into its `secret_file`
    Provision(provision::Arguments),
    /// Report whether events arrive: the webhook exists and is on, its secrets fit, and deliveries succeed
    Check(check::Arguments),
    /// Exchange an endpoint's secret. Events are accepted under both until the old one ends, a day later
    Rotate(rotate::Arguments),
}

pub(super) fn run(command: &Command) -> Result<(), Exit> {
    match command {
        Command::Provision(arguments) => app::block_on(provision::run(arguments)),
        Command::Check(arguments) => app::block_on(check::run(arguments)),
        Command::Rotate(arguments) => app::block_on(rotate::run(arguments)),
    }
}
