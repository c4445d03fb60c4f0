//! Changed files take effect without a restart, all or nothing.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use actix_web::rt;
use reqwest::StatusCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::time::interval;

use crate::helpers::{
    Running, TestSimulator, alice, binary,
    issuer::SigningKey,
    peer::{Peer, answer},
};

const OLD_KEY: &str = "egw_old";
const NEW_KEY: &str = "egw_new";

fn digests(keys: &[&str]) -> String {
    keys.iter().map(|key| hex::encode(Sha256::digest(key)) + "\n").collect()
}

fn config(upstream: &str, tenant: &str) -> String {
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        admin_listen = "127.0.0.1:0"
        [log]
        format = "json"
        [empego]
        {upstream}
        [[tenant]]
        id = "downtown"
        api_key_file = "secrets/api.key"
        endpoints = ["*"]
        {tenant}
        [[host]]
        id = "ehr"
        tenant = "downtown"
        identity = "asserted"
        key_sha256_file = "hosts.sha256"
        "#
    )
}

/// Puts secrets in place as Kubernetes does: a folder of versions, and one link that is swapped for another.
fn mount(folder: &Path, version: &str, api_key: &str) {
    let secrets = folder.join("secrets");
    fs::create_dir_all(secrets.join(version)).unwrap();
    fs::write(secrets.join(version).join("api.key"), format!("{api_key}\n")).unwrap();
    symlink(version, secrets.join("..data_tmp")).unwrap();
    fs::rename(secrets.join("..data_tmp"), secrets.join("..data")).unwrap();
    if !secrets.join("api.key").exists() {
        symlink("..data/api.key", secrets.join("api.key")).unwrap();
    }
}

/// Replaces a file as editors do.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, file).unwrap();
}

struct Client {
    url: String,
    http: reqwest::Client,
}

impl Client {
    async fn launch(&self, key: &str) -> StatusCode {
        let request = self
            .http
            .post(&self.url)
            .bearer_auth(key)
            .header("content-type", "application/json");
        let answer = request
            .body(json!({"clinician": alice()}).to_string())
            .send()
            .await
            .unwrap();
        answer.status()
    }

    /// Launches until the answer is the one waited for; gives up after a minute.
    async fn until(&self, key: &str, status: StatusCode) {
        let mut ticks = interval(Duration::from_millis(20));
        for _ in 0..3000 {
            ticks.tick().await;
            if self.launch(key).await == status {
                return;
            }
        }
        panic!("{key} never came to {status}");
    }
}

#[actix_web::test]
async fn keys_of_both_kinds_rotate_under_load_without_a_failed_launch() {
    let simulator = TestSimulator::start_rejecting();
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts.sha256");
    mount(folder.path(), "v1", "upstream-key");
    fs::write(&hosts, digests(&[OLD_KEY])).unwrap();
    let file = folder.path().join("gateway.toml");
    fs::write(&file, config(&simulator.as_upstream(), "")).unwrap();
    let mut gateway = Running::start(binary().args(["serve", "--config"]).arg(&file));
    let client = Arc::new(Client {
        url: format!("http://{}/v1/embeddable/statistics", gateway.address()),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    });

    let load = Arc::new(Load::default());
    let driver = rt::spawn(Arc::clone(&load).drive(Arc::clone(&client)));

    load.more(100).await;
    mount(folder.path(), "v2", "other-upstream-key");
    let gateway = until_reloaded(gateway).await;
    load.more(100).await;
    replace(&hosts, &digests(&[OLD_KEY, NEW_KEY]));
    client.until(NEW_KEY, StatusCode::OK).await;
    load.more(100).await;
    load.rotated.store(true, SeqCst);
    let mut ticks = interval(Duration::from_millis(20));
    while load.with_old_key.load(SeqCst) > 0 {
        ticks.tick().await;
    }
    replace(&hosts, &digests(&[NEW_KEY]));
    client.until(OLD_KEY, StatusCode::UNAUTHORIZED).await;
    load.more(100).await;
    load.done.store(true, SeqCst);
    driver.await.unwrap();

    let journal = simulator.get("journal").await;
    let last = journal.as_array().unwrap().last().unwrap();
    assert_eq!(last["apiKey"], "other-upstream-key");
    assert!(load.failed.lock().unwrap().is_empty(), "{:?}", load.failed);
    assert!(load.launched.load(SeqCst) >= 400);
    assert!(rt::task::spawn_blocking(|| gateway.stop().0).await.unwrap().success());
}

