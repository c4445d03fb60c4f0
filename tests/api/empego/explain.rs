//! `/v1/explain` and `explain` say what the real path does, and send nothing.

use std::{collections::BTreeSet, process::Stdio};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config as RunnerConfig, TestRunner},
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::helpers::{Answer, HOST_KEY, Launch, TestApp, TestConfig, alice, binary, issuer::Issuer, with, without};

fn explaining(config: TestConfig) -> TestConfig {
    config.host("explain = true")
}

fn asked<'a>(app: &'a TestApp, kind: &str, tail: &str, credential: &str, body: &Value) -> Launch<'a> {
    app.request(Method::POST, &format!("/v1/{kind}/{tail}"))
        .header("authorization", format!("Bearer {credential}"))
        .json(body)
}

/// Good, bad and missing values of everything that a native launch may state.
fn bodies() -> impl Strategy<Value = Value> {
    let text = |good: &'static str| {
        prop_oneof![
            40 => Just(Some(json!(good))),
            12 => Just(None),
            1 => Just(Some(Value::Null)),
            1 => Just(Some(json!(" "))),
            1 => Just(Some(json!(7))),
        ]
    };
    let clinician = (
        text("emp123"),
        text("Élodie"),
        text("Côté"),
        text("elodie.cote@clinic.ca"),
        text("MD1"),
        text("fr"),
    );
    let clinician = clinician.prop_map(|(user_id, first, last, email, license, language)| {
        object([
            ("userId", user_id),
            ("firstName", first),
            ("lastName", last),
            ("email", email),
            ("licenseNumber", license),
            ("preferredLanguage", language),
        ])
    });
    let clinician = prop_oneof![
        12 => clinician.prop_map(Some),
        4 => Just(Some(json!({"userId": "emp456"}))),
        3 => Just(None),
        1 => Just(Some(json!("x"))),
    ];
    let intent = prop_oneof![
        3 => Just(None),
        4 => prop::sample::select(vec!["owner", "existing", "upsert", "new", "clone", "guess"])
            .prop_map(|intent| Some(json!(intent))),
    ];
    let params = prop_oneof![
        12 => Just(None),
        6 => Just(Some(json!({"accessKey": "a&b=c d"}))),
        1 => Just(Some(json!({"other": "x", "patientKey": "y"}))),
    ];
    (clinician, intent, text("patient 1"), text("FR"), params).prop_map(
        |(clinician, intent, patient, locale, params)| {
            object([
                ("clinician", clinician),
                ("intent", intent),
                ("patientKey", patient),
                ("locale", locale),
                ("params", params),
            ])
        },
    )
}

fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let stated = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(stated.collect::<Map<_, _>>())
}

