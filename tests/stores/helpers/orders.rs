//! Gateways for orders that are killed, in front of a stand-in for Junction that is not.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use aws_lc_rs::hmac;
use reqwest::{Method, header::CONTENT_TYPE};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use simulator::{JunctionSettings, Partial, Settings, Simulator, Started};

use super::{
    Setting,
    gateway::{binary, with_clock},
};

/// How long anything may take to come about.
pub(crate) const BOUND: Duration = Duration::from_secs(100);

pub(crate) const TEAM: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const PATIENT: &str = "44444444-4444-4444-8444-444444444444";

/// The key of the tests' host, and what Junction signs with.
const HOST_KEY: &str = "egw_test-host";
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A store in a file.
const FILE: &str = "engine = \"sqlite\"\nfile = \"store.sqlite3\"";

/// A configuration, and the stand-in.
pub(crate) struct OrderScene {
    pub(crate) setting: Setting,
    junction: String,
    client: reqwest::Client,
    _started: Started,
}

impl OrderScene {
    /// With a store in a file.
    pub(crate) async fn with_file() -> Self {
        Self::with("", FILE, "").await
    }

    /// The same, and events are delivered to this URL of the host's.
    pub(crate) async fn delivering_to(url: &str) -> Self {
        let events = format!("[host.events]\nurl = \"{url}\"\nsecret_file = \"webhook\"");
        Self::with("", FILE, &events).await
    }

    /// With a store in the database at this URL.
    pub(crate) async fn shared(url: &str) -> Self {
        Self::with(url, "engine = \"postgres\"\n[store.postgres]\nurl_file = \"url\"", "").await
    }

    async fn with(url: &str, store: &str, host: &str) -> Self {
        let simulator = Simulator::build(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            api_keys: vec!["upstream-key".to_owned()],
            partial: Partial::Reject,
            junction: JunctionSettings::default(),
        })
        .unwrap();
        let junction = simulator.address.to_string();
        let setting = Setting::written(url, &configuration(&junction, store, host));
        setting.write_secret("webhook", SECRET);
        let client = reqwest::Client::builder().no_proxy();
        // Shorter than servers keep one open, so that none is closed while it is taken up.
        let client = client.pool_idle_timeout(Duration::from_secs(1));
        let scene = Self {
            setting,
            junction,
            client: client.build().unwrap(),
            _started: simulator.start(),
        };
        let arranged = json!({
            "teams": [{"id": TEAM, "name": "Cardiology", "integration_team_id": "cardio"}],
            "members": [{
                "id": "33333333-3333-4333-8333-333333333333", "integration_member_id": "emp123",
                "name": "Élodie Côté", "email": "elodie@clinic.ca", "team_role_bindings": [{"team_id": TEAM}],
            }],
            "users": [{"user_id": PATIENT, "team_id": TEAM, "client_user_id": "patient123"}],
        });
        scene.control(Method::PUT, "junction", arranged).await;
        scene
    }

    /// Serves, and returns once it listens.
    pub(crate) fn serve(&self) -> Replica {
        Replica::start(self, &mut binary())
    }

    /// The same with a clock that is wrong by this much, such as `+3m`.
    pub(crate) fn serve_with_clock(&self, offset: &str) -> Replica {
        Replica::start(self, &mut with_clock(offset))
    }

    /// Waits until a gateway has found its store.
    pub(crate) async fn until_ready(&self, gateway: &Replica) {
        let asked = Asked::get("/v1/junction/events");
        until("a store", async || {
            self.answered(&gateway.address, &asked).await.0 == 200
        })
        .await;
    }

    /// Puts the stand-in's clock forward, so that an order of now has its requisition.
    pub(crate) async fn until_requisition(&self) {
        self.control(Method::PUT, "clock", json!({"advanceSecs": 60})).await;
    }

    /// Has the stand-in do something, or shows what it has.
    pub(crate) async fn control(&self, method: Method, page: &str, body: Value) -> Value {
        let url = format!("http://{}/__sim/{page}", self.junction);
        let request = self
            .client
            .request(method, url)
            .header(CONTENT_TYPE, "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{page}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Everything that Junction has of this kind.
    pub(crate) async fn all(&self, kind: &str) -> Vec<Value> {
        let state = self.control(Method::GET, "junction", Value::Null).await;
        state[kind].as_array().unwrap().clone()
    }

    /// How often Junction was called so.
    pub(crate) async fn calls(&self, operation: &str) -> usize {
        let journal = self.control(Method::GET, "junction/journal", Value::Null).await;
        let entries = journal.as_array().unwrap().iter();
        entries.filter(|entry| entry["operation"] == operation).count()
    }

    /// Waits until Junction was called so more often than this.
    pub(crate) async fn until_called(&self, operation: &str, before: usize) {
        until(operation, async || self.calls(operation).await > before).await;
    }

    /// An order that was made in the embedded app.
    pub(crate) async fn foreign(&self) -> String {
        let placed = self
            .control(Method::POST, "junction/orders", json!({"userId": PATIENT}))
            .await;
        placed["orderId"].as_str().unwrap().to_owned()
    }

    /// A request of the host's; nothing if the gateway is gone.
    pub(crate) async fn ask(&self, gateway: &str, asked: &Asked) -> Option<(u16, Value)> {
        let url = format!("http://{gateway}{}", asked.path);
        let request = self.client.request(asked.method.clone(), url);
        let mut request = request.bearer_auth(HOST_KEY).header("x-junction-team", "cardio");
        if let Some(key) = &asked.key {
            request = request.header("idempotency-key", key);
        }
        if asked.method != Method::GET {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(asked.body.to_string());
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or_default()))
    }

    /// The same where the gateway is there.
    pub(crate) async fn answered(&self, gateway: &str, asked: &Asked) -> (u16, Value) {
        let answer = self.ask(gateway, asked).await;
        answer.unwrap_or_else(|| panic!("no answer to {asked:?}"))
    }

    /// Says that an order changed, as Junction does; the status.
    pub(crate) async fn notify(&self, gateway: &str, id: &str, order: &str) -> u16 {
        let body = json!({"event_type": "labtest.order.updated", "team_id": TEAM, "data": {"id": order}}).to_string();
        let timestamp = jiff::Timestamp::now().as_second();
        let key = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        let request = self.client.post(format!("http://{gateway}/junction/webhooks/cardio"));
        let request = request
            .header("svix-id", id)
            .header("svix-timestamp", timestamp)
            .header("svix-signature", format!("v1,{}", STANDARD.encode(tag)));
        request.body(body).send().await.unwrap().status().as_u16()
    }

    /// The events that hosts hear of, in order.
    pub(crate) async fn events(&self, gateway: &str) -> Vec<Value> {
        let (mut events, mut after) = (Vec::new(), 0);
        loop {
            let asked = Asked::get(&format!("/v1/junction/events?after={after}"));
            let (status, page) = self.answered(gateway, &asked).await;
            assert_eq!(status, 200, "{page}");
            let page = page["events"].as_array().unwrap().clone();
            let Some(last) = page.last() else { return events };
            after = last["seq"].as_i64().unwrap();
            events.extend(page);
        }
    }

    /// The events of an order, once there are any.
    pub(crate) async fn told(&self, gateway: &str, order: &str) -> Vec<Value> {
        let of_order = async || {
            let mut events = self.events(gateway).await;
            events.retain(|event| event["orderId"] == order);
            events
        };
        until("an event of the order", async || !of_order().await.is_empty()).await;
        of_order().await
    }
}

