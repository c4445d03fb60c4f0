//! `simulate`: the stand-in for Empego alone.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use super::{Exit, print};
use crate::{
    app,
    simulator::{Partial, Settings, Simulator},
};

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
    let api_keys = arguments.api_keys.clone();
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
    app::block_on(async {
        let simulator = Simulator::build(settings).map_err(Exit::failure)?;
        let address = simulator.address;
        print(format!(
            "simulator  http://{address}\nbase_url   http://{address}/empego-integrations/R4\napi keys   {}",
            api_keys.join(" ")
        ))?;
        simulator.run_until_stopped().await.map_err(Exit::failure)
    })
}
