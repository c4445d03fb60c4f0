//! The clone guard: what the gateway remembers of clinicians decides about a bare `userId`.

use std::{
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use actix_web::rt::{task::spawn_blocking, time::sleep};
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::{
    canaries::dresses,
    helpers::{
        Answer, EMBED_URL, HOST_KEY, Running, TestApp, TestConfig, alice, binary, issuer::Issuer, store::StoreFolder,
        with, without,
    },
};

/// How long a test waits for what is written beside the launches.
const PATIENCE: Duration = Duration::from_secs(20);

fn remembering(config: TestConfig, store: &StoreFolder) -> TestConfig {
    let mut config = config.host("intents = [\"owner\", \"existing\", \"upsert\", \"new\", \"clone\"]\nexplain = true");
    config.more.push_str(&store.table());
    config
}

fn seen(config: TestConfig) -> TestConfig {
    config.tenant("existing_users = \"seen\"")
}

fn bare() -> Value {
    json!({"userId": alice()["userId"]})
}

async fn launch(app: &TestApp, clinician: &Value, intent: Option<&str>) -> Answer {
    let body = json!({"clinician": clinician, "intent": intent});
    app.native("statistics").json(&body).send().await
}

async fn asked(app: &TestApp, outcome: &str) -> Option<u64> {
    let series = format!("empego_gateway_known_users_asked_total{{outcome=\"{outcome}\"}}");
    let page = app.admin("/metrics").await.text;
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(&series)?.strip_prefix(' '));
    line?.parse().ok()
}