/// Waits until something has come about.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + BOUND;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    method: Method,
    pub(crate) path: String,
    key: Option<String>,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            ..Self::post(path, Value::Null)
        }
    }

    pub(crate) fn post(path: &str, body: Value) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            key: None,
            body,
        }
    }

    /// Places an order under this key, at an address with this ZIP.
    pub(crate) fn placing(key: &str, zip: &str) -> Self {
        let body = json!({
            "clinician": {"userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie@clinic.ca"},
            "team": {"integrationTeamId": "cardio"},
            "patient": {
                "clientUserId": "patient123",
                "demographics": {
                    "firstName": "Zoe", "lastName": "O'Connor", "email": "zoe@example.com", "phoneNumber": "+16025550123",
                    "gender": "female", "dob": "1986-03-09",
                },
            },
            "address": {"firstLine": "1 West Lincoln Street", "city": "Phoenix", "state": "AZ", "zip": zip},
            "tests": ["2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512"],
        });
        Self {
            key: Some(key.to_owned()),
            ..Self::post("/v1/junction/orders", body)
        }
    }
}

/// A gateway that serves until it is killed or dropped.
pub(crate) struct Replica {
    child: Child,
    pub(crate) address: String,
}

impl Replica {
    fn start(scene: &OrderScene, command: &mut Command) -> Self {
        let file = scene.setting.path("gateway.toml");
        command
            .env("MANAGEMENT_KEY", "mg_simulated")
            .arg("serve")
            .arg("--config")
            .arg(file);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (mut seen, mut address) = (String::new(), None);
        while address.is_none() {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended after: {seen}");
            seen.push_str(&line);
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "listening" {
                address = entry["address"].as_str().map(str::to_owned);
            }
        }
        // No one reads on, and the gateway must not wait for that.
        thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        Self {
            child,
            address: address.unwrap(),
        }
    }

    /// Ends it as a power cut would, while someone waits for its answer.
    pub(crate) fn end(&self) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
    }

    /// The same, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

fn configuration(junction: &str, store: &str, host: &str) -> String {
    let org = JunctionSettings::default().org_id;
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        admin_listen = "127.0.0.1:0"
        workers = 1
        [log]
        format = "json"
        [launches]
        orders_timeout_ms = 10000
        [empego]
        base_url = "http://{junction}/empego-integrations/R4"
        embed_hosts = ["{junction}"]
        [audit]
        sink = "off"
        keyring_file = "keys"
        [store]
        {store}
        [[tenant]]
        id = "downtown"
        api_key_env = "EMPEGO_API_KEY"
        [tenant.junction]
        org_id = "{org}"
        management_key_env = "MANAGEMENT_KEY"
        integration_slug = "my-ehr"
        region = "us"
        environment = "sandbox"
        management_url = "http://{junction}/junction/management"
        api_url = "http://{junction}/junction/api"
        embed_url = "http://{junction}/junction/ehr"
        features = ["order_creation", "order_creation:*", "order:*"]
        modalities = ["feature_embed"]
        [[tenant.junction.webhook]]
        endpoint = "cardio"
        team_id = "{TEAM}"
        secret_file = "webhook"
        [[host]]
        id = "ehr-backend"
        tenant = "downtown"
        identity = "asserted"
        key_sha256 = "5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30"
        junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results", "simulate"]
        {host}
        "#
    )
}