/// Reads the log up to the line that says so.
async fn until_reloaded(gateway: Running) -> Running {
    until_logged(gateway, "\"reloaded: the changed configuration is in force").await
}

/// Reads the log up to the line that holds this.
async fn until_logged(mut gateway: Running, text: &'static str) -> Running {
    let read = move || {
        gateway.logged(text);
        gateway
    };
    rt::task::spawn_blocking(read).await.unwrap()
}

/// 200 launches a second, with the key that is right at the time; fewer on a machine that has more to do.
#[derive(Default)]
struct Load {
    rotated: AtomicBool,
    done: AtomicBool,
    with_old_key: AtomicUsize,
    started: AtomicUsize,
    launched: AtomicUsize,
    failed: Mutex<Vec<StatusCode>>,
}

/// Far fewer than a tenant has places: this is not about being overloaded.
const MOST_UNDER_WAY: usize = 32;

impl Load {
    /// Waits until so many more were launched.
    async fn more(&self, launches: usize) {
        let goal = self.launched.load(SeqCst) + launches;
        let mut ticks = interval(Duration::from_millis(20));
        while self.launched.load(SeqCst) < goal {
            ticks.tick().await;
        }
    }

    async fn drive(self: Arc<Self>, client: Arc<Client>) {
        let mut ticks = interval(Duration::from_millis(5));
        let mut launches = Vec::new();
        while !self.done.load(SeqCst) {
            ticks.tick().await;
            if self.started.load(SeqCst) - self.launched.load(SeqCst) >= MOST_UNDER_WAY {
                continue;
            }
            self.started.fetch_add(1, SeqCst);
            let (load, client) = (Arc::clone(&self), Arc::clone(&client));
            let is_old = !self.rotated.load(SeqCst);
            self.with_old_key.fetch_add(usize::from(is_old), SeqCst);
            launches.push(rt::spawn(async move {
                let status = client.launch(if is_old { OLD_KEY } else { NEW_KEY }).await;
                load.with_old_key.fetch_sub(usize::from(is_old), SeqCst);
                load.launched.fetch_add(1, SeqCst);
                if status != StatusCode::OK {
                    load.failed.lock().unwrap().push(status);
                }
            }));
        }
        for launch in launches {
            launch.await.unwrap();
        }
    }
}

#[actix_web::test]
async fn a_bad_configuration_is_refused_whole_and_a_good_one_takes_effect() {
    let simulator = TestSimulator::start_rejecting();
    let folder = tempfile::tempdir().unwrap();
    mount(folder.path(), "v1", "upstream-key");
    fs::write(folder.path().join("hosts.sha256"), digests(&[OLD_KEY])).unwrap();
    let file = folder.path().join("gateway.toml");
    let upstream = simulator.as_upstream();
    fs::write(&file, config(&upstream, "")).unwrap();
    let mut gateway = Running::start(binary().args(["serve", "--config"]).arg(&file));
    let client = Client {
        url: format!("http://{}/v1/embeddable/statistics", gateway.address()),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    };

    replace(
        &file,
        &config(&upstream, "policy = \"lax\"\ntimeout = 1\nmissing_licence = \"deny\""),
    );
    let (gateway, mistakes) = rt::task::spawn_blocking(move || {
        let mistakes = gateway.logged("2 errors in the configuration");
        (gateway, mistakes)
    })
    .await
    .unwrap();
    assert!(
        mistakes
            .iter()
            .any(|line| line.contains("policy must be strict or documented")),
        "{mistakes:?}"
    );
    assert!(
        mistakes
            .iter()
            .any(|line| line.contains("timeout is not a known setting")),
        "{mistakes:?}"
    );
    assert_eq!(client.launch(OLD_KEY).await, StatusCode::OK, "the old one serves on");

    // A secret that is not there yet is waited for.
    let elsewhere = config(&upstream, "").replace("secrets/api.key", "later/api.key");
    replace(&file, &elsewhere);
    let gateway = until_logged(gateway, "names a file that cannot be read").await;
    assert_eq!(client.launch(OLD_KEY).await, StatusCode::OK);
    let later = folder.path().join("later");
    fs::create_dir(&later).unwrap();
    fs::write(later.join("api.key"), "upstream-key").unwrap();
    let gateway = until_reloaded(gateway).await;
    fs::write(later.join("api.key"), "other-upstream-key").unwrap();
    let gateway = until_reloaded(gateway).await;

    let slower = config(&upstream, "").replace("[empego]", "[launches]\ntimeout_ms = 5000\n[empego]");
    replace(&file, &slower);
    let gateway = until_logged(gateway, "restart to apply").await;
    assert_eq!(client.launch(OLD_KEY).await, StatusCode::OK);

    replace(
        &file,
        &config(&upstream, "").replace("endpoints = [\"*\"]", "endpoints = []"),
    );
    client.until(OLD_KEY, StatusCode::FORBIDDEN).await;
    assert!(rt::task::spawn_blocking(|| gateway.stop().0).await.unwrap().success());
}

