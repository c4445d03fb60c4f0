//! Tickets: the host gets an address on the gateway, and the browser that opens it gets the embed URL, once.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use actix_web::rt;
use futures_util::future::join_all;
use reqwest::{Method, redirect::Policy};
use serde_json::json;

use crate::helpers::{
    Answer, EMBED_URL, HOST_KEY, Running, TestApp, TestConfig, TestSimulator, alice, base64, binary,
    junction::{Lines, Stage, elodie},
};

/// Where browsers would reach the gateway.
const PUBLIC_URL: &str = "https://gateway.example";

/// A host that delivers tickets.
fn delivering() -> TestConfig {
    TestConfig::documented()
        .server(&format!("public_url = \"{PUBLIC_URL}\""))
        .host("deliver = \"ticket\"")
}

/// The path of a ticket's address.
fn path_of(url: &str) -> String {
    url.strip_prefix(PUBLIC_URL)
        .unwrap_or_else(|| panic!("not a ticket: {url}"))
        .to_owned()
}

async fn launched(app: &TestApp) -> String {
    let answer = app
        .native("consultation/view")
        .json(&json!({"clinician": alice(), "patientKey": "p1"}))
        .send()
        .await;
    path_of(answer.is_launched().json()["url"].as_str().unwrap())
}

/// What a frame gets.
async fn opened(app: &TestApp, path: &str) -> Answer {
    app.request(Method::GET, path)
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "iframe")
        .header(
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        )
        .send()
        .await
}

#[track_caller]
fn is_sent_on(answer: &Answer) {
    assert_eq!(answer.status, 303, "{answer:?}");
    assert_eq!(answer.header("location"), Some(EMBED_URL));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(answer.text, "");
}

#[track_caller]
fn is_spent(answer: &Answer) {
    assert_eq!(answer.status, 410, "{answer:?}");
    assert!(answer.text.contains("<code>ticket_spent</code> (410)"), "{answer:?}");
    assert_eq!(answer.header("location"), None);
}

#[actix_web::test]
async fn a_ticket_opens_its_url_once() {
    let app = TestApp::with(delivering()).await;
    let answer = app
        .native("consultation/view")
        .json(&json!({"clinician": alice(), "patientKey": "p1"}))
        .send()
        .await;
    let document = answer.is_launched().json();
    assert_eq!(document["origin"], "https://app.empego.ca");
    assert_eq!(document["expiresIn"], 30);
    let path = path_of(document["url"].as_str().unwrap());
    assert_eq!(path.len(), "/frame/".len() + 43, "256 bits");
    is_sent_on(&opened(&app, &path).await);
    is_spent(&opened(&app, &path).await);
}

#[actix_web::test]
async fn a_drop_in_launch_delivers_a_ticket_in_both_of_its_forms() {
    let app = TestApp::with(delivering()).await;
    let text = app.drop_in("statistics").user(&alice()).send().await;
    is_sent_on(&opened(&app, &path_of(&text.is_launched().text)).await);
    let document = app
        .drop_in("statistics")
        .user(&alice())
        .header("accept", "application/json");
    let document = document.send().await;
    let url = document.is_launched().json()["url"].as_str().unwrap().to_owned();
    is_sent_on(&opened(&app, &path_of(&url)).await);
}

