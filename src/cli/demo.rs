//! `demo`: a gateway and a stand-in for Empego and Junction, wired together on loopback with keys made for this run, and a
//! console to try them with.

#[cfg(feature = "console")]
mod issuer;
#[cfg(feature = "console")]
mod junction;
mod order_lines;
mod orders;
mod organisation;
#[cfg(feature = "console")]
mod tenants;
mod trail;
#[cfg(feature = "console")]
mod unresponsive;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use clap::Args;
#[cfg(not(feature = "console"))]
use serde_json::json;
#[cfg(not(feature = "console"))]
use simulator::Scene;
use simulator::{JunctionSettings, Partial, Settings, Simulator};
use tracing::level_filters::LevelFilter;

use self::{orders::DemoOrders, trail::DemoTrail};
use super::exit::{Exit, print};
use crate::{
    app::{self, Application, StopSignals},
    config::{Config, Source},
    identity::HostKey,
    telemetry::{self, Format},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Address the gateway listens on; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address the stand-ins for Empego and Junction listen on; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    simulator_listen: SocketAddr,
}

pub(super) fn demo(arguments: &Arguments) -> Result<(), Exit> {
    if !(arguments.listen.ip().is_loopback() && arguments.simulator_listen.ip().is_loopback()) {
        return Err(Exit::usage(
            "the demo listens only on loopback addresses, such as 127.0.0.1:8080",
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
    let folders = Folders {
        trail: DemoTrail::create()?,
        orders: DemoOrders::create()?,
    };

    app::block_on(async {
        let simulator = Simulator::build(Settings {
            listen: arguments.simulator_listen,
            api_keys: vec![api_key.expose().to_owned()],
            partial: Partial::Reject,
            junction: JunctionSettings::default(),
        });
        let simulator = simulator.map_err(|error| in_use(arguments.simulator_listen, "--simulator-listen", &error))?;

        let gateway = gateway(arguments.listen, &simulator, &host_key, &api_key, &folders)?;

        let signals = StopSignals::listen().map_err(Exit::failure)?;
        let address = gateway.application.address();
        let console = gateway.console.as_deref();
        print(welcome(console, address, simulator.address, &host_key, &folders.trail))?;
        let simulator = simulator.start();
        let outcome = gateway.application.run_until(signals).await;
        simulator.stop().await;
        outcome.map_err(Exit::failure)
    })
}

/// What is in temporary folders.
struct Folders {
    trail: DemoTrail,
    orders: DemoOrders,
}

/// The demo's gateway, and where its console is if this build has one.
struct Gateway {
    application: Application,
    console: Option<String>,
    #[cfg(feature = "console")]
    _kept_until_the_end: tenants::Tenants,
}

#[cfg(feature = "console")]
fn gateway(
    listen: SocketAddr,
    simulator: &Simulator,
    host_key: &HostKey,
    api_key: &HostKey,
    folders: &Folders,
) -> Result<Gateway, Exit> {
    let tenants = tenants::Tenants::create(simulator.address)?;
    let config = config(
        listen,
        simulator.address,
        host_key,
        api_key,
        folders,
        // Of a port that the system chooses, the application finds out which one.
        &format!("public_url = \"{}\"", app::origin_of(listen)),
        &tenants.settings(),
    )?;
    let console = tenants.console(folders.trail.folder(), simulator.clockwork());
    let application = Application::build_with_console(&config, console);
    let application = application.map_err(|error| in_use(listen, "--listen", &error))?;
    let scene = tenants.scene(application.address(), &folders.orders);
    simulator.set(scene).map_err(Exit::failure)?;
    let origin = app::origin_of(application.address());
    Ok(Gateway {
        application,
        console: Some(format!("{origin}/console/")),
        _kept_until_the_end: tenants,
    })
}

#[cfg(not(feature = "console"))]
fn gateway(
    listen: SocketAddr,
    simulator: &Simulator,
    host_key: &HostKey,
    api_key: &HostKey,
    folders: &Folders,
) -> Result<Gateway, Exit> {
    let config = config(listen, simulator.address, host_key, api_key, folders, "", "")?;
    let application = Application::build(&config).map_err(|error| in_use(listen, "--listen", &error))?;
    let orders = &folders.orders;
    let junction = json!({"teams": [DemoOrders::team()], "webhooks": [orders.endpoint(application.address())]});
    let scene = Scene {
        junction: Some(junction),
        ..Scene::default()
    };
    simulator.set(scene).map_err(Exit::failure)?;
    Ok(Gateway {
        application,
        console: None,
    })
}

fn in_use(address: SocketAddr, flag: &str, error: &dyn std::fmt::Display) -> Exit {
    Exit::failure(format!(
        "cannot listen on {address}: {error}; choose another address with {flag}"
    ))
}

/// The demo's configuration passes the same checks as every other one.
fn config(
    listen: SocketAddr,
    simulator: SocketAddr,
    host_key: &HostKey,
    api_key: &HostKey,
    folders: &Folders,
    server: &str,
    others: &str,
) -> Result<Config, Exit> {
    let digest = host_key.digest().to_hex();
    let admin = SocketAddr::new(listen.ip(), 0);
    let junction = organisation::table(simulator, &format!("http://{simulator}/junction/management"));
    let Folders { trail, orders } = folders;
    let (audit, store) = (trail.settings(), orders.settings());
    let (webhook, grants) = (DemoOrders::webhook(), orders::GRANTS);
    let text = format!(
        r#"
            [server]
            listen = "{listen}"
            {server}
            admin_listen = "{admin}"
            shutdown_grace_secs = 2
            # Short and few, so that it does not take long to see what happens when time or slots run out.
            [launches]
            connect_timeout_ms = 1000
            timeout_ms = 3000
            orders_timeout_ms = 6000
            max_in_flight_per_tenant = 4
            [empego]
            base_url = "http://{simulator}/empego-integrations/R4"
            embed_hosts = ["{simulator}"]
            [[tenant]]
            id = "demo"
            api_key_env = "DEMO_API_KEY"
            policy = "documented"
            endpoints = ["*"]
            [tenant.frame]
            sandbox = "allow-scripts allow-same-origin allow-forms"
            {junction}
            {webhook}
            [[host]]
            id = "demo-ehr"
            tenant = "demo"
            identity = "asserted"
            key_sha256 = "{digest}"
            explain = true
            {grants}
            {others}
            {audit}
            {store}
            "#
    );
    let management_key = JunctionSettings::default().management_keys.concat();
    let variables = BTreeMap::from([
        ("DEMO_API_KEY".to_owned(), api_key.expose().to_owned()),
        ("DEMO_MANAGEMENT_KEY".to_owned(), management_key),
        orders.variable(),
    ]);
    Config::load(&Source::new("demo", text, PathBuf::new(), variables)).map_err(Exit::failure)
}

fn welcome(
    console: Option<&str>,
    gateway: SocketAddr,
    simulator: SocketAddr,
    host_key: &HostKey,
    trail: &DemoTrail,
) -> String {
    let key = host_key.expose();
    let (folder, keyring) = (trail.folder().display(), trail.keyring().display());
    let program = program();
    let orders = order_lines::lines(gateway, simulator, key);
    let click = console.map_or_else(
        || "console    not in this build, which lacks the feature console".to_owned(),
        |console| format!("console    {console}   <- click here"),
    );
    format!(
        r#"{click}
gateway    http://{gateway}
simulator  http://{simulator}
host key   {key}
trail      {folder}

Request an embed URL, then open it in a browser (each URL opens once):

curl -sS http://{gateway}/v1/embeddable/consultation/view -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{{"clinician":{{"userId":"emp123","firstName":"Élodie","lastName":"Côté","email":"elodie.cote@clinic.ca","licenseNumber":"MD123456","preferredLanguage":"FR"}},"patientKey":"patient123"}}'

Or do the same as an existing client of Empego; the response is only the URL:

curl -sS 'http://{gateway}/empego-integrations/R4/embeddable/consultation/view?patientKey=patient123&locale=en' -H 'Api-key: {key}' -H 'x-integration-user: eyJ1c2VySWQiOiJlbXA0NTYifQ=='

Request a URL of Junction's app; team, member and patient are created if they do not exist:

curl -sS http://{gateway}/v1/junction/launch -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{{"clinician":{{"userId":"emp123","firstName":"Élodie","lastName":"Côté","email":"elodie.cote@clinic.ca"}},"team":{{"integrationTeamId":"clinic-7","name":"Clinic 7"}},"patient":{{"clientUserId":"patient123"}},"feature":"order_creation","modality":"feature_embed"}}'

{orders}
Every launch leaves a record in the audit trail, which is removed when the demo ends. Verify it, and see who opened a patient's chart:

{program} audit verify '{folder}'
printf %s patient123 | {program} audit find '{folder}' --keyring '{keyring}' --tenant demo --patient - --reveal

What the stand-in received: http://{simulator}/__sim/journal and http://{simulator}/__sim/junction/journal
Stop with Ctrl-C.
"#
    )
}

/// This program as a shell finds it, also if it is in no folder of `PATH`.
fn program() -> String {
    let own = std::fs::read_link("/proc/self/exe");
    own.map_or_else(
        |_unknown| "empego-gateway".to_owned(),
        |path| format!("'{}'", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_welcome_says_first_where_to_click_or_why_one_cannot() {
        let (gateway, simulator) = (([127, 0, 0, 1], 1).into(), ([127, 0, 0, 1], 2).into());
        let key = HostKey::generate().unwrap();
        let trail = DemoTrail::create().unwrap_or_else(|exit| panic!("{}", exit.message));
        let first_line = |console| {
            let welcome = welcome(console, gateway, simulator, &key, &trail);
            welcome.lines().next().unwrap().to_owned()
        };
        assert!(first_line(Some("http://127.0.0.1:1/console/")).contains(" http://127.0.0.1:1/console/ "));
        assert!(first_line(None).contains("not in this build"));
    }
}