#[actix_web::test]
async fn an_unseen_user_id_is_refused_until_its_profile_was_launched() {
    let store = StoreFolder::new();
    let app = TestApp::with(remembering(seen(TestConfig::documented()), &store)).await;
    for intent in [Some("existing"), Some("upsert"), None] {
        launch(&app, &bare(), intent)
            .await
            .is_refused(400, "user_unknown")
            .naming(&[]);
    }
    let drop_in = app.drop_in("statistics").user(&bare()).intent("existing").send().await;
    drop_in.is_refused(400, "user_unknown");
    app.received_nothing().await;
    launch(&app, &alice(), Some("new")).await.is_launched();
    let known = launch(&app, &bare(), Some("existing")).await;
    known.is_launched();
    assert_eq!(known.json()["warnings"], json!(["may_clone_owner"]));
    let other = with(bare(), "userId", "someone_else");
    launch(&app, &other, Some("existing"))
        .await
        .is_refused(400, "user_unknown");
    assert_eq!(
        (asked(&app, "never_seen").await, asked(&app, "seen").await),
        (Some(5), Some(1))
    );

    // Another gateway with the same store, such as this one after a restart.
    let after = TestApp::with(remembering(seen(TestConfig::strict()), &store)).await;
    let begun = Instant::now();
    while launch(&after, &bare(), Some("existing")).await.status != 200 {
        assert!(begun.elapsed() < PATIENCE, "it was never written");
        sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn a_host_that_vouches_is_warned_about_a_user_never_seen() {
    let store = StoreFolder::new();
    let app = TestApp::with(remembering(TestConfig::strict(), &store)).await;
    let unseen = launch(&app, &bare(), Some("existing")).await;
    unseen.is_launched();
    assert_eq!(unseen.json()["warnings"], json!(["may_clone_owner", "never_seen"]));
    assert_eq!(unseen.json()["identity"], "clinician_or_clone");
    launch(&app, &alice(), None).await.is_launched();
    let known = launch(&app, &bare(), Some("existing")).await;
    assert_eq!(known.json()["warnings"], json!(["may_clone_owner"]));
}

#[actix_web::test]
async fn nothing_is_looked_up_where_the_answer_would_change_nothing() {
    let store = StoreFolder::new();
    let app = TestApp::with(remembering(seen(TestConfig::documented()), &store)).await;
    launch(&app, &bare(), Some("clone")).await.is_launched();
    launch(&app, &bare(), Some("new"))
        .await
        .is_refused(400, "user_fields_missing");
    launch(&app, &without(alice(), &["email"]), Some("existing"))
        .await
        .is_launched();
    launch(&app, &alice(), None).await.is_launched();
    for outcome in ["seen", "never_seen", "unavailable"] {
        assert_eq!(asked(&app, outcome).await, Some(0), "{outcome}");
    }
}

#[actix_web::test]
async fn only_a_complete_profile_that_went_well_makes_a_user_known() {
    let store = StoreFolder::new();
    let app = TestApp::with_silent_upstream(remembering(seen(TestConfig::documented()), &store)).await;
    app.upstream_answers(ResponseTemplate::new(400)).await;
    launch(&app, &alice(), Some("new"))
        .await
        .is_refused(400, "upstream_rejected");
    launch(&app, &bare(), Some("existing"))
        .await
        .is_refused(400, "user_unknown");
    app.upstream.reset().await;
    app.upstream_answers(ResponseTemplate::new(200).set_body_string(EMBED_URL))
        .await;
    launch(&app, &without(alice(), &["email"]), Some("existing"))
        .await
        .is_launched();
    launch(&app, &bare(), Some("clone")).await.is_launched();
    launch(&app, &bare(), Some("existing"))
        .await
        .is_refused(400, "user_unknown");
}

#[actix_web::test]
async fn a_store_that_cannot_be_read_stops_only_those_who_depend_on_it() {
    for depends in [true, false] {
        let store = StoreFolder::new();
        let config = TestConfig::strict();
        let config = if depends { seen(config) } else { config };
        let app = TestApp::with(remembering(config, &store)).await;
        store.break_known_users();
        let answer = launch(&app, &bare(), Some("existing")).await;
        if depends {
            answer.is_refused(503, "store_unavailable");
            assert_eq!(answer.json()["reason"], "known_users_unavailable");
            assert_eq!(
                (answer.json()["retryable"].clone(), answer.header("retry-after")),
                (json!(true), Some("2"))
            );
        } else {
            answer.is_launched();
            assert_eq!(answer.json()["warnings"], json!(["may_clone_owner"]));
        }
        assert_eq!(asked(&app, "unavailable").await, Some(1));
        launch(&app, &alice(), None).await.is_launched();
        let begun = Instant::now();
        while app.figure("empego_gateway_known_users_dropped_total").await != Some(1.0) {
            assert!(begun.elapsed() < PATIENCE, "what could not be written is counted");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

#[actix_web::test]
async fn a_token_without_a_profile_is_told_which_claims_it_lacks() {
    let store = StoreFolder::new();
    let issuer = Issuer::start().await;
    let mut config = remembering(seen(TestConfig::documented()), &store);
    config.more.push_str(&issuer.host("spa", "gateway", ""));
    let app = TestApp::with(config).await;
    let claims = issuer.claims();
    let only_subject = without(
        claims.clone(),
        &["given_name", "family_name", "email", "practitioner", "locale"],
    );
    let launch = |claims: &Value| {
        app.request(Method::POST, "/v1/embeddable/statistics")
            .header("authorization", format!("Bearer {}", issuer.token(claims)))
            .json(&json!({}))
    };
    let refused = launch(&only_subject).send().await;
    refused.is_refused(400, "user_unknown").naming(&[
        ("/token/firstName", "required"),
        ("/token/lastName", "required"),
        ("/token/email", "required"),
        ("/token/licenseNumber", "required"),
        ("/token/preferredLanguage", "required"),
    ]);
    launch(&claims).send().await.is_launched();
    launch(&only_subject).send().await.is_launched();
}

#[actix_web::test]
async fn an_explanation_says_what_the_gateway_remembers() {
    let store = StoreFolder::new();
    let app = TestApp::with(remembering(seen(TestConfig::documented()), &store)).await;
    let explained = async |clinician: Value, intent: &str| {
        let answer = app
            .request(Method::POST, "/v1/explain/statistics")
            .header("authorization", format!("Bearer {HOST_KEY}"))
            .json(&json!({"clinician": clinician, "intent": intent}));
        answer.send().await.json()
    };
    let unseen = explained(bare(), "existing").await;
    assert_eq!(
        (&unseen["rule"]["seen"], &unseen["refusal"]["code"]),
        (&json!("no"), &json!("user_unknown"))
    );
    assert_eq!(explained(bare(), "clone").await["rule"]["seen"], "not_asked");
    launch(&app, &alice(), None).await.is_launched();
    let known = explained(bare(), "existing").await;
    assert_eq!(
        (&known["rule"]["seen"], &known["outcome"]),
        (&json!("yes"), &json!("launch"))
    );
    store.break_known_users();
    let other = explained(json!({"userId": "x"}), "existing").await;
    assert_eq!(
        (&other["rule"]["seen"], &other["refusal"]["code"]),
        (&json!("unavailable"), &json!("store_unavailable"))
    );
}

/// A configuration in a file of its own, in front of no upstream.
fn configured(store: &StoreFolder) -> String {
    let file = store.path().join("gateway.toml");
    let text = remembering(seen(TestConfig::strict()), store).text("http://127.0.0.1:1");
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

/// Runs a command with this on standard input; its exit code and what it wrote.
fn known(arguments: &[&str], config: &str, input: &str) -> (i32, String, String) {
    let mut command = binary();
    command
        .env("EMPEGO_API_KEY", "upstream-key")
        .arg("known")
        .args(arguments)
        .args(["--config", config]);
    if !arguments.contains(&"--tenant") {
        command.args(["--tenant", "downtown"]);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_list_of_users_is_imported_counted_and_forgotten() {
    let store = StoreFolder::new();
    let config = configured(&store);
    let ok = |out: &str| (0, format!("{out}\n"), String::new());
    assert_eq!(known(&["list", "--count"], &config, ""), ok("0"));
    let list: Vec<_> = (0..2500).map(|number| format!("user-{number}\r\n")).collect();
    let imported = known(&["import", "-"], &config, &list.concat());
    assert_eq!(imported, ok("2500 clinicians: 2500 new, 0 known already"));
    let file = store.path().join("list.csv");
    std::fs::write(&file, "id,name\n\"user-1\",A\nuser-new,B\nuser-new,C\n").unwrap();
    let imported = known(&["import", "--csv", file.to_str().unwrap()], &config, "");
    assert_eq!(imported, ok("2 clinicians: 1 new, 1 known already"));
    assert_eq!(known(&["list", "--count"], &config, ""), ok("2501"));
    let forgotten = known(&["forget"], &config, "user-1\nnever-there\n");
    assert_eq!(forgotten, ok("1 of 2 clinicians forgotten"));
    assert_eq!(known(&["list", "--count"], &config, ""), ok("2500"));
}

#[test]
fn a_list_with_bad_lines_imports_nothing_and_names_them_all() {
    let store = StoreFolder::new();
    let config = configured(&store);
    let (code, out, err) = known(&["import", "-"], &config, "good\n spaced\nundefined\ngood-too\n");
    assert_eq!((code, out.as_str()), (64, ""));
    let lines: Vec<_> = err.lines().collect();
    assert!(lines[0].starts_with("standard input: line 2: "), "{err}");
    assert!(lines[1].starts_with("standard input: line 3: "), "{err}");
    assert_eq!(lines[2], "nothing was changed");
    assert!(!err.contains("spaced"), "{err}");
    assert_eq!(known(&["list", "--count"], &config, "").1, "0\n");
    let (code, _, err) = known(&["list", "--count", "--tenant", "uptown"], &config, "");
    assert_eq!(code, 64);
    assert!(
        err.contains("--tenant: the configuration has no tenant uptown"),
        "{err}"
    );
}

#[actix_web::test]
async fn an_imported_user_may_be_launched_by_a_running_gateway() {
    let store = StoreFolder::new();
    let app = TestApp::with(remembering(seen(TestConfig::strict()), &store)).await;
    launch(&app, &bare(), Some("existing"))
        .await
        .is_refused(400, "user_unknown");
    let config = configured(&store);
    let id = alice()["userId"].as_str().unwrap().to_owned();
    let (code, _, err) = known(&["import", "-"], &config, &id);
    assert_eq!(code, 0, "{err}");
    launch(&app, &bare(), Some("existing")).await.is_launched();
    let mut explain = binary();
    explain.env("EMPEGO_API_KEY", "upstream-key").args([
        "explain",
        "--config",
        &config,
        "--host",
        "ehr",
        "--endpoint",
        "statistics",
    ]);
    let body = store.path().join("body.json");
    std::fs::write(&body, json!({"clinician": bare(), "intent": "existing"}).to_string()).unwrap();
    let output = explain.arg(&body).output().unwrap();
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(explained["rule"]["seen"], "yes");
}

#[test]
fn an_explanation_creates_no_store() {
    let store = StoreFolder::new();
    let config = configured(&store);
    let body = store.path().join("body.json");
    std::fs::write(&body, json!({"clinician": bare(), "intent": "existing"}).to_string()).unwrap();
    let mut explain = binary();
    explain
        .env("EMPEGO_API_KEY", "upstream-key")
        .args([
            "explain",
            "--config",
            &config,
            "--host",
            "ehr",
            "--endpoint",
            "statistics",
        ])
        .arg(&body);
    let output = explain.output().unwrap();
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        explained["rule"]["seen"], "no",
        "as a gateway that is started now would say"
    );
    assert!(!store.file().exists());
}

#[test]
fn users_cannot_be_required_to_have_been_seen_without_a_store() {
    let store = StoreFolder::new();
    let file = store.path().join("gateway.toml");
    let check = |config: TestConfig| {
        std::fs::write(&file, config.text("http://127.0.0.1:1")).unwrap();
        let mut check = binary();
        let output = check
            .env("EMPEGO_API_KEY", "upstream-key")
            .args(["check", "--config"])
            .arg(&file);
        let output = output.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = check(seen(TestConfig::strict()));
    assert_eq!(code, 64);
    assert!(
        said.contains("existing_users cannot be seen without a [store]"),
        "{said}"
    );
    let (code, said) = check(TestConfig::strict().tenant("existing_users = \"known\""));
    assert_eq!(code, 64);
    assert!(said.contains("existing_users must be vouched or seen"), "{said}");
    assert_eq!(
        check(remembering(seen(TestConfig::strict()), &store)),
        (0, String::new())
    );
}

#[test]
fn a_gateway_with_an_unusable_store_does_not_start() {
    let store = StoreFolder::new();
    let config = configured(&store);
    std::fs::write(
        store.file(),
        "no database, and longer than the hundred bytes of a header".repeat(4),
    )
    .unwrap();
    let mut serve = binary();
    let serve = serve
        .env("EMPEGO_API_KEY", "upstream-key")
        .args(["serve", "--config", &config]);
    let output = serve.output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        err.contains("store.sqlite3: is not a SQLite database: choose another file"),
        "{err}"
    );
}

/// A stand-in that opens whatever it is asked for.
async fn upstream() -> MockServer {
    let upstream = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string(EMBED_URL))
        .mount(&upstream)
        .await;
    upstream
}

async fn launched_at(address: &str, clinician: Value) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(format!("http://{address}/v1/embeddable/statistics"))
        .bearer_auth(HOST_KEY)
        .header("content-type", "application/json")
        .body(json!({"clinician": clinician, "intent": "existing"}).to_string());
    request.send().await.unwrap().status().as_u16()
}

#[actix_web::test]
async fn users_stay_known_when_a_key_is_replaced_and_the_old_one_removed() {
    const OLD: &str = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    const NEW: &str = "k2 AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    let store = StoreFolder::new();
    let upstream = upstream().await;
    let file = store.path().join("gateway.toml");
    std::fs::write(
        &file,
        remembering(seen(TestConfig::strict()), &store).text(&upstream.uri()),
    )
    .unwrap();
    let config = file.display().to_string();
    let serve = || {
        let mut serve = binary();
        Running::start(
            serve
                .env("EMPEGO_API_KEY", "upstream-key")
                .args(["serve", "--config", &config]),
        )
    };
    let mut running = serve();
    let address = running.address();
    assert_eq!(launched_at(&address, alice()).await, 200);
    std::fs::write(store.path().join("keyring"), [NEW, OLD].concat()).unwrap();
    let mut running = spawn_blocking(move || {
        running.logged("reloaded: the changed configuration is in force");
        running
    })
    .await
    .unwrap();
    assert_eq!(launched_at(&address, bare()).await, 200, "under the old key");
    let stopped = spawn_blocking(|| running.stop()).await.unwrap();
    assert!(stopped.0.success(), "{}", stopped.1);
    assert_eq!(
        known(&["list", "--count"], &config, "").1,
        "2\n",
        "under the new key too"
    );

    std::fs::write(store.path().join("keyring"), NEW).unwrap();
    running = serve();
    let address = running.address();
    assert_eq!(launched_at(&address, bare()).await, 200, "under the new key alone");
    let unknown = with(bare(), "userId", "someone_else");
    assert_eq!(launched_at(&address, unknown).await, 400);
}

#[actix_web::test]
async fn no_user_id_stands_in_the_store_or_in_the_log() {
    const NAME: &str = "cänäry7f3a";
    let store = StoreFolder::new();
    let upstream = upstream().await;
    let file = store.path().join("gateway.toml");
    let mut text = remembering(seen(TestConfig::strict()), &store).text(&upstream.uri());
    text = text.replace("format = \"json\"", "format = \"json\"\nlevel = \"trace\"");
    std::fs::write(&file, text).unwrap();
    let mut serve = binary();
    let serve = serve
        .env("EMPEGO_API_KEY", "upstream-key")
        .args(["serve", "--config"])
        .arg(&file);
    let mut running = Running::start(serve);
    let address = running.address();
    let launch = async |clinician: Value| launched_at(&address, clinician).await;
    assert_eq!(launch(json!({"userId": NAME})).await, 400);
    assert_eq!(launch(with(alice(), "userId", NAME)).await, 200);
    assert_eq!(launch(json!({"userId": NAME})).await, 200);
    let while_open = store.bytes();
    // What is noted is written before the gateway has stopped.
    let (status, log) = spawn_blocking(|| running.stop()).await.unwrap();
    assert!(status.success(), "{log}");
    let config = file.display().to_string();
    assert_eq!(known(&["list", "--count"], &config, "").1, "1\n");
    let written = String::from_utf8_lossy(&[while_open, store.bytes()].concat()).into_owned() + &log;
    for dress in dresses(NAME) {
        assert!(!written.contains(&dress), "{dress}");
    }
}
