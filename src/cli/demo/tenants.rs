//! The tenants and hosts of the demo's console beside its first host: a strict tenant, and one host for each refusal that
//! needs settings of its own.

use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr, path::Path, sync::Arc};

use serde_json::json;
use simulator::{Clockwork, Scene};

use super::{
    issuer::{self, Issuer},
    junction,
    orders::{DemoOrders, GRANTS},
    organisation,
    unresponsive::Unresponsive,
};
use crate::{
    app::{Console, origin_of},
    cli::exit::Exit,
    identity::HostKey,
};

/// All hosts and their keys, kept until the demo ends.
pub(super) struct Tenants {
    simulator: SocketAddr,
    hosts: Vec<(DemoHost, HostKey)>,
    issuer: Issuer,
    unresponsive: Unresponsive,
}

/// A host with a key.
struct DemoHost {
    /// Its id: with `demo-` before it, and as the page has it.
    name: &'static str,
    tenant: &'static str,
    /// Lines of its own.
    settings: &'static str,
    /// Whether the page may use it although it is not for browsers.
    is_for_page: bool,
}

/// A tenant of the stand-in, with lines of its own.
const TENANTS: [(&str, &str); 3] = [
    ("demo-strict", "endpoints = [\"*\"]"),
    ("demo-narrow", "policy = \"documented\"\nendpoints = [\"statistics\"]"),
    // Its calls are paused without pausing those of any other tenant.
    ("demo-failing", "policy = \"documented\"\nendpoints = [\"*\"]"),
];

/// The host of the page: as the one whose key is printed, except that scripts of the page get no session.
const PAGE_HOST: &str = "documented";

/// What the page shows in frames comes by tickets.
const TICKETS: &str = "deliver = \"ticket\"\njunction_deliver = \"ticket\"\n";

const HOSTS: [DemoHost; 7] = [
    DemoHost {
        name: PAGE_HOST,
        tenant: "demo",
        settings: "explain = true",
        is_for_page: true,
    },
    DemoHost {
        name: "strict",
        tenant: "demo-strict",
        settings: "explain = true\nintents = [\"owner\", \"existing\", \"upsert\", \"new\", \"clone\"]",
        is_for_page: true,
    },
    DemoHost {
        name: "narrow",
        tenant: "demo-narrow",
        settings: "intents = [\"upsert\", \"new\"]",
        is_for_page: true,
    },
    DemoHost {
        name: "failing",
        tenant: "demo-failing",
        settings: "",
        is_for_page: true,
    },
    DemoHost {
        name: "unanswered",
        tenant: "demo-unanswered",
        settings: "",
        is_for_page: true,
    },
    DemoHost {
        name: "rated",
        tenant: "demo",
        settings: "rate = { per_second = 1, burst = 1 }",
        is_for_page: true,
    },
    DemoHost {
        name: "server",
        tenant: "demo",
        settings: "",
        is_for_page: false,
    },
];

impl Tenants {
    /// Creates all keys.
    ///
    /// # Errors
    /// If the system gives no randomness, or no port.
    pub(super) fn create(simulator: SocketAddr) -> Result<Self, Exit> {
        let hosts = HOSTS
            .into_iter()
            .map(|host| Ok((host, HostKey::generate().map_err(Exit::failure)?)));
        Ok(Self {
            simulator,
            hosts: hosts.collect::<Result<_, Exit>>()?,
            issuer: Issuer::start()?,
            unresponsive: Unresponsive::on_any_port().map_err(Exit::failure)?,
        })
    }

