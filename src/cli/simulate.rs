//! `simulate`: the stand-in for Empego alone.

use std::net::SocketAddr;

use actix_web::{
    dev::ServerHandle,
    rt::{self, System},
};
use clap::{Args, ValueEnum};
use tokio::signal::ctrl_c;

use super::{Exit, print};
use crate::simulator::{Partial, Settings, Simulator};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to listen; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// An API key to accept; may be given several times
    #[arg(long = "api-key", value_name = "KEY", default_value = "simulated-api-key")]
    api_keys: Vec<String>,
    /// What happens to an unknown user with a partial profile: Empego's page says both
    #[arg(long, value_enum, default_value = "reject")]
    partial: PartialArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PartialArgument {
    /// Refuse it with 400
    Reject,
    /// Take the missing fields from the key's owner
    Clone,
}

impl From<PartialArgument> for Partial {
    fn from(argument: PartialArgument) -> Self {
        match argument {
            PartialArgument::Reject => Self::Reject,
            PartialArgument::Clone => Self::Clone,
        }
    }
}

pub(super) fn simulate(arguments: Arguments) -> Result<(), Exit> {
    let settings = Settings {
        listen: arguments.listen,
        api_keys: arguments.api_keys,
        partial: arguments.partial.into(),
    };
    if !settings.listen.ip().is_loopback() {
        return Err(Exit::usage(
            "--listen must be an address of this machine alone, such as 127.0.0.1:8081",
        ));
    }
    System::new().block_on(async {
        let simulator = Simulator::build(settings).map_err(Exit::failure)?;
        print(format!(
            "simulator  http://{}/empego-integrations/R4",
            simulator.address
        ))?;
        stop_on_signal(simulator.server.handle());
        simulator.server.await.map_err(Exit::failure)
    })
}

/// The simulator has nothing to lose: it stops at once.
pub(super) fn stop_on_signal(server: ServerHandle) {
    rt::spawn(async move {
        if ctrl_c().await.is_ok() {
            server.stop(false).await;
        }
    });
}
