//! The page that looks into a browser: who may frame it, what it is made of, and that there is none unless a host lists pages.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use empego_gateway::{
    config::{Config, Source},
    sdk::{INTEGRITY, VERSION},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, TestApp, TestConfig};

const NONCE: &str = "0123456789abcdef0123456789abcdef";

/// A tenant with two hosts that have the page, each for other origins, beside one that has none.
fn with_pages() -> TestConfig {
    let mut config =
        TestConfig::documented().host("doctor_origins = [\"https://ehr.example\", \"https://test.ehr.example:8443\"]");
    config
        .tenant_tables
        .push_str("[tenant.frame]\nallow = \"camera\"\nsandbox = \"allow-scripts\"");
    for (id, digit, lines) in [
        ("second", '1', "doctor_origins = [\"http://127.0.0.1:3000\"]"),
        ("bare", '2', ""),
    ] {
        let digest = digit.to_string().repeat(64);
        writeln!(
            config.more,
            "[[host]]\nid = \"{id}\"\ntenant = \"downtown\"\nidentity = \"asserted\"\nkey_sha256 = \"{digest}\"\n{lines}"
        )
        .unwrap();
    }
    config
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.request(Method::GET, path).send().await
}

/// The facts that a module exports.
fn facts(answer: &Answer) -> Value {
    let text = answer.text.strip_prefix("export const facts = ").unwrap();
    serde_json::from_str(text.trim_end().strip_suffix(';').unwrap()).unwrap()
}