/// So many values, the same ones each time.
fn some<T>(count: usize, strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::new_with_rng(
        RunnerConfig::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// What the real path did with the same request, and what was told of it, are the same.
async fn agree(app: &TestApp, real: &Answer, told: &Answer, received_before: usize, received_after: usize) {
    let told = told.is_launched().json();
    let answered = real.json();
    if real.status == 200 {
        assert_eq!(told["outcome"], "launch", "{told:#}");
        for member in ["identity", "audience", "warnings"] {
            assert_eq!(told[member], answered[member], "{told:#}");
        }
        assert_eq!(received_after, received_before + 1);
        let received = app.received().await.pop().unwrap();
        let header = |name: &str| {
            let value = received.headers.get(name).map(|value| value.to_str().unwrap());
            value.map_or(Value::Null, Value::from)
        };
        assert_eq!(told["header"]["encoded"], header("x-integration-user"));
        let path_and_query = &received.url[url::Position::BeforePath..];
        assert!(told["request"]["url"].as_str().unwrap().ends_with(path_and_query));
        let own = ["accept", "accept-encoding", "host", "user-agent"];
        let sent: BTreeSet<_> = received
            .headers
            .keys()
            .map(reqwest::header::HeaderName::as_str)
            .collect();
        let sent: BTreeSet<_> = sent.into_iter().filter(|name| !own.contains(name)).collect();
        let shown = told["request"]["headers"].as_array().unwrap();
        let shown: BTreeSet<_> = shown.iter().map(|header| header["name"].as_str().unwrap()).collect();
        assert_eq!(shown, sent);
        assert_eq!(told["refusal"], Value::Null);
    } else {
        assert_eq!(told["outcome"], "refusal", "{told:#}\n{answered:#}");
        for member in ["status", "error", "message", "code", "source", "retryable", "errors"] {
            assert_eq!(told["refusal"][member], answered[member], "{told:#}\n{answered:#}");
        }
        assert_eq!((&told["request"], &told["identity"]), (&Value::Null, &Value::Null));
        assert_eq!(received_after, received_before);
    }
}

#[actix_web::test]
async fn an_explanation_is_what_the_launch_comes_to() {
    let tails = [
        "consultation/view",
        "consultation/answer",
        "statistics",
        "administration/franchise-management",
    ];
    let (mut launched, mut codes) = (0, BTreeSet::new());
    for config in [
        TestConfig::documented(),
        TestConfig::strict(),
        TestConfig::default().tenant("missing_licence = \"deny\"\ndefault_locale = \"en\"\ntenant_key = \"tk\""),
    ] {
        let app =
            TestApp::with(explaining(config).host("intents = [\"owner\", \"existing\", \"upsert\", \"new\"]")).await;
        for (at, body) in some(150, bodies()).iter().enumerate() {
            let tail = tails[at % tails.len()];
            let before = app.received().await.len();
            let real = asked(&app, "embeddable", tail, HOST_KEY, body).send().await;
            let told = asked(&app, "explain", tail, HOST_KEY, body).send().await;
            agree(&app, &real, &told, before, app.received().await.len()).await;
            if real.status == 200 {
                launched += 1;
            } else {
                codes.insert(real.code());
            }
        }
    }
    assert!(launched > 40, "{launched}");
    let reached = [
        "endpoint_denied",
        "identity_required",
        "intent_conflict",
        "intent_denied",
        "intent_required",
        "invalid_request",
        "owner_session_denied",
        "user_fields_missing",
    ];
    assert_eq!(codes, reached.map(str::to_owned).into());
}

#[actix_web::test]
async fn a_token_hosts_launch_is_explained_with_its_tokens_clinician() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", "explain = true");
    let app = TestApp::with(config).await;
    let token = issuer.token(&issuer.claims());
    let unusable = issuer.token(&with(issuer.claims(), "email", 7));
    let clinician = json!({"clinician": alice()});
    for (token, body, reason) in [
        (&token, json!({}), "what the token says"),
        (
            &token,
            json!({"intent": "existing"}),
            "an intent that token hosts may not state",
        ),
        (&token, clinician, "a clinician beside the token's"),
        (&unusable, json!({}), "a claim that is no text"),
    ] {
        let before = app.received().await.len();
        let real = asked(&app, "embeddable", "statistics", token, &body).send().await;
        let told = asked(&app, "explain", "statistics", token, &body).send().await;
        assert!(told.status == 200, "{reason}: {told:?}");
        agree(&app, &real, &told, before, app.received().await.len()).await;
    }
    let beside = asked(&app, "explain", "statistics", &token, &json!({})).header("x-integration-user", "");
    assert_eq!(beside.send().await.json()["refusal"]["code"], "clinician_not_accepted");
}

#[actix_web::test]
async fn the_rule_that_decided_is_reported_with_its_reason() {
    let app = TestApp::with(explaining(TestConfig::strict_with_every_intent())).await;
    let id_only = json!({"userId": "u"});
    let rows = [
        (json!({"clinician": alice()}), "upsert", false, "all"),
        (
            json!({"clinician": id_only, "intent": "existing"}),
            "existing",
            true,
            "userId",
        ),
        (
            json!({"clinician": without(alice(), &["email"]), "intent": "new"}),
            "new",
            true,
            "some",
        ),
        (json!({"intent": "owner"}), "owner", true, "nobody"),
    ];
    let mut reasons = BTreeSet::new();
    for (body, intent, stated, given) in rows {
        let told = asked(&app, "explain", "statistics", HOST_KEY, &body)
            .send()
            .await
            .json();
        assert_eq!(told["intent"], json!({"value": intent, "stated": stated}));
        assert_eq!(
            (&told["rule"]["intent"], &told["rule"]["given"]),
            (&json!(intent), &json!(given))
        );
        reasons.insert(told["rule"]["reason"].as_str().unwrap().to_owned());
    }
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    let nobody = asked(&app, "explain", "statistics", HOST_KEY, &json!({}))
        .send()
        .await
        .json();
    assert_eq!((&nobody["intent"], &nobody["rule"]), (&Value::Null, &Value::Null));
    assert_eq!(nobody["refusal"]["code"], "identity_required");
}

#[actix_web::test]
async fn keys_are_not_shown_and_the_line_for_a_shell_makes_the_same_call() {
    let config = explaining(TestConfig::documented()).tenant("tenant_key = \"canary-tenant-key\"");
    let app = TestApp::with(config).await;
    let body = json!({"clinician": alice(), "params": {"note": "it's $HOME `x` \"y\" \\ é"}});
    let told = asked(&app, "explain", "statistics", HOST_KEY, &body).send().await;
    for secret in ["upstream-key", "canary-tenant-key"] {
        assert!(!told.text.contains(secret), "{told:?}");
    }
    app.received_nothing().await;
    let curl = told.json()["request"]["curl"].as_str().unwrap().to_owned();
    let output = actix_web::rt::task::spawn_blocking(move || {
        std::process::Command::new("sh")
            .args(["-c", &curl])
            .env("EMPEGO_API_KEY", "upstream-key")
            .env("EMPEGO_TENANT_KEY", "canary-tenant-key")
            .output()
            .unwrap()
    });
    assert!(output.await.unwrap().status.success());
    asked(&app, "embeddable", "statistics", HOST_KEY, &body)
        .send()
        .await
        .is_launched();
    let [by_shell, by_gateway] = app.received().await.try_into().unwrap();
    assert_eq!(by_shell.url, by_gateway.url);
    for name in ["api-key", "x-tenant-key", "x-integration-user"] {
        assert_eq!(by_shell.headers[name], by_gateway.headers[name], "{name}");
    }
}

#[actix_web::test]
async fn only_hosts_with_the_setting_get_explanations_of_valid_launches() {
    let app = TestApp::strict().await;
    let body = json!({"clinician": alice()});
    let denied = asked(&app, "explain", "statistics", HOST_KEY, &body).send().await;
    denied.is_refused(403, "endpoint_denied");

    let app = TestApp::with(explaining(TestConfig::strict())).await;
    asked(&app, "explain", "statistics", "egw_nobody", &body)
        .send()
        .await
        .is_refused(401, "host_unauthenticated");
    asked(&app, "explain", "nowhere", HOST_KEY, &body)
        .send()
        .await
        .is_refused(404, "not_found");
    let text = app
        .request(Method::POST, "/v1/explain/statistics")
        .header("api-key", HOST_KEY)
        .body("{}");
    text.send().await.is_refused(415, "unsupported_media_type");
    let large = json!({"patientKey": "x".repeat(20_000)});
    asked(&app, "explain", "statistics", HOST_KEY, &large)
        .send()
        .await
        .is_refused(413, "payload_too_large");
    let origin = asked(&app, "explain", "statistics", HOST_KEY, &body).header("origin", "https://ehr.example");
    origin.send().await.is_refused(403, "origin_denied");
    app.received_nothing().await;
}

#[actix_web::test]
async fn an_explanation_is_recorded_as_one_and_not_as_a_launch() {
    let app = TestApp::with(explaining(TestConfig::strict())).await;
    for body in [json!({"clinician": alice()}), json!({})] {
        asked(&app, "explain", "statistics", HOST_KEY, &body)
            .send()
            .await
            .is_launched();
    }
    let series = |code: &str| {
        format!("empego_gateway_launches_total{{endpoint=\"statistics\",tenant=\"downtown\",code=\"{code}\"}}")
    };
    assert_eq!(app.figure(&series("explained")).await, Some(2.0));
    assert_eq!(app.figure(&series("ok")).await, None);
}

#[actix_web::test]
async fn the_command_prints_what_the_gateway_would_answer() {
    let app = TestApp::with(explaining(TestConfig::strict())).await;
    let issuer = Issuer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, body_file, claims_file) = (
        folder.path().join("gateway.toml"),
        folder.path().join("body.json"),
        folder.path().join("claims.json"),
    );
    let mut config = explaining(TestConfig::strict());
    config.more = issuer.host("spa", "gateway", "");
    std::fs::write(
        &file,
        config.text(&format!("{}/empego-integrations/R4", app.upstream.uri())),
    )
    .unwrap();
    std::fs::write(&claims_file, issuer.claims().to_string()).unwrap();
    let run = async |arguments: &[&str], body: &Value| {
        std::fs::write(&body_file, body.to_string()).unwrap();
        let mut command = binary();
        command
            .args(["explain", "--config"])
            .arg(&file)
            .args(arguments)
            .stdin(Stdio::from(std::fs::File::open(&body_file).unwrap()))
            .env("EMPEGO_API_KEY", "upstream-key");
        let output = actix_web::rt::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };

    for body in [
        json!({"clinician": alice()}),
        json!({"clinician": {"userId": "u"}}),
        json!([]),
    ] {
        let mut answered = asked(&app, "explain", "statistics", HOST_KEY, &body)
            .send()
            .await
            .json();
        answered.as_object_mut().unwrap().remove("requestId");
        let (code, printed, _) = run(&["--host", "ehr", "--endpoint", "statistics"], &body).await;
        assert_eq!(
            (code, serde_json::from_str::<Value>(&printed).unwrap()),
            (Some(0), answered)
        );
    }
    let claims = claims_file.to_str().unwrap();
    let (_, printed, _) = run(
        &["--host", "spa", "--endpoint", "statistics", "--claims", claims],
        &json!({}),
    )
    .await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        (&printed["outcome"], &printed["header"]["decoded"]["firstName"]),
        (&json!("launch"), &json!("Alice"))
    );
    app.received_nothing().await;

    for (arguments, told) in [
        (vec!["--host", "ehr", "--endpoint", "nowhere"], "consultation/dashboard"),
        (vec!["--host", "nobody", "--endpoint", "statistics"], "no host nobody"),
        (vec!["--host", "spa", "--endpoint", "statistics"], "--claims"),
        (
            vec!["--host", "ehr", "--endpoint", "statistics", "--claims", claims],
            "--claims",
        ),
    ] {
        let (code, _, errors) = run(&arguments, &json!({})).await;
        assert!(
            code == Some(64) && errors.contains(told),
            "{arguments:?}: {code:?} {errors}"
        );
    }
}
