//! `webhooks`, as an operator runs it, against the stand-in for Junction.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Output,
};

use reqwest::Method;
use serde_json::{Value, json};
use simulator::JunctionSettings;

use crate::helpers::{
    TestConfig, TestSimulator, binary,
    junction::{TEAM, scene, table},
    store::StoreFolder,
};

/// Where the gateway would be. Nothing is sent there.
const GATEWAY: &str = "http://127.0.0.1:9/gateway";

const ADDRESS: &str = "http://127.0.0.1:9/gateway/junction/webhooks/events";

/// Files and variables that an operator has.
struct Desk {
    junction: TestSimulator,
    folder: StoreFolder,
}

impl Desk {
    /// With these lines of the endpoint `events`.
    async fn open(lines: &str) -> Self {
        let table = format!("[[tenant.junction.webhook]]\nendpoint = \"events\"\nteam_id = \"{TEAM}\"\n{lines}");
        Self::with(&table).await
    }

    async fn with(webhook: &str) -> Self {
        let junction = TestSimulator::start_rejecting();
        let answer = junction.control(Method::PUT, "junction", scene()).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        let desk = Self {
            folder: StoreFolder::new(),
            junction,
        };
        desk.configure(webhook);
        desk
    }

    fn configure(&self, webhook: &str) {
        let mut config = TestConfig::without_empego();
        config.tenant_tables = table(&self.junction.address, webhook);
        config.more = self.folder.table();
        fs::write(self.file("gateway.toml"), config.text("https://api.example")).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `webhooks` with this command and these arguments.
    async fn run(&self, command: &str, arguments: &[&str]) -> Output {
        let config = self.file("gateway.toml");
        let mut binary = binary();
        binary.args(["webhooks", command, "--config"]).arg(config);
        binary.args(["--tenant", "downtown"]).args(arguments);
        binary.env("MANAGEMENT_KEY", "mg_simulated");
        // The stand-in answers from this thread's runtime.
        let run = actix_web::rt::task::spawn_blocking(move || binary.output().unwrap());
        run.await.unwrap()
    }

    async fn provision(&self, more: &[&str]) -> Output {
        let arguments = [&["--endpoint", "events", "--url", GATEWAY], more].concat();
        self.run("provision", &arguments).await
    }

    /// A call of the Management API about the team's webhooks.
    async fn at_junction(&self, method: Method, tail: &str, body: Value) -> Value {
        let JunctionSettings { org_id, .. } = JunctionSettings::default();
        let address = &self.junction.address;
        let url = format!("http://{address}/junction/management/v1/org/{org_id}/team/{TEAM}/sandbox/webhook{tail}");
        let request = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .request(method, url);
        let request = request.header("x-management-key", "mg_simulated");
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
        serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default()
    }

    async fn webhooks(&self) -> Vec<Value> {
        let listed = self.at_junction(Method::GET, "", Value::Null).await;
        listed["data"].as_array().unwrap().clone()
    }

    /// What the webhook of this id is signed with.
    async fn secret(&self, id: &str) -> String {
        let secret = self
            .at_junction(Method::GET, &format!("/{id}/secret"), Value::Null)
            .await;
        secret["key"].as_str().unwrap().to_owned()
    }

    async fn only_id(&self) -> String {
        let webhooks = self.webhooks().await;
        assert_eq!(webhooks.len(), 1, "{webhooks:?}");
        webhooks[0]["id"].as_str().unwrap().to_owned()
    }
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap().trim().to_owned()
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}

#[actix_web::test]
async fn provisioning_creates_the_webhook_and_keeps_its_secret_private() {
    let desk = Desk::open("secret_file = \"current\"\nsecond_secret_file = \"second\"").await;
    let output = desk.provision(&[]).await;
    succeeded(&output);
    let webhooks = desk.webhooks().await;
    assert_eq!(webhooks.len(), 1);
    assert_eq!(webhooks[0]["url"], ADDRESS);
    let types = webhooks[0]["filter_types"].as_array().unwrap();
    assert!(types.len() == 5 && types.iter().all(|kind| kind.as_str().unwrap().starts_with("labtest.")));
    let secret = desk.secret(webhooks[0]["id"].as_str().unwrap()).await;
    for name in ["current", "second"] {
        let file = desk.file(name);
        assert_eq!(read(&file), secret);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(!stdout(&output).contains(&secret) && !stderr(&output).contains(&secret));
    let checked = desk.run("check", &[]).await;
    succeeded(&checked);
    assert!(stdout(&checked).contains("events: ep_") && stdout(&checked).contains(" OK, within a day: "));
}

#[actix_web::test]
async fn nothing_is_overwritten_unless_that_is_said() {
    let desk = Desk::open("secret_file = \"current\"").await;
    let file = desk.file("current");
    let own = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    fs::write(&file, own).unwrap();
    let output = desk.provision(&[]).await;
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("--replace"), "{output:?}");
    assert_eq!((read(&file).as_str(), desk.webhooks().await.len()), (own, 0));

    fs::remove_file(&file).unwrap();
    succeeded(&desk.provision(&[]).await);
    fs::remove_file(&file).unwrap();
    let output = desk.provision(&[]).await;
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("already"), "{output:?}");
    assert!(!file.exists());