/// An issuer that publishes one key, once it may.
fn key_server(may_answer: &Arc<AtomicBool>) -> Peer {
    let may_answer = Arc::clone(may_answer);
    let keys = json!({"keys": [SigningKey::ed25519("k1").public()]}).to_string();
    Peer::start(move |_, connection| {
        while !may_answer.load(SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        answer(connection, "200 OK", "", &keys)
    })
}

fn token_host(id: &str, keys: &Peer) -> String {
    let address = keys.address;
    format!(
        r#"
        [[host]]
        id = "{id}"
        tenant = "downtown"
        identity = "token"
        user_id_prefix = "{id}:"
        origins = ["https://ehr.example"]
        [host.jwt]
        issuer = "http://{address}"
        audience = "gateway"
        jwks_url = "http://{address}/jwks"
        [host.jwt.claims]
        "#
    )
}

#[actix_web::test]
async fn a_reload_fetches_the_keys_of_new_hosts_and_no_others() {
    let simulator = TestSimulator::start_rejecting();
    let folder = tempfile::tempdir().unwrap();
    mount(folder.path(), "v1", "upstream-key");
    fs::write(folder.path().join("hosts.sha256"), digests(&[OLD_KEY])).unwrap();
    let file = folder.path().join("gateway.toml");
    let (at_once, may_answer) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let (quick, held, new) = (key_server(&at_once), key_server(&may_answer), key_server(&at_once));
    let first = config(&simulator.as_upstream(), "") + &token_host("quick", &quick) + &token_host("held", &held);
    fs::write(&file, &first).unwrap();
    let mut gateway = Running::start(binary().args(["serve", "--config"]).arg(&file));
    let (_, admin) = gateway.addresses();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let until_ready = async |expected: &str| {
        let mut ticks = interval(Duration::from_millis(20));
        loop {
            let page = http.get(format!("http://{admin}/readyz")).send().await.unwrap();
            if page.text().await.unwrap() == expected {
                return;
            }
            ticks.tick().await;
        }
    };
    let mut ticks = interval(Duration::from_millis(20));
    while held.received() == 0 {
        ticks.tick().await;
    }
    until_ready("ready\nhost held: no signing keys from its issuer; its tokens cannot be verified\n").await;

    replace(&file, &(first + &token_host("new", &new)));
    let gateway = until_reloaded(gateway).await;
    until_ready("ready\nhost held: no signing keys from its issuer; its tokens cannot be verified\n").await;
    may_answer.store(true, SeqCst);
    until_ready("ready\n").await;
    let fetches = [&quick, &held, &new].map(Peer::received);
    assert_eq!(fetches, [1, 1, 1], "neither what is here nor what is under way");
    assert!(rt::task::spawn_blocking(|| gateway.stop().0).await.unwrap().success());
}
