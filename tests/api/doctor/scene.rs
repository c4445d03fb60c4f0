//! A configuration that leads to nothing but stand-ins on this machine, all of them healthy, and `doctor` looking at it.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, Mutex},
};

use actix_web::rt::task::spawn_blocking;
use serde_json::Value;
use simulator::{JunctionOrigin, JunctionSettings, Partial};
use tempfile::TempDir;

use crate::helpers::{
    TestSimulator, binary,
    issuer::Issuer,
    peer::{Peer, answer},
};

/// What must never be printed.
const SECRETS: [&str; 6] = [
    "upstream-key",
    "mg_simulated",
    "canary",
    "C2FVsBQIhrscChlQIMV",
    "AAECAwQFBgcICQoL",
    "sessionId",
];

/// What a server sends: its status, and its headers, each with the end of its line.
pub(super) type Says = Arc<Mutex<(&'static str, String)>>;

pub(super) struct Scene {
    folder: TempDir,
    text: String,
    variables: Vec<(&'static str, String)>,
    pub(super) arguments: Vec<String>,
    /// What a shell does before.
    pub(super) before: &'static str,
    pub(super) simulator: TestSimulator,
    pub(super) issuer: Issuer,
    /// Where Empego's app is.
    pub(super) embed: Peer,
    pub(super) embed_says: Says,
    /// Where a host hears of orders.
    pub(super) events: Peer,
    pub(super) events_says: Says,
}

/// What came of it, as JSON and as lines.
pub(super) struct Outcome {
    pub(super) code: Option<i32>,
    pub(super) document: Value,
    pub(super) checks: Vec<Value>,
    pub(super) text: String,
}

fn saying() -> (Peer, Says) {
    let says: Says = Arc::new(Mutex::new(("200 OK", String::new())));
    let said = Arc::clone(&says);
    let peer = Peer::start(move |_, connection| {
        let (status, headers) = said.lock().unwrap().clone();
        answer(connection, status, &headers, "")
    });
    (peer, says)
}

impl Scene {
    pub(super) async fn start() -> Self {
        Self::start_with(JunctionSettings::default()).await
    }

    /// With this at Junction, and the origin of the scene's host.
    pub(super) async fn start_with(mut junction: JunctionSettings) -> Self {
        junction.integration.origin_configs.push(JunctionOrigin {
            origin: "https://ehr.example".to_owned(),
            session_continuation_url: None,
        });
        let simulator = TestSimulator::start_with(Partial::Reject, junction);
        let issuer = Issuer::start().await;
        let ((embed, embed_says), (events, events_says)) = (saying(), saying());
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
            text: text(&simulator.address, &issuer, &embed, &events),
            variables: vec![
                ("EMPEGO_API_KEY", "upstream-key".to_owned()),
                ("MANAGEMENT_KEY", "mg_simulated".to_owned()),
                ("EVENTS_SECRET", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned()),
            ],
            arguments: Vec::new(),
            before: "",
            simulator,
            issuer,
            embed,
            embed_says,
            events,
            events_says,
        };
        for folder in ["settings", "store"] {
            fs::create_dir(scene.path(folder)).unwrap();
        }
        scene.write("settings/keys", "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        scene.mode("settings/keys", 0o600);
        scene.write("settings/gateway.toml", &scene.text);
        scene
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    /// Writes other text in the place of some that is in the configuration.
    pub(super) fn replace(&mut self, from: &str, to: &str) {
        assert!(self.text.contains(from), "{from}");
        self.text = self.text.replace(from, to);
        self.write("settings/gateway.toml", &self.text);
    }

    /// Writes lines at the end of the configuration.
    pub(super) fn add(&mut self, lines: &str) {
        self.text.push_str(lines);
        self.write("settings/gateway.toml", &self.text);
    }

    /// Has Empego at another base URL, and its app where it is.
    pub(super) fn empego_at(&mut self, base_url: &str) {
        let own = format!("http://{}/empego-integrations/R4", self.simulator.address);
        self.replace(&own, base_url);
    }

    /// Has the host hear of orders at another address.
    pub(super) fn events_at(&mut self, url: &str) {
        let own = format!("http://{}/events", self.events.address);
        self.replace(&own, url);
    }

    pub(super) fn set(&mut self, variable: &'static str, value: &str) {
        self.variables.retain(|(name, _)| *name != variable);
        self.variables.push((variable, value.to_owned()));
    }

    pub(super) fn unset(&mut self, variable: &str) {
        self.variables.retain(|(name, _)| *name != variable);
    }

    /// The binary with the scene's secrets, after what a shell does before.
    pub(super) fn command(&self, name: &str) -> Command {
        let program = binary();
        let mut command = Command::new("/bin/sh");
        let line = format!("{} exec \"$0\" \"$@\"", self.before);
        command.env_clear().args(["-c", &line]).arg(program.get_program());
        command.envs(self.variables.iter().cloned());
        command.args([name, "--config"]).arg(self.path("settings/gateway.toml"));
        command
    }

    /// Looks at everything, twice at once: for programs, and for people. Neither may see a secret.
    pub(super) async fn examined(&self) -> Outcome {
        let (mut json, mut text) = (self.command("doctor"), self.command("doctor"));
        json.args(&self.arguments).arg("--json");
        text.args(&self.arguments);
        let json = spawn_blocking(move || json.output().unwrap());
        let text = spawn_blocking(move || text.output().unwrap());
        let (json, text) = (json.await.unwrap(), text.await.unwrap());
        assert_eq!(json.status, text.status);
        for output in [&json, &text] {
            shows_no_secret(output);
        }
        let document: Value = serde_json::from_slice(&json.stdout).unwrap_or_else(|error| panic!("{error}: {json:?}"));
        Outcome {
            code: json.status.code(),
            checks: document["checks"].as_array().unwrap().clone(),
            document,
            text: String::from_utf8(text.stdout).unwrap(),
        }
    }

    /// A report without what differs each time.
    pub(super) fn plain(&self, text: &str) -> String {
        let [embed, events] = [&self.embed, &self.events].map(|peer| peer.address.to_string());
        let text = text.replace(self.folder().to_str().unwrap(), "FOLDER");
        let text = text
            .replace(&self.simulator.address, "VENDORS")
            .replace(&embed, "APP")
            .replace(&events, "EVENTS");
        let text = text.replace(self.issuer.uri().trim_start_matches("http://"), "ISSUER");
        let lines = text.lines().map(|line| {
            let varies = ["open_files", "trail_space", "trail_write"]
                .iter()
                .any(|id| line.contains(id));
            let (start, _) = line.split_once("fingerprint ").unwrap_or((line, ""));
            if varies {
                line.replace(|digit: char| digit.is_ascii_digit(), "")
                    .replace("  MiB", " MiB")
            } else {
                start.to_owned()
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Outcome {
    /// That this check alone is in this state, and of the others only those are not ok that wait for it.
    pub(super) fn names_only(&self, id: &str, state: &str, reason: &str) {
        let is_it = |check: &&Value| check["id"] == id && check["state"] == state;
        let named: Vec<_> = self.checks.iter().filter(is_it).collect();
        assert!(!named.is_empty(), "{reason}: no {id} {state} in\n{}", self.shown());
        for check in &named {
            assert!(!check["found"].as_str().unwrap().is_empty(), "{reason}: {check}");
            assert!(!check["remedy"].as_str().unwrap().is_empty(), "{reason}: {check}");
        }
        let others = self.checks.iter().filter(|check| !is_it(check));
        for check in others {
            let waits = check["state"] == "skipped" && check["skipped_by"] == id;
            assert!(check["state"] == "ok" || waits, "{reason}: {check}\n{}", self.shown());
        }
        let fails = state == "failed";
        assert_eq!(self.code, Some(i32::from(fails)), "{reason}");
        assert_eq!(self.document["state"], state, "{reason}");
    }

    pub(super) fn shown(&self) -> &str {
        &self.text
    }
}

/// Every file below a folder, with its contents.
pub(super) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.insert(path.display().to_string(), Vec::new());
            files.extend(tree(&path));
        } else {
            files.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    files
}

fn shows_no_secret(output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

fn text(vendors: &str, issuer: &Issuer, embed: &Peer, events: &Peer) -> String {
    let (embed, events, org) = (embed.address, events.address, JunctionSettings::default().org_id);
    let spa = issuer
        .host("spa", "gateway", "")
        .replace("[host.jwt]", "[host.rate]\nper_second = 20\nburst = 40\n[host.jwt]");
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        admin_listen = "127.0.0.1:0"
        workers = 1
        [empego]
        base_url = "http://{vendors}/empego-integrations/R4"
        embed_hosts = ["{embed}"]
        [audit]
        directory = "../trail"
        timeout_ms = 30000
        keyring_file = "keys"
        [store]
        engine = "sqlite"
        file = "../store/store.sqlite3"
        [[tenant]]
        id = "downtown"
        api_key_env = "EMPEGO_API_KEY"
        endpoints = ["*"]
        [tenant.junction]
        org_id = "{org}"
        management_key_env = "MANAGEMENT_KEY"
        integration_slug = "my-ehr"
        region = "us"
        environment = "sandbox"
        modalities = ["feature_embed"]
        management_url = "http://{vendors}/junction/management"
        api_url = "http://{vendors}/junction/api"
        embed_url = "http://{vendors}/junction/ehr"
        [[host]]
        id = "ehr"
        tenant = "downtown"
        identity = "asserted"
        key_sha256 = "5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30"
        junction_orders = ["read"]
        [host.events]
        url = "http://{events}/events"
        secret_env = "EVENTS_SECRET"
        {spa}
        "#
    )
}
