//! The demo's console: what is served, to whom, and that its texts know every row of the program's tables.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use domain::{
    audit::{Attempt, Event},
    code::{Code, Guidance, Language, Source},
    empego::{Endpoint, Identity, Intent, Seen, Warning},
    fault::Fault,
    junction::{
        FeatureKind, Modality,
        orders::{seen::Tier, status::OrderState, visit_state::VisitState},
    },
};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, redirect::Policy};
use serde_json::{Value, json};
use simulator::{Partial, Scene};
use uuid::Uuid;

use crate::helpers::{Answer, Running, TestApp, TestSimulator, alice, binary, run};

/// The page's media types, by the ends of its files' names.
const MEDIA_TYPES: [(&str, &str); 5] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("json", "application/json"),
];

/// What the page's files name beside themselves: a namespace, and a place that no packet reaches.
const FOREIGN: [&str; 2] = ["http://www.w3.org/2000/svg", "http://elsewhere.example/"];

/// A running demo.
struct Demo {
    process: Running,
    origin: String,
    simulator: String,
    trail: PathBuf,
    client: reqwest::Client,
}

impl Demo {
    fn start() -> Self {
        let mut process =
            Running::start(binary().args(["demo", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"]));
        let console = process.line("console");
        let simulator = process.line("simulator");
        let trail = process.line("trail");
        let url = console.split_whitespace().next().unwrap();
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
        Self {
            origin: url.strip_suffix("/console/").unwrap().to_owned(),
            simulator: simulator.trim().to_owned(),
            trail: trail.trim().into(),
            client: client.build().unwrap(),
            process,
        }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.origin)
        };
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    async fn scene(&self) -> Value {
        self.get("/console/scene.json").await.json()
    }

    /// What the trail says to the page.
    async fn ask_trail(&self, question: &str, body: Value) -> Value {
        let path = format!("/console/audit/{question}");
        let headers = [("origin", self.origin.as_str())];
        let answer = self.send(Method::POST, &path, &headers, Some(body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// A launch from a page of this origin, with one of the scene's credentials.
    async fn launch_from(&self, origin: &str, credential: &str) -> Answer {
        let credentials = self.scene().await;
        let bearer = format!("Bearer {}", credentials["credentials"][credential].as_str().unwrap());
        let headers = [("authorization", bearer.as_str()), ("origin", origin)];
        let body = json!({"clinician": alice()});
        self.send(Method::POST, "/v1/embeddable/statistics", &headers, Some(body))
            .await
    }
}

/// The page's files as they lie in the sources, by name.
fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/console");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    entries.map(named).collect()
}

fn texts() -> [(&'static str, Value); 2] {
    ["en", "fr"].map(|language| {
        let text = &files()[&format!("texts.{language}.json")];
        (language, serde_json::from_str(text).unwrap())
    })
}

#[actix_web::test]
async fn the_demo_serves_the_whole_page_and_lets_it_reach_only_the_stand_in() {
    let demo = Demo::start();
    let simulator = &demo.simulator;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {simulator}; \
         frame-src 'self' {simulator}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let files = files();
    assert!(files.len() > 15, "{:?}", files.keys());
    for (name, text) in files {
        let path = match name.as_str() {
            "index.html" => "",
            "errors.html" => "errors",
            "junction.html" => "junction",
            "audit.html" => "audit",
            "doctor.html" => "doctor",
            "orders.html" => "orders",
            other => other,
        };
        let answer = demo.get(&format!("/console/{path}")).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(answer.text == text, "{name} is another file");
        let end = name.rsplit('.').next().unwrap();
        let (_, media_type) = MEDIA_TYPES.iter().find(|(known, _)| *known == end).unwrap();
        for (header, value) in [
            ("content-type", *media_type),
            ("content-security-policy", &policy),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{name}");
        }
    }
}

#[actix_web::test]
async fn serve_has_no_console() {
    let app = TestApp::documented().await;
    for path in [
        "/console",
        "/console/",
        "/console/errors",
        "/console/scene.json",
        "/console/launch.js",
        "/console/audit",
        "/console/audit/search",
    ] {
        app.request(Method::GET, path).send().await.is_refused(404, "not_found");
    }
}

#[test]
fn only_the_demo_builds_a_gateway_with_a_console() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources.clone()];
    let mut naming = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read_to_string(&path).is_ok_and(|text| text.contains("build_with_console")) {
                naming.insert(path.strip_prefix(&sources).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    assert_eq!(naming, ["app.rs", "cli/demo.rs"].map(str::to_owned).into());
}

#[test]
fn no_file_names_another_site_or_makes_markup_of_text() {
    for (name, text) in files() {
        for (at, _) in text.match_indices("://") {
            let start = text[..at]
                .rfind(|c: char| !c.is_ascii_alphabetic())
                .map_or(0, |at| at + 1);
            assert!(
                FOREIGN.iter().any(|known| text[start..].starts_with(known)),
                "{name} names {:.40}",
                &text[start..]
            );
        }
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "srcdoc",
            "document.write",
            "eval(",
            "Function(",
            "localStorage",
            "document.cookie",
            "@import",
            "url(",
        ] {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        if name.contains(".html") {
            assert!(
                !text.contains("<style") && !text.contains("style="),
                "{name} has a style inside"
            );
            assert!(!text.contains(" on"), "{name} has a handler inside");
            for script in text.split("<script").skip(1) {
                assert!(
                    script.starts_with(" type=\"module\" src=\""),
                    "{name} has a script inside"
                );
                assert!(
                    script.split('>').nth(1).unwrap().starts_with("</script"),
                    "{name} has a script inside"
                );
            }
        }
    }
}

#[actix_web::test]
async fn the_page_is_read_and_nothing_else_and_by_its_own_name() {
    let demo = Demo::start();
    for path in ["/console/", "/console/launch.js", "/console/scene.json", "/console"] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = demo.send(method, path, &[], None).await;
            answer.is_refused(405, "method_not_allowed");
            assert_eq!(answer.header("allow"), Some("GET"));
        }
    }
    let with_slash = demo.get("/console").await;
    let there = format!("{}/console/", demo.origin);
    assert_eq!((with_slash.status, with_slash.header("location")), (308, Some(&*there)));

    for path in ["/console/", "/console/scene.json"] {
        let renamed = demo
            .send(Method::GET, path, &[("host", "attacker.example:8080")], None)
            .await;
        let here = format!("{}{path}", demo.origin);
        assert_eq!((renamed.status, renamed.header("location")), (307, Some(&*here)));
        assert!(!renamed.text.contains("egw_"), "another site's name gets no key");
    }
}

#[actix_web::test]
async fn the_scene_speaks_the_browsers_language_and_has_the_programs_tables() {
    let demo = Demo::start();
    for (accepted, language) in [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("en-CA,fr;q=0.9", "en"),
        ("en;q=0.5,fr;q=0.9", "fr"),
        ("de,es", "en"),
        ("", "en"),
    ] {
        let scene = demo
            .send(
                Method::GET,
                "/console/scene.json",
                &[("accept-language", accepted)],
                None,
            )
            .await;
        assert_eq!(scene.json()["language"], language, "{accepted}");
    }
    let scene = demo.scene().await;
    let listed = |table: &str, column: &str| -> Vec<String> {
        let rows = scene[table].as_array().unwrap().iter();
        rows.map(|row| row[column].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        listed("endpoints", "tail"),
        Endpoint::ALL.iter().map(|one| one.tail()).collect::<Vec<_>>()
    );
    assert_eq!(
        listed("codes", "code"),
        Code::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>()
    );
    for (row, code) in scene["codes"].as_array().unwrap().iter().zip(Code::ALL) {
        for (language, name) in [(Language::English, "en"), (Language::French, "fr")] {
            let Guidance { meaning, action } = code.guidance(language);
            assert_eq!(
                row["texts"][name],
                json!({"meaning": meaning, "action": action}),
                "{code:?}"
            );
        }
    }
    assert_eq!(
        scene["intents"],
        json!(Intent::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>())
    );
}

#[actix_web::test]
async fn host_keys_work_from_the_demos_own_page_and_from_no_other() {
    let demo = Demo::start();
    for credential in ["documented", "strict"] {
        demo.launch_from(&demo.origin, credential).await.is_launched();
        for other in ["http://127.0.0.1:1", "https://ehr.example", "null", &demo.simulator] {
            demo.launch_from(other, credential)
                .await
                .is_refused(403, "origin_denied");
        }
    }
    demo.launch_from(&demo.origin, "server")
        .await
        .is_refused(403, "origin_denied");

    let scene = demo.get("/console/scene.json").await;
    assert_eq!(scene.header("access-control-allow-origin"), None);
}

#[actix_web::test]
async fn the_demos_page_launches_junctions_app_and_continues_the_session() {
    let demo = Demo::start();
    let scene = demo.get("/console/scene.json").await;
    let cookie = scene.header("set-cookie").unwrap().to_owned();
    let (cookie, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(
        attributes,
        "Path=/junction/session-continuation; HttpOnly; SameSite=None; Secure"
    );

    let bearer = |name: &str| format!("Bearer {}", scene.json()["credentials"][name].as_str().unwrap());
    let body = json!({
        "clinician": alice(), "team": {"integrationTeamId": "clinic-8"}, "feature": "order_creation",
        "modality": "feature_embed",
    });
    let (server, browser) = (bearer("documented"), bearer("portal"));
    let headers = [("authorization", server.as_str()), ("origin", demo.origin.as_str())];
    let launched = demo
        .send(Method::POST, "/v1/junction/launch", &headers, Some(body))
        .await;
    assert_eq!(launched.status, 200, "{launched:?}");
    assert_eq!(launched.json()["origin"], demo.simulator);
    let ticket = launched.json()["url"].as_str().unwrap().to_owned();
    assert!(ticket.starts_with(&format!("{}/frame/", demo.origin)), "{ticket}");
    let opened = demo.get(&ticket).await;
    assert_eq!(opened.status, 303, "{opened:?}");
    assert!(
        opened.header("location").unwrap().starts_with(&demo.simulator),
        "{opened:?}"
    );

    let asked = "/v1/junction/fast-launch?feature=order_creation&modality=feature_embed";
    let address = demo
        .send(Method::GET, asked, &[("authorization", &browser)], None)
        .await;
    let address = address.json()["url"].as_str().unwrap().to_owned();
    let sent_back = demo.get(&address).await;
    let continuation = sent_back.header("location").unwrap();
    assert!(continuation.starts_with(&format!("{}/junction/session-continuation?", demo.origin)));
    let continued = demo.send(Method::GET, continuation, &[("cookie", cookie)], None).await;
    assert_eq!(
        (continued.status, continued.header("referrer-policy")),
        (307, Some("strict-origin"))
    );
    let app = demo.get(continued.header("location").unwrap()).await;
    assert!(
        app.text.contains("Élodie Côté") && app.text.contains("Clinic 7"),
        "{app:?}"
    );

    let without = demo.get(continuation).await;
    assert_eq!(without.status, 401);
    assert!(without.text.contains("<code>session_required</code>"), "{without:?}");
}

#[actix_web::test]
async fn a_launch_leaves_a_record_that_the_page_finds_by_its_request() {
    let demo = Demo::start();
    let launched = demo.launch_from(&demo.origin, "documented").await;
    let id = launched.json()["requestId"].as_str().unwrap().to_owned();
    let found = demo.ask_trail("records", json!({"requestId": id})).await;
    let [record] = found["records"].as_array().unwrap().as_slice() else {
        panic!("{found}")
    };
    let line: Value = serde_json::from_str(record["line"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&line["event"]["id"], &line["event"]["code"]),
        (&json!(id), &json!("ok"))
    );
    assert_eq!(record["event"]["resourceType"], "AuditEvent");
    let segment = fs::read_to_string(demo.trail.join(record["segment"].as_str().unwrap())).unwrap();
    let number = usize::try_from(record["number"].as_u64().unwrap()).unwrap();
    assert_eq!(segment.lines().nth(number - 1), record["line"].as_str());
    assert!(!found.to_string().contains("Johnson"), "{found}");

    let unknown = demo.ask_trail("records", json!({"requestId": "another"})).await;
    assert_eq!(unknown, json!({"records": []}));
}

#[actix_web::test]
async fn the_page_finds_a_clinician_by_name_and_that_is_recorded() {
    let demo = Demo::start();
    demo.launch_from(&demo.origin, "documented").await.is_launched();
    demo.launch_from(&demo.origin, "strict").await;
    let user = alice()["userId"].clone();
    let asked = |tenant: &str| json!({"tenant": tenant, "kind": "clinician", "value": user});
    let found = demo.ask_trail("search", asked("demo")).await;
    let [row] = found["rows"].as_array().unwrap().as_slice() else {
        panic!("{found}")
    };
    assert_eq!(
        (&row["clinician"], &row["host"], &row["what"], &row["outcome"]),
        (&user, &json!("demo-documented"), &json!("statistics"), &json!("ok"))
    );
    let elsewhere = demo.ask_trail("search", asked("demo-narrow")).await;
    assert_eq!(elsewhere["rows"], json!([]), "another tenant's pseudonyms are others");

    let readers = fs::read_dir(demo.trail.join("readers")).unwrap();
    let readings: String = readers
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "ndjson"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(readings.matches("\"kind\":\"read\"").count(), 2, "{readings}");
    assert_eq!(readings.matches("\"revealed\":true").count(), 2, "{readings}");
    assert!(!readings.contains(user.as_str().unwrap()), "{readings}");
}

#[actix_web::test]
async fn one_changed_byte_breaks_a_copy_of_the_trail_and_not_the_trail() {
    let demo = Demo::start();
    let launched = demo.launch_from(&demo.origin, "documented").await;
    let id = launched.json()["requestId"].as_str().unwrap().to_owned();
    let tampered = demo.ask_trail("tampering", json!({})).await;
    assert_eq!(tampered["verdict"]["standing"], "broken");
    let text = |name: &str| tampered[name].as_str().unwrap().to_owned();
    let place = format!("{}, line {}", text("segment"), tampered["number"]);
    let said = tampered["verdict"]["lines"].to_string();
    assert!(
        said.contains(&place) && said.contains("its hash does not fit"),
        "{said}"
    );

    let verified = demo.ask_trail("verification", json!({})).await;
    assert_eq!(verified["standing"], "open", "{verified}");
    let number = usize::try_from(tampered["number"].as_u64().unwrap()).unwrap();
    let segment = fs::read_to_string(demo.trail.join(text("segment"))).unwrap();
    let line = segment.lines().nth(number - 1).unwrap();
    let (before, was, after) = (text("before"), text("was"), text("after"));
    assert_eq!(line, format!("{before}{was}{after}"));
    assert_ne!(was, text("is"));
    assert!(line.contains(&id), "the last attempt is changed");
}

#[actix_web::test]
async fn the_trail_is_asked_by_the_demos_own_page_and_by_its_own_name() {
    let demo = Demo::start();
    for question in ["records", "search", "verification", "tampering"] {
        let path = format!("/console/audit/{question}");
        let wrong = demo.get(&path).await;
        wrong.is_refused(405, "method_not_allowed");
        assert_eq!(wrong.header("allow"), Some("POST"));
        for other in ["https://ehr.example", "null", &demo.simulator] {
            let answer = demo
                .send(Method::POST, &path, &[("origin", other)], Some(json!({})))
                .await;
            answer.is_refused(403, "origin_denied");
        }
        let body = match question {
            "records" => json!({"requestId": "x"}),
            "search" => json!({"tenant": "demo", "kind": "patient", "value": "x"}),
            _ => json!({}),
        };
        let named = demo
            .send(Method::POST, &path, &[("host", "attacker.example:8080")], Some(body))
            .await;
        assert_eq!((named.status, named.text.as_str()), (307, ""), "{question}");
        let more = demo
            .send(Method::POST, &path, &[], Some(json!({"directory": "/"})))
            .await;
        more.is_refused(400, "invalid_request");
    }
    assert!(!demo.trail.join("readers").exists(), "nothing was read");
}

#[actix_web::test]
async fn the_demos_trail_can_be_verified_from_outside_and_ends_with_it() {
    let demo = Demo::start();
    demo.launch_from(&demo.origin, "documented").await.is_launched();
    let trail = demo.trail.to_str().unwrap().to_owned();
    let verified = run(&["audit", "verify", &trail]);
    assert_eq!(verified.status.code(), Some(2), "{verified:?}");
    let place = demo.trail.parent().unwrap().to_owned();
    let mode = fs::metadata(&place).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(demo.process.stop().0.success());
    assert!(!place.exists());
}

#[actix_web::test]
async fn the_stand_in_is_controlled_from_the_consoles_origin_alone() {
    let demo = Demo::start();
    let faults = format!("{}/__sim/faults", demo.simulator);
    let preflight = [
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type"),
    ];
    for (origin, is_let_in) in [
        (demo.origin.as_str(), true),
        ("https://ehr.example", false),
        ("null", false),
        (demo.simulator.as_str(), false),
    ] {
        let asked: Vec<_> = preflight.into_iter().chain([("origin", origin)]).collect();
        let answer = demo.send(Method::OPTIONS, &faults, &asked, None).await;
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, is_let_in.then_some(origin), "{answer:?}");

        let headers = [("origin", origin)];
        let answer = demo
            .send(Method::PUT, &faults, &headers, Some(json!({"status": 500})))
            .await;
        assert_eq!(answer.status == 204, is_let_in, "{answer:?}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            is_let_in.then_some(origin)
        );
        let answer = demo.send(Method::DELETE, &faults, &headers, None).await;
        assert_eq!(answer.status == 204, is_let_in, "{answer:?}");
        for page in ["journal", "users"] {
            let page = format!("{}/__sim/{page}", demo.simulator);
            let answer = demo.send(Method::GET, &page, &headers, None).await;
            assert_eq!(answer.status == 200, is_let_in, "{answer:?}");
        }
    }
}

#[actix_web::test]
async fn the_page_moves_both_clocks_and_no_other_page_does() {
    let demo = Demo::start();
    let turn = |origin: String, body: Value| {
        let demo = &demo;
        async move {
            let headers = [("origin", origin.as_str())];
            demo.send(Method::POST, "/console/clock", &headers, Some(body)).await
        }
    };
    for other in ["https://ehr.example", "null", &demo.simulator] {
        let answer = turn(other.to_owned(), json!({"advanceSecs": 60})).await;
        answer.is_refused(403, "origin_denied");
    }
    for body in [
        json!({}),
        json!({"advanceSecs": -1}),
        json!({"advanceSecs": 1, "now": "2027-01-01T00:00:00Z"}),
    ] {
        let answer = turn(demo.origin.clone(), body).await;
        answer.is_refused(400, "invalid_request");
    }
    let wrong = demo.get("/console/clock").await;
    wrong.is_refused(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), Some("POST"));

    let turned = turn(demo.origin.clone(), json!({"advanceSecs": 3600})).await.json();
    assert_eq!(turned["aheadSecs"], 3600);
    let there = format!("{}/__sim/clock", demo.simulator);
    assert_eq!(demo.get(&there).await.json()["aheadSecs"], 3600);
    let gateways: Timestamp = turned["now"].as_str().unwrap().parse().unwrap();
    assert!(gateways > Timestamp::now() + SignedDuration::from_mins(50), "{turned}");

    let reset = format!("{}/__sim/reset", demo.simulator);
    assert_eq!(demo.send(Method::POST, &reset, &[], None).await.status, 204);
    let turned = turn(demo.origin.clone(), json!({"advanceSecs": 0})).await.json();
    assert_eq!(turned["aheadSecs"], 0, "both are together again");
}

#[actix_web::test]
async fn a_stand_in_without_a_scene_lets_no_page_in() {
    let simulator = TestSimulator::start(Partial::Reject);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(format!("http://{}/__sim/reset", simulator.address))
        .header("origin", format!("http://{}", simulator.address));
    assert_eq!(request.send().await.unwrap().status(), 400);
    assert_eq!(simulator.get("keys").await, json!({"keys": []}));
    assert_eq!(Scene::default().page_origin, None);
}

#[actix_web::test]
async fn a_reset_restores_the_scenes_users_and_clears_forgotten_faults() {
    let demo = Demo::start();
    let control = |method: Method, page: &str, body: Option<Value>| {
        let url = format!("{}/__sim/{page}", demo.simulator);
        let demo = &demo;
        async move { demo.send(method, &url, &[], body).await }
    };
    let known = control(Method::GET, "users", None).await.json();
    assert_eq!(known["users"]["emp042"]["lastName"], "Singh");
    demo.launch_from(&demo.origin, "documented").await.is_launched();
    assert_ne!(control(Method::GET, "users", None).await.json(), known);
    control(Method::POST, "reset", None).await;
    assert_eq!(control(Method::GET, "users", None).await.json(), known);

    control(Method::PUT, "faults", Some(json!({"status": 500, "count": 5}))).await;
    assert_eq!(control(Method::DELETE, "faults", None).await.status, 204);
    demo.launch_from(&demo.origin, "documented").await.is_launched();
}

#[actix_web::test]
async fn the_console_alone_may_frame_the_page_that_looks_into_the_browser() {
    let demo = Demo::start();
    let page = demo.get("/doctor/demo-ehr").await;
    assert_eq!(page.status, 200);
    let origin = &demo.origin;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains(&format!("frame-ancestors {origin};")), "{policy}");
    assert_eq!(demo.get("/doctor/demo-server").await.status, 404);
}

#[test]
fn both_languages_have_the_same_texts_and_none_is_empty() {
    let [(_, english), (_, french)] = texts();
    let (mut english_keys, mut french_keys) = (BTreeSet::new(), BTreeSet::new());
    keys(&english, "", &mut english_keys);
    keys(&french, "", &mut french_keys);
    assert_eq!(english_keys, french_keys);

    let files = files();
    for page in [
        "index.html",
        "junction.html",
        "orders.html",
        "errors.html",
        "audit.html",
        "doctor.html",
    ] {
        for attribute in ["data-text=\"", "data-label=\"", "data-title=\""] {
            for after in files[page].split(attribute).skip(1) {
                let key = after.split('"').next().unwrap();
                assert!(english_keys.contains(key), "{page} has no text for {key}");
            }
        }
    }
}

/// The dotted keys of all texts, each of which says something.
fn keys(texts: &Value, before: &str, found: &mut BTreeSet<String>) {
    for (name, value) in texts.as_object().unwrap() {
        match value {
            Value::String(text) => {
                assert!(!text.trim().is_empty(), "{before}{name} says nothing");
                found.insert(format!("{before}{name}"));
            }
            Value::Object(_) => keys(value, &format!("{before}{name}."), found),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => panic!("{before}{name}: {value}"),
        }
    }
}

#[test]
fn the_texts_know_every_row_of_the_programs_tables_and_nothing_else() {
    let identities = [
        Identity::Clinician,
        Identity::ClinicianOrClone,
        Identity::Clone,
        Identity::Owner,
    ];
    let warnings = [
        Warning::MayCloneOwner,
        Warning::NeverSeen,
        Warning::MayBeRejectedIfNew,
        Warning::LicenceMayBeInherited,
        Warning::OwnerSession,
        Warning::LanguageIgnored,
    ];
    let memories = [Seen::Yes, Seen::No, Seen::Unavailable, Seen::NotAsked];
    let sources = [Source::Caller, Source::Gateway, Source::Upstream];
    let areas = Endpoint::ALL.iter().map(|one| one.area().as_str());
    let members = members_of_a_record();
    let tiers = [Tier::Ready, Tier::Request, Tier::Other];
    let (states, visits) = (OrderState::ALL, VisitState::ALL);
    let tables: Vec<(&str, BTreeSet<&str>)> = vec![
        ("/endpoints", Endpoint::ALL.iter().map(|one| one.tail()).collect()),
        ("/areas", areas.collect()),
        ("/rules", Intent::ALL.iter().map(|one| one.as_str()).collect()),
        ("/identities", identities.iter().map(|one| one.as_str()).collect()),
        ("/warnings", warnings.iter().map(|one| one.as_str()).collect()),
        ("/sources", sources.iter().map(|one| one.as_str()).collect()),
        ("/fields/faults", Fault::CODES.iter().copied().collect()),
        ("/audiences", BTreeSet::from(["clinician", "patient"])),
        ("/features", FeatureKind::ALL.iter().map(|one| one.pattern()).collect()),
        ("/modalities", Modality::ALL.iter().map(|one| one.as_str()).collect()),
        ("/given", BTreeSet::from(["nobody", "userId", "some", "all"])),
        ("/orders/tiers", tiers.iter().map(|one| one.as_str()).collect()),
        ("/orders/states", states.iter().map(|one| one.as_str()).collect()),
        ("/orders/nexts", states.iter().filter_map(|one| one.next()).collect()),
        ("/orders/visitStates", visits.iter().map(|one| one.as_str()).collect()),
        ("/seen", memories.iter().map(|one| one.as_str()).collect()),
        ("/audit/standings", BTreeSet::from(["intact", "open", "broken"])),
        ("/record/members", members.iter().map(String::as_str).collect()),
    ];
    for (language, texts) in texts() {
        for (place, rows) in &tables {
            let section = texts.pointer(place).unwrap().as_object().unwrap();
            let known: BTreeSet<_> = section.keys().map(String::as_str).collect();
            assert_eq!(&known, rows, "{language} {place}");
        }
        for intent in Intent::ALL {
            assert!(texts["intents"][intent.as_str()].is_string());
            let cells = texts["rules"][intent.as_str()].as_object().unwrap();
            assert_eq!(cells.len(), 4, "{language} {intent:?}");
        }
    }
}

/// What a record of an attempt may say, of the page's table.
fn members_of_a_record() -> BTreeSet<String> {
    let full = json!({
        "v": 1, "kind": "attempt", "at": "2026-11-26T14:42:57Z", "id": "i", "attempt": Uuid::nil(), "tenant": "t", "host": "h",
        "op": "o", "code": "c", "status": 200, "source": "s", "reason": "r", "intent": "i", "identity": "i", "feature": "f",
        "modality": "m", "warnings": ["w"], "calls": 1, "upstream": "u", "upstream_status": 500, "purpose": "TREAT",
        "peer": "127.0.0.1", "iss": "i", "jti": "j", "key": "k", "clinician": "c", "patient": "p", "subjects": {"order": "o"},
        "sealed": "s",
    });
    let event = Event::from_json(full.to_string().as_bytes()).unwrap();
    let Event::Attempt(attempt) = &event else {
        panic!("{event:?}")
    };
    // A member that is added without the page's knowing it does not compile here.
    let Attempt {
        at: _,
        id: _,
        attempt: _,
        tenant: _,
        host: _,
        op: _,
        code: _,
        status: _,
        source: _,
        reason: _,
        intent: _,
        identity: _,
        feature: _,
        modality: _,
        warnings: _,
        calls: _,
        upstream: _,
        upstream_status: _,
        purpose: _,
        peer: _,
        iss: _,
        jti: _,
        persons: _,
    } = &**attempt;
    let written: Value = serde_json::from_slice(&event.to_json()).unwrap();
    let members = written.as_object().unwrap().keys().cloned();
    members.filter(|name| !["v", "kind"].contains(&name.as_str())).collect()
}

#[test]
fn every_code_has_a_provocation_or_a_reason() {
    let provocations = &files()["provocations.js"];
    let (_, table) = provocations.split_once("export const PROVOCATIONS = {\n").unwrap();
    let (table, _) = table.split_once("\n};\n").unwrap();
    // A row begins with a name two spaces in, and goes on further in.
    let mut rows: Vec<(&str, String)> = Vec::new();
    for line in table.lines() {
        let begin = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '}']));
        match (begin, rows.last_mut()) {
            (Some(begin), _) => {
                let (name, rest) = begin.split_once(':').unwrap();
                rows.push((name, rest.to_owned()));
            }
            (None, last) => last.unwrap().1.push_str(line),
        }
    }
    let names: Vec<_> = rows.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());

    let needs_a_reason = rows.iter().filter(|(_, row)| row.contains("command:") || row == " {},");
    let needs_a_reason: BTreeSet<_> = needs_a_reason.map(|(name, _)| *name).collect();
    for (language, texts) in texts() {
        let reasons = texts["reasons"].as_object().unwrap();
        let reasons: BTreeSet<_> = reasons.keys().map(String::as_str).collect();
        assert_eq!(reasons, needs_a_reason, "{language}");
    }
}