#[actix_web::test]
async fn what_is_no_navigation_is_refused_and_spends_nothing() {
    let app = TestApp::with(delivering()).await;
    let path = launched(&app).await;
    let rows: &[(&[(&str, &str)], &str)] = &[
        (&[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")], "a script"),
        (
            &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            "an image",
        ),
        (
            &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "embed")],
            "a plug-in",
        ),
        (&[("sec-fetch-dest", "style")], "a style sheet"),
        (
            &[
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
                ("sec-fetch-dest", "iframe"),
            ],
            "two destinations",
        ),
        (
            &[
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
                ("sec-purpose", "prefetch;prerender"),
            ],
            "a prerendered page",
        ),
        (&[("purpose", "prefetch")], "an older prefetch"),
        (&[("x-moz", "prefetch")], "the same of another browser"),
    ];
    for (headers, reason) in rows {
        let mut request = app.request(Method::GET, &path);
        for (name, value) in *headers {
            request = request.header(name, *value);
        }
        let answer = request.send().await;
        assert_eq!(answer.status, 403, "{reason}: {answer:?}");
        assert!(answer.text.contains("<code>origin_denied</code>"), "{reason}");
        assert_eq!(answer.header("location"), None, "{reason}");
    }
    for method in [Method::HEAD, Method::POST, Method::DELETE] {
        let answer = app.request(method.clone(), &path).send_unchecked().await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")), "{method}");
        assert!(!answer.text.contains(&path), "{answer:?}");
    }
    is_sent_on(&opened(&app, &path).await);
}

#[actix_web::test]
async fn browsers_that_say_nothing_of_a_request_are_sent_on() {
    let app = TestApp::with(delivering()).await;
    let path = launched(&app).await;
    is_sent_on(&app.request(Method::GET, &path).send().await);
    for destination in ["document", "iframe", "frame", "fencedframe"] {
        let path = launched(&app).await;
        let request = app.request(Method::GET, &path).header("sec-fetch-mode", "navigate");
        let request = request
            .header("sec-fetch-dest", destination)
            .header("authorization", "Bearer none");
        is_sent_on(&request.send().await);
    }
}

#[actix_web::test]
async fn one_of_many_browsers_at_once_is_sent_on() {
    let app = TestApp::with(delivering().server("workers = 4")).await;
    for _ in 0..20 {
        let path = launched(&app).await;
        let answers = join_all((0..16).map(|_| opened(&app, &path))).await;
        let (sent, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 303);
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(refused.len(), 15);
        refused.iter().for_each(is_spent);
    }
}