    /// Their tables of the configuration.
    pub(super) fn settings(&self) -> String {
        let mut text = String::new();
        let mut add = |table: std::fmt::Arguments<'_>| {
            // Writing to memory does not fail.
            let _written = text.write_fmt(table);
        };
        for (id, lines) in TENANTS {
            add(format_args!(
                "[[tenant]]\nid = \"{id}\"\napi_key_env = \"DEMO_API_KEY\"\n{lines}\n\
                 [tenant.frame]\nsandbox = \"allow-scripts allow-same-origin allow-forms\"\n{}\n",
                organisation::table(
                    self.simulator,
                    &format!("http://{}/junction/management", self.simulator)
                )
            ));
        }
        let unresponsive = self.unresponsive.address;
        add(format_args!(
            "[[tenant]]\nid = \"demo-unanswered\"\napi_key_env = \"DEMO_API_KEY\"\nendpoints = [\"*\"]\n\
             [tenant.empego]\nbase_url = \"http://{unresponsive}\"\n{}\n",
            organisation::table(self.simulator, &format!("http://{unresponsive}"))
        ));
        for (host, key) in &self.hosts {
            let DemoHost {
                name, tenant, settings, ..
            } = host;
            let digest = key.digest().to_hex();
            let tickets = if host.is_for_page { TICKETS } else { "" };
            let grants = if *name == PAGE_HOST { GRANTS } else { "" };
            add(format_args!(
                "[[host]]\nid = \"demo-{name}\"\ntenant = \"{tenant}\"\nidentity = \"asserted\"\n\
                 key_sha256 = \"{digest}\"\n{tickets}{settings}\n{grants}\n"
            ));
        }
        let (issuer, simulator) = (issuer::ISSUER, self.simulator);
        for (id, audience, lines) in [
            ("demo-token", issuer::AUDIENCE, "patient_key = \"patient\"\n".to_owned()),
            (
                "demo-portal",
                issuer::PORTAL,
                format!("[host.session]\ncookie = \"{}\"\n", junction::COOKIE),
            ),
        ] {
            add(format_args!(
                "[[host]]\nid = \"{id}\"\ntenant = \"demo\"\nidentity = \"token\"\n{TICKETS}[host.jwt]\nissuer = \"{issuer}\"\n\
                 audience = \"{audience}\"\njwks_url = \"http://{simulator}/__sim/keys\"\n[host.jwt.claims]\n\
                 first_name = \"given_name\"\nlast_name = \"family_name\"\nemail = \"email\"\n\
                 license_number = \"licence\"\nintegration_team_id = \"team\"\n{lines}"
            ));
        }
        text
    }

    /// What the page gets.
    pub(super) fn console(&self, trail: &Path, clock: Clockwork) -> Console {
        let mut credentials: BTreeMap<_, _> = self
            .hosts
            .iter()
            .map(|(host, key)| (host.name, key.expose().to_owned()))
            .collect();
        credentials.insert("token", self.issuer.token.clone());
        credentials.insert("unverifiedToken", self.issuer.unverified_token.clone());
        credentials.insert("portal", self.issuer.portal_token.clone());
        credentials.insert("restless", self.issuer.restless_token.clone());
        let for_page = self.hosts.iter().filter(|(host, _)| host.is_for_page);
        let hosts = for_page.map(|(host, _)| format!("demo-{}", host.name));
        Console {
            simulator: self.simulator,
            credentials,
            hosts: hosts
                .chain(["demo-ehr", "demo-token", "demo-portal"].map(str::to_owned))
                .collect(),
            session: format!("{}={}", junction::COOKIE, self.issuer.portal_token),
            tenants: ["demo"]
                .into_iter()
                .chain(TENANTS.map(|(id, _)| id))
                .chain(["demo-unanswered"])
                .collect(),
            trail: trail.to_owned(),
            turn_clock: Arc::new(move |seconds| clock.advance(seconds)),
        }
    }

    /// What the stand-in gets for the page at this address.
    pub(super) fn scene(&self, gateway: SocketAddr, orders: &DemoOrders) -> Scene {
        Scene {
            page_origin: Some(origin_of(gateway)),
            key_set: Some(self.issuer.key_set.clone()),
            users: Some(json!({"users": {"emp042": {
                "firstName": "Noah", "lastName": "Singh", "email": "noah.singh@clinic.ca",
                "licenseNumber": "MD654321", "preferredLanguage": "EN",
            }}})),
            junction: Some(junction::arrangement(gateway, orders)),
        }
    }
}