#[actix_web::test]
async fn only_the_pages_that_a_host_lists_may_frame_its_page() {
    let app = TestApp::with(with_pages()).await;
    for (host, ancestors) in [
        ("ehr", "https://ehr.example https://test.ehr.example:8443"),
        ("second", "http://127.0.0.1:3000"),
    ] {
        let page = get(&app, &format!("/doctor/{host}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("x-frame-options"), None, "it would forbid all of them");
        assert_eq!(
            page.header("content-security-policy"),
            Some(
                format!(
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                     img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}; \
                     require-trusted-types-for 'script'; trusted-types 'none'"
                )
                .as_str()
            )
        );
        assert!(
            !page.text.contains("<script>") && !page.text.contains("style="),
            "inline"
        );
        for set in ["set-cookie", "access-control-allow-origin"] {
            assert_eq!(page.header(set), None, "{set}");
        }
    }
}

#[actix_web::test]
async fn a_host_without_doctor_origins_is_as_if_there_were_none() {
    let app = TestApp::with(with_pages()).await;
    let default = TestApp::documented().await;
    let below = |host: &str| {
        ["", "/v1.js", "/page.js", "/facts.js", &format!("/cookies/{NONCE}")]
            .map(|rest| format!("/doctor/{host}{rest}"))
    };
    for (app, host) in [
        (&app, "bare"),
        (&app, "elsewhere"),
        (&app, "EHR"),
        (&app, "%65hr"),
        (&default, "ehr"),
    ] {
        for path in below(host) {
            let answer = get(app, &path).await;
            if host.contains('%') {
                answer.is_refused(400, "bad_target");
            } else {
                answer.is_refused(404, "not_found");
            }
        }
    }
    for path in [
        "/doctor/",
        "/doctor/ehr/",
        "/doctor/ehr/v2.js",
        "/doctor/ehr/page.html",
        "/doctor",
    ] {
        get(&app, path).await.is_refused(404, "not_found");
    }
    let post = app.request(Method::POST, "/doctor/ehr").send_unchecked().await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
}

#[actix_web::test]
async fn the_scripts_load_from_any_origin_and_name_what_the_host_has() {
    let app = TestApp::with(with_pages()).await;
    for name in [
        "v1.js",
        "page.js",
        "page.css",
        "texts.js",
        "finding.js",
        "frame-checks.js",
        "page-checks.js",
        "policy.js",
        "report.js",
    ] {
        let file = get(&app, &format!("/doctor/ehr/{name}")).await;
        assert_eq!(file.status, 200, "{name}");
        assert!(!file.text.is_empty(), "{name}");
        assert_eq!(file.header("access-control-allow-origin"), Some("*"), "{name}");
        assert_eq!(
            file.header("cross-origin-resource-policy"),
            Some("cross-origin"),
            "{name}"
        );
        let kind = if name == "page.css" {
            "text/css"
        } else {
            "text/javascript"
        };
        assert_eq!(
            file.header("content-type"),
            Some(format!("{kind}; charset=utf-8").as_str())
        );
    }
    let module = json!({"path": format!("/sdk/v{}/clinical-embed.js", *VERSION), "integrity": *INTEGRITY});
    assert_eq!(
        facts(&get(&app, "/doctor/ehr/facts.js").await),
        json!({
            "host": "ehr",
            "origins": ["https://ehr.example", "https://test.ehr.example:8443"],
            "apps": [["https://app.empego.ca"]],
            "frame": {"referrerPolicy": "strict-origin", "allow": "camera", "sandbox": "allow-scripts"},
            "module": module,
        })
    );
    let second = facts(&get(&app, "/doctor/second/facts.js").await);
    assert_eq!(second["origins"], json!(["http://127.0.0.1:3000"]), "no other host's");
}

#[actix_web::test]
async fn trial_cookies_mean_nothing_and_are_gone_after_a_minute() {
    let app = TestApp::with(with_pages()).await;
    let path = format!("/doctor/ehr/cookies/{NONCE}");
    let set = app.request(Method::POST, &path).send().await;
    assert_eq!(set.status, 204, "{set:?}");
    let cookies: Vec<_> = set
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    let common = format!("={NONCE}; Path=/doctor; Max-Age=60; HttpOnly; SameSite=None; Secure");
    assert_eq!(
        cookies,
        [
            format!("doctor_shared{common}"),
            format!("doctor_partitioned{common}; Partitioned")
        ]
    );

    let other = NONCE.replace('0', "f");
    let rows = [
        (String::new(), (false, false), "none came"),
        (format!("doctor_shared={NONCE}"), (true, false), "one of them"),
        (format!("a=b; doctor_partitioned={NONCE}"), (false, true), "the other"),
        (
            format!("doctor_shared={NONCE}; doctor_partitioned={NONCE}"),
            (true, true),
            "both",
        ),
        (
            format!("doctor_shared={other}; doctor_partitioned="),
            (false, false),
            "an earlier trial's",
        ),
        (
            format!("doctor_shared={NONCE}; doctor_shared={other}"),
            (false, false),
            "twice",
        ),
    ];
    for (cookies, (shared, partitioned), reason) in rows {
        let seen = app.request(Method::GET, &path).header("cookie", cookies).send().await;
        assert_eq!(
            seen.json(),
            json!({"shared": shared, "partitioned": partitioned}),
            "{reason}"
        );
        assert_eq!(
            seen.header("access-control-allow-origin"),
            None,
            "only the page itself reads it"
        );
    }
    for nonce in [
        "",
        "0",
        &NONCE[1..],
        &NONCE.to_uppercase(),
        &format!("{NONCE}0"),
        "0123456789abcdef0123456789abcde;",
    ] {
        let path = format!("/doctor/ehr/cookies/{nonce}");
        for method in [Method::GET, Method::POST] {
            let answer = app.request(method, &path).send_unchecked().await;
            answer.is_refused(404, "not_found");
            assert_eq!(answer.header("set-cookie"), None, "{nonce}");
        }
    }
}

#[actix_web::test]
async fn the_page_is_in_the_language_that_the_browser_prefers() {
    let app = TestApp::with(with_pages()).await;
    for (accepted, tag, title) in [
        ("en-CA,fr;q=0.5", "en", "This frame in this browser"),
        ("fr-CA,en;q=0.5", "fr", "Ce cadre dans ce navigateur"),
    ] {
        let page = app
            .request(Method::GET, "/doctor/ehr")
            .header("accept-language", accepted);
        let page = page.send().await.text;
        assert!(
            page.contains(&format!("<html lang=\"{tag}\">")) && page.contains(title),
            "{page}"
        );
        assert!(page.contains("<noscript>") && page.contains("allow-scripts"));
    }
}

#[test]
fn doctor_origins_are_written_as_browsers_write_origins() {
    for (origin, message) in [
        (
            "https://ehr.example/",
            "must be an origin as browsers write it, such as https://ehr.example",
        ),
        (
            "https://*.ehr.example",
            "must be an origin as browsers write it, such as https://ehr.example",
        ),
        ("http://ehr.example", "must be https; http is for loopback only"),
        ("*", "is not an origin"),
        ("https://ehr.example; script-src *", "is not an origin"),
    ] {
        let config = TestConfig::documented().host(&format!("doctor_origins = [\"https://ok.example\", \"{origin}\"]"));
        let text = config.text("https://api.empego.ca/R4");
        let variables = BTreeMap::from([("EMPEGO_API_KEY".to_owned(), "k".to_owned())]);
        let errors = Config::load(&Source::new("test", text, PathBuf::new(), variables))
            .unwrap_err()
            .to_string();
        assert!(
            errors.contains(&format!("host[0].doctor_origins[1] {message}")),
            "{origin}: {errors}"
        );
    }
}

/// Every text is of a finding that a script makes, in both languages and with the same values.
#[test]
fn every_finding_has_its_texts_in_both_languages() {
    let texts = [
        include_str!("../../web/doctor/texts.en.json"),
        include_str!("../../web/doctor/texts.fr.json"),
    ];
    let [english, french] = texts.map(|text| serde_json::from_str::<Value>(text).unwrap());
    let (mut in_english, mut in_french) = (BTreeMap::new(), BTreeMap::new());
    collect(&english, "", &mut in_english);
    collect(&french, "", &mut in_french);
    assert_eq!(in_english, in_french, "the same texts with the same values");

    let scripts = ["frame-checks.js", "page-checks.js", "page.js", "v1.js"];
    let mut made = BTreeSet::new();
    for name in scripts {
        let text = std::fs::read_to_string(format!("{}/web/doctor/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for call in text.split("finding('").skip(1) {
            let mut quoted = call.split('\'');
            let (check, state, rest) = (quoted.next().unwrap(), quoted.nth(1).unwrap(), quoted.next().unwrap());
            let found: Vec<_> = if rest == ", " {
                vec![quoted.next().unwrap()]
            } else {
                // One of two, by a condition.
                quoted.by_ref().step_by(2).take(2).collect()
            };
            for found in found {
                let place = format!(".checks.{check}.{found}");
                let has_remedy = in_english.contains_key(&format!("{place}.remedy"));
                let is_bad = ["warning", "problem"].contains(&state);
                assert!(has_remedy || !is_bad, "{place}");
                made.insert(format!("{place}.found"));
            }
        }
    }
    let worded: BTreeSet<_> = in_english
        .keys()
        .filter(|key| key.starts_with(".checks.") && key.rsplit('.').next() == Some("found"))
        .cloned()
        .collect();
    assert_eq!(made, worded);
}

/// The place of each text, with the values that it names.
fn collect(texts: &Value, place: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    match texts {
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, &format!("{place}.{name}"), found);
            }
        }
        Value::String(text) => {
            let values = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            found.insert(place.to_owned(), values.map(|(name, _)| name.to_owned()).collect());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => panic!("{place}: {texts}"),
    }
}