#[actix_web::test]
async fn nothing_shows_why_a_ticket_opens_nothing() {
    let app = TestApp::with(delivering().host("explain = true")).await;
    let spent = launched(&app).await;
    is_sent_on(&opened(&app, &spent).await);
    let unknown = format!("/frame/{}", "A".repeat(43));
    let sealed = format!("/frame/{}", "A".repeat(400));
    let long = format!("/frame/{}", "A".repeat(20_000));
    let paths = [
        &spent,
        &unknown,
        &sealed,
        &long,
        "/frame/-",
        "/frame/%20",
        "/frame/é",
        "/frame/a.b",
    ];
    let mut pages = Vec::new();
    let mut documents = Vec::new();
    for path in paths {
        let page = opened(&app, path).await;
        is_spent(&page);
        let id = page.header("x-request-id").unwrap();
        pages.push(page.text.replace(id, "id"));
        let document = app
            .request(Method::GET, path)
            .header("accept", "application/json")
            .send()
            .await;
        let mut told = document.is_refused(410, "ticket_spent").json();
        for member in ["timestamp", "requestId"] {
            told[member].take();
        }
        documents.push(told);
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    assert!(documents.iter().all(|told| *told == documents[0]), "{documents:?}");
    assert_eq!(documents[0]["path"], "/frame/{ticket}");
    let refused = r#"empego_gateway_launches_total{endpoint="frame",tenant="none",code="ticket_spent"}"#;
    assert_eq!(app.figure(refused).await, Some(16.0));
}

#[actix_web::test]
async fn the_page_of_a_ticket_speaks_the_browsers_language() {
    let app = TestApp::with(delivering()).await;
    let page = async |language: &str| {
        let request = app
            .request(Method::GET, "/frame/none")
            .header("accept-language", language);
        request.send().await
    };
    let french = page("fr-CA,en;q=0.5").await;
    is_spent(&french);
    assert!(french.text.contains("<html lang=\"fr\">") && french.text.contains("à partir de votre DME"));
    let english = page("en-CA").await;
    assert!(english.text.contains("<html lang=\"en\">") && english.text.contains("from your EHR"));
    let policy = english.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(english.header("referrer-policy"), Some("no-referrer"));
    assert!(!english.text.contains("<script"));
}

#[actix_web::test]
async fn junction_launches_deliver_tickets_only_where_that_is_said() {
    let rows = [
        ("deliver = \"ticket\"", false),
        ("junction_deliver = \"url\"", false),
        ("junction_deliver = \"ticket\"", true),
    ];
    for (line, is_ticket) in rows {
        let stage = Stage::with(Lines {
            host: line.to_owned(),
            server: "public_url = \"https://gateway.example\"",
            ..Lines::default()
        })
        .await;
        let answer = stage.launch(&elodie()).send().await;
        let document = answer.is_launched().json();
        let url = document["url"].as_str().unwrap();
        assert_eq!(url.starts_with(PUBLIC_URL), is_ticket, "{line}: {document}");
        if is_ticket {
            assert_eq!(document["expiresIn"], 30);
            let answer = opened(&stage.app, &path_of(url)).await;
            assert_eq!(answer.status, 303, "{answer:?}");
            let origin = document["origin"].as_str().unwrap();
            assert!(answer.header("location").unwrap().starts_with(origin), "{answer:?}");
            is_spent(&opened(&stage.app, &path_of(url)).await);
        }
    }
}

/// A host that delivers tickets which gateways with these key files open.
fn sharing(files: &[&Path]) -> TestConfig {
    let mut config = delivering();
    let files: Vec<_> = files
        .iter()
        .map(|file| format!("{:?}", file.to_str().unwrap()))
        .collect();
    config.more = format!("[tickets]\nkey_files = [{}]\n", files.join(", "));
    config
}

/// A key's file, as `audit key new` makes it.
fn key_file(folder: &Path, id: &str, byte: u8) -> PathBuf {
    let file = folder.join(id);
    let key: Vec<u8> = (0..32).map(|at| byte.wrapping_add(at)).collect();
    fs::write(&file, format!("{id} {}\n", base64(key))).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    file
}

#[actix_web::test]
async fn gateways_that_share_a_key_open_each_others_tickets() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new, foreign] =
        [("old", 1), ("new", 2), ("foreign", 3)].map(|(id, byte)| key_file(folder.path(), id, byte));
    let before = TestApp::with(sharing(&[&old])).await;
    let during = TestApp::with(sharing(&[&new, &old])).await;
    let after = TestApp::with(sharing(&[&new])).await;
    let stranger = TestApp::with(sharing(&[&foreign])).await;
    let alone = TestApp::with(delivering()).await;
    let rows = [
        (&before, &before, true, "its own"),
        (&before, &during, true, "the replaced key"),
        (&during, &after, true, "the new key"),
        (&during, &before, false, "a key that is not there yet"),
        (&before, &after, false, "a key that is gone"),
        (&stranger, &during, false, "a foreign key"),
        (&alone, &during, false, "one that another process holds"),
        (&during, &alone, false, "a sealed one where there is no key"),
    ];
    for (mints, opens, is_good, reason) in rows {
        let path = launched(mints).await;
        let answer = opened(opens, &path).await;
        assert_eq!(answer.status == 303, is_good, "{reason}: {answer:?}");
        is_spent(&opened(opens, &path).await);
    }
    let path = launched(&before).await;
    for (at, _) in path.char_indices().skip("/frame/".len()).step_by(17) {
        let mut altered = path.clone();
        let other = if &path[at..=at] == "A" { "B" } else { "A" };
        altered.replace_range(at..=at, other);
        is_spent(&opened(&before, &altered).await);
    }
    is_spent(&opened(&before, &format!("{path}A")).await);
    is_spent(&opened(&before, &path[..path.len() - 1]).await);
    is_sent_on(&opened(&before, &path).await);
}