    let id = desk.only_id().await;
    desk.at_junction(Method::PATCH, &format!("/{id}"), json!({"disabled": true}))
        .await;
    succeeded(&desk.provision(&["--replace"]).await);
    assert_eq!(desk.only_id().await, id);
    assert_eq!(read(&file), desk.secret(&id).await);
    assert_eq!(desk.webhooks().await[0]["disabled"], false);
}

#[actix_web::test]
async fn an_endpoint_without_a_table_gets_one_with_its_id() {
    let desk = Desk::with("").await;
    let output = desk.provision(&["--team-id", TEAM]).await;
    succeeded(&output);
    let table: String = stdout(&output).lines().skip(1).flat_map(|line| [line, "\n"]).collect();
    desk.configure(&table);
    let checked = desk.run("check", &["--endpoint", "events"]).await;
    succeeded(&checked);
    assert!(stdout(&checked).contains(&desk.only_id().await));
    let before = desk.secret(&desk.only_id().await).await;
    succeeded(&desk.run("rotate", &["--endpoint", "events"]).await);
    assert_ne!(desk.secret(&desk.only_id().await).await, before);
    let again = desk.provision(&["--team-id", TEAM]).await;
    assert_eq!(again.status.code(), Some(64), "{again:?}");
}

#[actix_web::test]
async fn a_check_names_everything_that_keeps_events_away() {
    let desk = Desk::open("secret_file = \"current\"").await;
    let output = desk.run("check", &[]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("has no webhook"), "{output:?}");

    succeeded(&desk.provision(&[]).await);
    let id = desk.only_id().await;
    let change = json!({"disabled": true, "filter_types": ["labtest.order.created"]});
    desk.at_junction(Method::PATCH, &format!("/{id}"), change).await;
    fs::write(desk.file("current"), "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
    let output = desk.run("check", &[]).await;
    assert_eq!(output.status.code(), Some(1));
    for problem in [
        "disabled",
        "does not send labtest.order.updated",
        "its secret is not the webhook's",
    ] {
        assert!(stderr(&output).contains(problem), "{problem}: {output:?}");
    }
    fs::remove_file(desk.file("current")).unwrap();
    let output = desk.run("check", &[]).await;
    assert!(stderr(&output).contains("a file that is not there"), "{output:?}");
}

#[actix_web::test]
async fn rotating_keeps_the_old_secret_beside_the_new_one() {
    let desk = Desk::open("secret_file = \"current\"").await;
    succeeded(&desk.provision(&[]).await);
    let before = read(&desk.file("current"));
    let output = desk.run("rotate", &["--endpoint", "events"]).await;
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("second_secret_file"), "{output:?}");
    assert_eq!(read(&desk.file("current")), before);

    desk.configure(&format!(
        "[[tenant.junction.webhook]]\nendpoint = \"events\"\nteam_id = \"{TEAM}\"\nsecret_file = \"current\"\nsecond_secret_file = \"second\""
    ));
    succeeded(&desk.run("rotate", &["--endpoint", "events"]).await);
    let (current, second) = (read(&desk.file("current")), read(&desk.file("second")));
    assert_eq!(second, before);
    assert_ne!(current, before);
    assert_eq!(desk.secret(&desk.only_id().await).await, current);
    succeeded(&desk.run("check", &[]).await);
}

#[actix_web::test]
async fn what_junction_says_against_it_is_reported() {
    let desk = Desk::open("secret_file = \"current\"").await;
    let body = json!({"detail": "Not with this key"}).to_string();
    let fault = json!({"endpoint": "junction/list_webhooks", "status": 403, "body": body});
    let answer = desk.junction.control(Method::PUT, "faults", fault).await;
    assert!(answer.status < 300, "{answer:?}");
    let output = desk.provision(&[]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("(403): Not with this key"), "{output:?}");
    assert!(!desk.file("current").exists());
    for (arguments, setting) in [
        (["--endpoint", "other", "--url", GATEWAY], "--endpoint"),
        (["--endpoint", "events", "--url", "http://gateway.example"], "https"),
    ] {
        let output = desk.run("provision", &arguments).await;
        assert_eq!(output.status.code(), Some(64), "{output:?}");
        assert!(stderr(&output).contains(setting), "{output:?}");
    }
}
