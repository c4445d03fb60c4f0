//! `simulate`: the stand-ins for Empego and Junction alone.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use simulator::{JunctionSettings, Partial, Settings, Simulator};

use super::exit::{Exit, print};
use crate::app::{self, StopSignals};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Address to listen on; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// An Empego API key to accept; may be repeated
    #[arg(long = "api-key", value_name = "KEY", default_value = "simulated-api-key")]
    api_keys: Vec<String>,
    /// How to treat an unknown user with a partial profile: Empego's documentation says both
    #[arg(long, value_enum, default_value = "reject")]
    partial: PartialArgument,
    /// A Junction management key to accept; may be repeated
    #[arg(long = "management-key", value_name = "KEY", default_values_t = JunctionSettings::default().management_keys)]
    management_keys: Vec<String>,
    /// The id of the one organization at Junction
    #[arg(long, value_name = "ID", default_value_t = JunctionSettings::default().org_id)]
    org_id: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PartialArgument {
    /// Refuse the user with 400
    Reject,
    /// Copy the missing fields from the key's owner
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
        junction: JunctionSettings {
            org_id: arguments.org_id,
            management_keys: arguments.management_keys,
            ..JunctionSettings::default()
        },
    };
    if !settings.listen.ip().is_loopback() {
        return Err(Exit::usage(
            "--listen must be a loopback address, such as 127.0.0.1:8081",
        ));
    }
    app::block_on(async {
        let simulator = Simulator::build(settings.clone()).map_err(Exit::failure)?;
        let mut signals = StopSignals::listen().map_err(Exit::failure)?;
        print(facts(simulator.address, &settings))?;
        simulator.run_until(signals.next()).await.map_err(Exit::failure)
    })
}

/// What a caller needs, a line each.
fn facts(address: SocketAddr, settings: &Settings) -> String {
    let api_keys = settings.api_keys.join(" ");
    let JunctionSettings {
        org_id,
        management_keys,
        ..
    } = &settings.junction;
    let management_keys = management_keys.join(" ");
    format!(
        "simulator        http://{address}
base_url         http://{address}/empego-integrations/R4
api keys         {api_keys}
management_url   http://{address}/junction/management
api_url          http://{address}/junction/api
embed_url        http://{address}/junction/ehr
org id           {org_id}
management keys  {management_keys}"
    )
}