/// `serve` with a configuration that is read again when it changes.
struct Served {
    running: Option<Running>,
    address: String,
    client: reqwest::Client,
}

impl Served {
    fn start(file: &Path) -> Self {
        let mut command = binary();
        command
            .env("EMPEGO_API_KEY", "upstream-key")
            .env("OTHER_API_KEY", "k")
            .env("MANAGEMENT_KEY", "k");
        let mut running = Running::start(command.args(["serve", "--config"]).arg(file));
        let address = running.address();
        Self {
            running: Some(running),
            address,
            client: reqwest::Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
        }
    }

    async fn launched(&self) -> String {
        let request = self
            .client
            .post(format!("http://{}/v1/embeddable/statistics", self.address));
        let request = request.bearer_auth(HOST_KEY).header("content-type", "application/json");
        let answer = request
            .body(json!({"clinician": alice()}).to_string())
            .send()
            .await
            .unwrap();
        path_of(Answer::of(answer).await.is_launched().json()["url"].as_str().unwrap())
    }

    async fn status(&self, path: &str) -> u16 {
        let request = self.client.get(format!("http://{}{path}", self.address));
        request.send().await.unwrap().status().as_u16()
    }

    async fn reloaded(&mut self) {
        let mut running = self.running.take().unwrap();
        let read = move || {
            running.logged("\"reloaded: the changed configuration is in force");
            running
        };
        self.running = Some(rt::task::spawn_blocking(read).await.unwrap());
    }
}

/// Replaces a file as editors do.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, file).unwrap();
}

#[actix_web::test]
async fn tickets_survive_a_reload_unless_their_host_is_removed() {
    let simulator = TestSimulator::start_rejecting();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let own = delivering().empego(&simulator.as_upstream()).text("");
    let more = "[[host]]\nid = \"other\"\ntenant = \"downtown\"\nidentity = \"asserted\"\n";
    let digest = "key_sha256 = \"a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b858\"\n";
    fs::write(&file, &own).unwrap();
    let mut gateway = Served::start(&file);
    let (first, second) = (gateway.launched().await, gateway.launched().await);
    replace(&file, &format!("{own}{more}{digest}"));
    gateway.reloaded().await;
    assert_eq!(gateway.status(&first).await, 303);
    replace(&file, &own.replace("id = \"ehr\"", "id = \"ehr2\""));
    gateway.reloaded().await;
    assert_eq!(gateway.status(&second).await, 410, "its host is gone");
    assert_eq!(gateway.status(&gateway.launched().await).await, 303, "the new one's");
}

#[actix_web::test]
async fn a_key_is_replaced_without_a_restart_between_two_processes() {
    let simulator = TestSimulator::start_rejecting();
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = [("old", 1), ("new", 2)].map(|(id, byte)| key_file(folder.path(), id, byte));
    let text = |files: &[&Path]| sharing(files).empego(&simulator.as_upstream()).text("");
    let (one, other) = (folder.path().join("one.toml"), folder.path().join("other.toml"));
    fs::write(&one, text(&[&old])).unwrap();
    fs::write(&other, text(&[&old])).unwrap();
    let (mut first, mut second) = (Served::start(&one), Served::start(&other));
    let path = first.launched().await;
    assert_eq!(second.status(&path).await, 303);
    assert_eq!(second.status(&path).await, 410);
    replace(&one, &text(&[&new, &old]));
    first.reloaded().await;
    let early = first.launched().await;
    assert_eq!(second.status(&early).await, 410, "the other does not have the key yet");
    replace(&other, &text(&[&new, &old]));
    second.reloaded().await;
    assert_eq!(second.status(&early).await, 303);
    assert_eq!(second.status(&first.launched().await).await, 303);
    assert_eq!(first.status(&second.launched().await).await, 303);
}
