//! `demo`: a gateway and a stand-in for Empego, wired together on loopback with keys made for this run.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use clap::Args;
use tracing::level_filters::LevelFilter;

use super::{Exit, print};
use crate::{
    app::{self, Application},
    config::{Config, Source},
    identity::HostKey,
    simulator::{Partial, Settings, Simulator},
    telemetry::{self, Format},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the gateway listens; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the stand-in for Empego listens; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    simulator_listen: SocketAddr,
}

pub(super) fn demo(arguments: &Arguments) -> Result<(), Exit> {
    if !(arguments.listen.ip().is_loopback() && arguments.simulator_listen.ip().is_loopback()) {
        return Err(Exit::usage(
            "the demo listens on addresses of this machine alone, such as 127.0.0.1:8080",
        ));
    }
    let telling = telemetry::start(telemetry::Settings {
        level: LevelFilter::INFO,
        format: Format::Pretty,
        has_collector: false,
    });
    let _until_the_end = telling.map_err(Exit::failure)?;
    let host_key = HostKey::generate().map_err(Exit::failure)?;
    let api_key = HostKey::generate().map_err(Exit::failure)?;

    app::block_on(async {
        let simulator = Simulator::build(Settings {
            listen: arguments.simulator_listen,
            api_keys: vec![api_key.expose().to_owned()],
            partial: Partial::Reject,
        });
        let simulator = simulator.map_err(|error| in_use(arguments.simulator_listen, "--simulator-listen", &error))?;
        let source = source(arguments.listen, simulator.address, &host_key, &api_key);
        let config = Config::load(&source).map_err(Exit::failure)?;
        let application = Application::build(&config).map_err(|error| in_use(arguments.listen, "--listen", &error))?;

        print(welcome(application.address(), simulator.address, &host_key))?;
        let simulator = simulator.start();
        let outcome = application.run_until_stopped().await;
        simulator.stop().await;
        outcome.map_err(Exit::failure)
    })
}

fn in_use(address: SocketAddr, flag: &str, error: &dyn std::fmt::Display) -> Exit {
    Exit::failure(format!("cannot listen on {address}: {error}; {flag} moves it"))
}

/// The demo's configuration goes through the same door as everybody's.
fn source(listen: SocketAddr, simulator: SocketAddr, host_key: &HostKey, api_key: &HostKey) -> Source {
    let digest = host_key.digest().to_hex();
    let admin = SocketAddr::new(listen.ip(), 0);
    let text = format!(
        r#"
            [server]
            listen = "{listen}"
            admin_listen = "{admin}"
            shutdown_grace_secs = 2
            [empego]
            base_url = "http://{simulator}/empego-integrations/R4"
            embed_hosts = ["{simulator}"]
            [[tenant]]
            id = "demo"
            api_key_env = "DEMO_API_KEY"
            policy = "documented"
            endpoints = ["*"]
            [[host]]
            id = "demo-ehr"
            tenant = "demo"
            identity = "asserted"
            key_sha256 = "{digest}"
            explain = true
            "#
    );
    let variables = BTreeMap::from([("DEMO_API_KEY".to_owned(), api_key.expose().to_owned())]);
    Source::new("demo", text, PathBuf::new(), variables)
}

fn welcome(gateway: SocketAddr, simulator: SocketAddr, host_key: &HostKey) -> String {
    let key = host_key.expose();
    format!(
        r#"gateway    http://{gateway}
simulator  http://{simulator}
host key   {key}

Ask for an embed URL, then open it in a browser (each opens once):

curl -sS http://{gateway}/v1/embeddable/consultation/view -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{{"clinician":{{"userId":"emp123","firstName":"Élodie","lastName":"Côté","email":"elodie.cote@clinic.ca","licenseNumber":"MD123456","preferredLanguage":"FR"}},"patientKey":"patient123"}}'

Or as an existing client of Empego does, which answers the URL alone:

curl -sS 'http://{gateway}/empego-integrations/R4/embeddable/consultation/view?patientKey=patient123&locale=en' -H 'Api-key: {key}' -H 'x-integration-user: eyJ1c2VySWQiOiJlbXA0NTYifQ=='

What the stand-in received: http://{simulator}/__sim/journal
Stop with Ctrl-C.
"#
    )
}
