//! Conformance runs: clean where all is well, and naming exactly the cell where it is not.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Output,
    time::Duration,
};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use actix_web::rt::task::spawn_blocking;
use conformance::{
    CaseReport, DriftKind, JunctionNames, Policy, Report, Settings, Suite, Target, Verdict, run, to_html, to_junit,
    to_table,
};
use domain::empego::EndpointGrants;
use empego_gateway::cli::conformance::sender;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulator::Partial;

use crate::{
    canaries::dresses,
    helpers::{
        HOST_KEY, TestApp, TestConfig, TestSimulator, binary,
        junction::{Lines, OPEN, ORDER, Stage, scene},
        orders::OrderStage,
        tampering::{Told, tampering},
    },
};

const KEY: &str = "upstream-key";
const PATIENT: &str = "patient-canary-4711";

/// Every value of the clinicians that a run sends.
const PERSONAL: [&str; 8] = [
    "conformance-id-only",
    "conformance-partial",
    "conformance-complete",
    "conformance-nobody",
    "Zoé-Conformité",
    "Épreuve-Synthétique",
    "zoe.epreuve@conformance.example",
    "CONFORMANCE-0042",
];

fn settings(target: &str, suite: Suite, policy: Policy) -> Settings {
    let mut granted = EndpointGrants::default();
    assert!(granted.add("*"));
    Settings {
        target: Target::parse(target, suite).unwrap(),
        suite,
        policy,
        intents: None,
        granted,
        key: if suite == Suite::Upstream {
            KEY.into()
        } else {
            HOST_KEY.into()
        },
        patient: PATIENT.to_owned(),
        junction: JunctionNames::default(),
        other_team: "other-team".to_owned(),
        allow_writes: true,
        compare: None,
    }
}

/// A gateway in front of a stand-in for Empego.
async fn gateway(config: TestConfig, partial: Partial) -> (TestApp, TestSimulator) {
    let simulator = TestSimulator::start(partial);
    let app = TestApp::with_silent_upstream(config.empego(&simulator.as_upstream())).await;
    (app, simulator)
}

fn empego(simulator: &TestSimulator) -> String {
    format!("http://{}/empego-integrations/R4", simulator.address)
}

async fn report(settings: &Settings) -> Report {
    let tls = empego_gateway::tls::trusting_this_machine().unwrap();
    let send = sender(Duration::from_secs(20), tls).unwrap();
    run(settings, send, |_| {}).await.unwrap()
}

fn failed(report: &Report) -> Vec<&str> {
    report.failures().map(|case| case.id.as_str()).collect()
}

#[track_caller]
fn is_clean(report: &Report) {
    assert!(report.is_clean(), "{}", to_table(report));
    assert!(report.counts.passed > 0, "{:?}", report.counts);
}

/// How many requests to its endpoint come before a case's.
fn nth(report: &Report, id: &str) -> usize {
    let endpoint = id.split(' ').next().unwrap();
    let mut cases = report.cases.iter().filter(|case| case.endpoint == endpoint);
    cases.position(|case| case.id == id).unwrap()
}

#[actix_web::test]
async fn the_gateways_suites_are_clean_under_each_policy_and_reading() {
    for (config, policy, partial) in [
        (TestConfig::documented(), Policy::Documented, Partial::Reject),
        (TestConfig::documented(), Policy::Documented, Partial::Clone),
        (TestConfig::strict(), Policy::Strict, Partial::Reject),
    ] {
        for suite in [Suite::Compat, Suite::Native] {
            let (app, _simulator) = gateway(config.clone(), partial).await;
            let report = report(&settings(&format!("http://{}", app.address), suite, policy)).await;
            is_clean(&report);
            assert_eq!(report.counts.passed, report.cases.len(), "nothing is held back");
        }
    }
}

/// A team that the stage's Junction has, and an order of it.
const TEAM: &str = "cardio";

/// A run against a gateway whose tenant is granted everything of Junction's.
fn of_junction(target: &str) -> Settings {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Settings {
        junction: JunctionNames {
            team: TEAM.to_owned(),
            order: Some(ORDER.to_owned()),
            features: texts(&[
                "order_creation",
                "order_creation:*",
                "order:*",
                "team_panels",
                "team_config",
            ]),
            modalities: texts(&["feature_embed", "link_out"]),
        },
        ..settings(target, Suite::Junction, Policy::Strict)
    }
}

fn case<'a>(report: &'a Report, name: &str) -> &'a CaseReport {
    report.cases.iter().find(|case| case.case == name).unwrap()
}

#[actix_web::test]
async fn the_junction_suite_is_clean_and_opens_every_feature_in_every_modality() {
    let stage = Stage::open().await;
    let settings = of_junction(&format!("http://{}", stage.app.address));
    let run = report(&settings).await;
    is_clean(&run);
    assert_eq!(run.counts.passed, run.cases.len(), "nothing is held back");
    let opened = run
        .cases
        .iter()
        .filter(|case| case.expected.iter().all(|expected| expected.status == 200));
    assert_eq!(opened.count(), 12, "two profiles, and five features in two modalities");
    let members = stage.state().await["members"].as_array().unwrap().len();
    assert_eq!(members, 2, "one member is created");
    // Members known by then are found again.
    is_clean(&report(&settings).await);
    for (_, text) in outputs(&run) {
        assert!(!text.contains(ORDER) && !text.contains("\"cardio\""));
    }
    keeps_secrets(&outputs(&run), &[HOST_KEY, PATIENT, ORDER]);
}

#[actix_web::test]
async fn the_junction_suite_is_clean_with_few_features_and_one_team() {
    let stage = Stage::with(Lines {
        junction: Some("features = [\"order_creation\"]\nteam = { integration_team_id = \"cardio\" }"),
        ..Lines::default()
    })
    .await;
    let mut settings = of_junction(&format!("http://{}", stage.app.address));
    let names: BTreeSet<_> = report(&settings)
        .await
        .failures()
        .map(|case| case.case.clone())
        .collect();
    assert!(
        names.contains("team_panels") && names.contains("new_order_link_out"),
        "{names:?}"
    );
    assert!(!names.contains("new_order"), "{names:?}");

    settings.junction.features = vec!["order_creation".to_owned()];
    settings.junction.modalities = vec!["feature_embed".to_owned()];
    settings.junction.order = None;
    let report = report(&settings).await;
    is_clean(&report);
    assert!(
        report.cases.iter().all(|case| case.case != "order"),
        "no order was named"
    );
    assert_eq!(case(&report, "no_team").got.as_ref().unwrap().status, 200);
}

#[actix_web::test]
async fn without_permission_nothing_reaches_junction() {
    for lines in [OPEN, "team = { integration_team_id = \"cardio\" }"] {
        let stage = Stage::with(Lines {
            junction: Some(lines),
            ..Lines::default()
        })
        .await;
        let mut settings = of_junction(&format!("http://{}", stage.app.address));
        settings.allow_writes = false;
        let report = report(&settings).await;
        is_clean(&report);
        assert!(report.counts.held_back > 10 && report.counts.passed > report.counts.held_back);
        assert_eq!(stage.journal().await, [Value::Null; 0]);
    }
}

#[actix_web::test]
async fn a_fault_in_launches_of_junctions_app_is_named_by_its_cell() {
    let rows: &[(&str, Tamper, &str)] = &[
        ("no_key", |told| told.status = 403, "status"),
        (
            "feature_unknown",
            |told| told.member("errors", Some(json!([]))),
            "body errors",
        ),
        (
            "unknown_id_only",
            |told| told.member("code", Some("invalid_request".into())),
            "body code",
        ),
        (
            "unknown_order",
            |told| told.member("upstream", Some(json!({"name": "empego", "status": 404}))),
            "body upstream.name",
        ),
        (
            "new_order",
            |told| told.member("expiresIn", Some("300".into())),
            "body expiresIn",
        ),
        (
            "new_order_of_patient",
            |told| told.member("feature", Some("order_creation".into())),
            "body feature",
        ),
        (
            "team_panels_link_out",
            |told| told.member("modality", Some("feature_embed".into())),
            "body modality",
        ),
        ("team_config", |told| told.member("frame", None), "body frame"),
        (
            "order",
            |told| told.set("cache-control", "private"),
            "header cache-control",
        ),
    ];
    let stage = Stage::open().await;
    let clean = report(&of_junction(&format!("http://{}", stage.app.address))).await;
    is_clean(&clean);
    let tampered: Vec<_> = rows
        .iter()
        .map(|(name, tamper, _)| (nth(&clean, &format!("junction/launch {name}")), *tamper))
        .collect();
    let between = tampering(&stage.app.address, move |asked, told| {
        for (nth, tamper) in &tampered {
            if asked.is("junction/launch", *nth) {
                tamper(told);
            }
        }
    });
    let report = report(&of_junction(&format!("http://{between}"))).await;
    let failed: BTreeSet<_> = report.failures().map(|case| case.case.as_str()).collect();
    assert_eq!(failed, rows.iter().map(|(name, ..)| *name).collect());
    for (name, _, part) in rows {
        let mismatches = &case(&report, name).mismatches;
        assert!(
            mismatches.iter().any(|found| found.part == *part),
            "{name}: {mismatches:?}"
        );
    }
}

/// A run of an order against a stage, whose clock is put forward whenever the run waits.
async fn of_order(stage: &OrderStage, allow_writes: bool) -> Report {
    let settings = Settings {
        suite: Suite::Orders,
        allow_writes,
        ..of_junction(&format!("http://{}", stage.stage.app.address))
    };
    let tls = empego_gateway::tls::trusting_this_machine().unwrap();
    let send = sender(Duration::from_secs(20), tls).unwrap();
    let send = async |request: conformance::Request| {
        let is_read = request.method == Method::GET
            && request.url.path().starts_with("/v1/junction/orders/")
            && request.headers.get("x-junction-team").is_some_and(|team| team == TEAM);
        let answer = send(request).await;
        if is_read {
            stage.advance(30).await;
        }
        answer
    };
    run(&settings, send, |_| {}).await.unwrap()
}

#[actix_web::test]
async fn an_order_goes_through_its_suite_and_is_cancelled_in_the_end() {
    let stage = OrderStage::open().await;
    let report = of_order(&stage, true).await;
    is_clean(&report);
    assert_eq!(report.counts.passed, report.cases.len(), "nothing is held back");
    let state = stage.stage.state().await;
    let placed = state["orders"].as_array().unwrap().len() - scene()["orders"].as_array().unwrap().len();
    assert_eq!(placed, 1, "one order is placed");
    keeps_secrets(&outputs(&report), &[HOST_KEY, PATIENT]);
}

#[actix_web::test]
async fn without_permission_no_order_is_placed() {
    let stage = OrderStage::open().await;
    let report = of_order(&stage, false).await;
    is_clean(&report);
    assert!(
        report.counts.held_back > 20 && report.counts.passed == 7,
        "{:?}",
        report.counts
    );
    let orders = |state: Value| state["orders"].as_array().unwrap().len();
    assert_eq!(orders(stage.stage.state().await), orders(scene()));
}

/// Production refuses to simulate with the same code.
#[actix_web::test]
async fn where_nothing_may_be_simulated_the_suite_of_orders_ends_at_once() {
    let grants = r#"junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results"]"#;
    let stage = OrderStage::with(grants, OPEN).await;
    let report = of_order(&stage, true).await;
    let verdicts: Vec<_> = report.cases.iter().map(|case| case.verdict).collect();
    assert_eq!(verdicts[0], Verdict::Failed);
    assert!(verdicts[1..].iter().all(|verdict| *verdict == Verdict::NotReached));
    assert_eq!(stage.stage.journal().await, [Value::Null; 0]);
}

#[actix_web::test]
async fn a_fault_in_orders_is_named_by_its_step() {
    let rows: &[(&str, Tamper, &str)] = &[
        ("coverage", |told| told.member("served", Some(false.into())), "body"),
        (
            "unknown_order",
            |told| told.set("cache-control", "private"),
            "header cache-control",
        ),
        (
            "malformed_id",
            |told| told.member("errors", Some(json!([]))),
            "body errors",
        ),
        ("tests", |told| told.member("requestId", None), "body requestId"),
    ];
    for (name, tamper, part) in rows {
        let stage = OrderStage::open().await;
        let asked_for = match *name {
            "coverage" => "junction/coverage",
            "tests" => "junction/tests",
            "unknown_order" => "junction/orders/00000000-0000-4000-8000-000000000000",
            _ => "junction/orders/first",
        };
        let tamper = *tamper;
        let between = tampering(&stage.stage.app.address, move |asked, told| {
            if asked.tail == asked_for {
                tamper(told);
            }
        });
        let settings = Settings {
            suite: Suite::Orders,
            allow_writes: false,
            ..of_junction(&format!("http://{between}"))
        };
        let report = report(&settings).await;
        assert_eq!(failed(&report), [format!("junction/orders {name}")]);
        assert!(case(&report, name).mismatches.iter().any(|found| found.part == *part));
    }
}

fn every_intent() -> Vec<String> {
    ["owner", "existing", "upsert", "new", "clone"]
        .map(str::to_owned)
        .to_vec()
}

#[actix_web::test]
async fn the_gateways_suites_are_clean_whatever_the_host_may_state() {
    let all = TestConfig::strict().host("intents = [\"owner\", \"existing\", \"upsert\", \"new\", \"clone\"]");
    let few = TestConfig::documented().host("intents = [\"existing\"]");
    for (config, policy, intents) in [
        (all, Policy::Strict, Some(every_intent())),
        (few, Policy::Documented, Some(vec!["existing".to_owned()])),
    ] {
        for suite in [Suite::Compat, Suite::Native] {
            let (app, _simulator) = gateway(config.clone(), Partial::Reject).await;
            let mut settings = settings(&format!("http://{}", app.address), suite, policy);
            settings.intents.clone_from(&intents);
            is_clean(&report(&settings).await);
        }
    }
}

#[actix_web::test]
async fn the_gateways_suites_are_clean_for_a_host_that_gets_tickets() {
    let config = TestConfig::strict()
        .server("public_url = \"https://gateway.example\"")
        .host("deliver = \"ticket\"");
    for suite in [Suite::Compat, Suite::Native] {
        let (app, _simulator) = gateway(config.clone(), Partial::Reject).await;
        let report = report(&settings(&format!("http://{}", app.address), suite, Policy::Strict)).await;
        is_clean(&report);
        assert_eq!(report.counts.passed, report.cases.len(), "nothing is held back");
    }
}

#[actix_web::test]
async fn the_upstream_suite_is_clean_against_either_reading_of_empegos_page() {
    for (partial, status) in [(Partial::Reject, 400), (Partial::Clone, 200)] {
        let simulator = TestSimulator::start(partial);
        let report = report(&settings(&empego(&simulator), Suite::Upstream, Policy::Documented)).await;
        is_clean(&report);
        assert_eq!(report.counts.passed, report.cases.len());
        // Which of the two it is is on record.
        let partial = report
            .cases
            .iter()
            .find(|case| case.id == "statistics partial")
            .unwrap();
        assert_eq!(
            (partial.expected.len(), partial.got.as_ref().unwrap().status),
            (2, status)
        );
    }
}

#[actix_web::test]
async fn the_wrong_policy_is_noticed() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let report = report(&settings(
        &format!("http://{}", app.address),
        Suite::Compat,
        Policy::Strict,
    ))
    .await;
    let names: BTreeSet<_> = report.failures().map(|case| case.case.as_str()).collect();
    assert_eq!(
        names,
        BTreeSet::from([
            "existing_id_only",
            "existing_nobody",
            "existing_partial",
            "id_only",
            "no_header",
            "owner_id_only",
            "parameter_unknown",
            "partial",
        ])
    );
}

#[actix_web::test]
async fn endpoints_that_were_not_granted_are_refused_as_such() {
    let (app, _simulator) = gateway(TestConfig::default(), Partial::Reject).await;
    let target = format!("http://{}", app.address);
    for suite in [Suite::Compat, Suite::Native] {
        let mut told = settings(&target, suite, Policy::Strict);
        let untold = report(&told).await;
        let endpoints: BTreeSet<_> = untold.failures().map(|case| case.endpoint.as_str()).collect();
        let not_granted = BTreeSet::from([
            "administration/franchise-management",
            "administration/franchise-offboarding",
            "administration/franchise-onboarding",
            "consultation/answer",
            "statistics",
        ]);
        assert_eq!(endpoints, not_granted);

        told.granted = EndpointGrants::default();
        for pattern in [
            "consultation/view",
            "consultation/dashboard",
            "consultation/specific",
            "followup/*",
        ] {
            assert!(told.granted.add(pattern));
        }
        is_clean(&report(&told).await);
    }
}

#[actix_web::test]
async fn no_launch_reaches_empego_without_permission() {
    for (config, policy, intents) in [
        (TestConfig::documented(), Policy::Documented, None),
        (TestConfig::strict(), Policy::Strict, None),
        (TestConfig::documented(), Policy::Strict, Some(every_intent())),
    ] {
        let app = TestApp::with(config).await;
        for suite in [Suite::Compat, Suite::Native] {
            let mut settings = settings(&format!("http://{}", app.address), suite, policy);
            settings.allow_writes = false;
            settings.intents.clone_from(&intents);
            let report = report(&settings).await;
            is_clean(&report);
            assert!(report.counts.held_back > 0 && report.counts.passed > report.counts.held_back);
            assert!(
                report
                    .cases
                    .iter()
                    .all(|case| (case.verdict == Verdict::HeldBack) == case.evidence.is_none())
            );
        }
        app.received_nothing().await;
    }
}

#[actix_web::test]
async fn without_permission_nothing_is_sent_to_empego_that_could_open_a_session() {
    let simulator = TestSimulator::start_rejecting();
    let before = simulator.get("users").await;
    let mut settings = settings(&empego(&simulator), Suite::Upstream, Policy::Documented);
    settings.allow_writes = false;
    let report = report(&settings).await;
    is_clean(&report);
    let sent: BTreeSet<_> = report
        .cases
        .iter()
        .filter(|case| case.evidence.is_some())
        .map(|case| case.case.as_str())
        .collect();
    assert_eq!(
        sent,
        BTreeSet::from(["header_not_base64", "header_not_json", "no_key", "wrong_key"])
    );
    assert_eq!(simulator.get("users").await, before);
    assert!(
        report
            .cases
            .iter()
            .all(|case| case.got.as_ref().is_none_or(|got| got.status >= 400))
    );
}

/// A document of Empego's, as its page has it.
fn document(status: u16, error: &str, message: &str, tail: &str) -> Value {
    json!({
        "timestamp": "2025-01-15T14:30:00.123Z", "status": status, "error": error, "message": message,
        "path": format!("/empego-integrations/R4/embeddable/{tail}"),
    })
}

#[actix_web::test]
async fn a_fault_of_empegos_is_named_by_its_cell() {
    let simulator = TestSimulator::start_rejecting();
    let settings = settings(&empego(&simulator), Suite::Upstream, Policy::Documented);
    let clean = report(&settings).await;
    is_clean(&clean);

    let unauthorized = |tail: &str| document(401, "Unauthorized", "Authentication failed", tail);
    let without = |mut document: Value, name: &str| {
        document.as_object_mut().unwrap().remove(name).unwrap();
        document
    };
    let json = "application/json";
    let rows: Vec<(&str, Value, &str, &str)> = vec![
        (
            "followup/plan no_key",
            json!({"status": 403, "contentType": json, "body": unauthorized("followup/plan").to_string()}),
            "status",
            "a wrong status",
        ),
        (
            "consultation/view header_not_base64",
            json!({"status": 400, "contentType": json, "body":
                document(400, "Bad Request", "Bad header", "consultation/view").to_string()}),
            "body message",
            "a wrong message",
        ),
        (
            "statistics wrong_key",
            json!({"status": 401, "contentType": "text/html", "body": "<!doctype html><p>Sign in"}),
            "body",
            "HTML",
        ),
        (
            "statistics complete",
            json!({"status": 200, "contentType": "text/html", "body": "<!doctype html><p>Sign in"}),
            "body",
            "HTML in place of a URL",
        ),
        (
            "administration/franchise-management wrong_key",
            json!({"status": 401, "contentType": json, "body":
                without(unauthorized("administration/franchise-management"), "path").to_string()}),
            "body path",
            "a missing field",
        ),
        (
            "consultation/answer no_key",
            json!({"status": 401, "contentType": json, "headers": {"x-tenant-key": "t"}, "body":
                unauthorized("consultation/answer").to_string()}),
            "header x-tenant-key",
            "an extra header",
        ),
        (
            "followup/view partial",
            json!({"status": 422, "contentType": json, "body":
                document(422, "Unprocessable Entity", "User creation failed - missing required fields", "followup/view").to_string()}),
            "status",
            "neither of two things that may come back",
        ),
        (
            "consultation/dashboard known_id_only",
            json!({"reset": true}),
            "answer",
            "no answer at all",
        ),
    ];
    for (id, mut fault, part, reason) in rows {
        fault["endpoint"] = id.split(' ').next().into();
        fault["after"] = nth(&clean, id).into();
        let arranged = simulator.control(Method::PUT, "faults", fault).await;
        assert_eq!(arranged.status, 204, "{reason}");
        let report = report(&settings).await;
        assert_eq!(failed(&report), [id], "{reason}");
        let failure = report.failures().next().unwrap();
        assert!(
            failure.mismatches.iter().any(|found| found.part == part),
            "{reason}: {:?}",
            failure.mismatches
        );
    }
}

type Tamper = fn(&mut Told);

#[actix_web::test]
async fn a_fault_of_the_gateways_is_named_by_its_cell() {
    let rows: &[(Suite, &str, Tamper, &str, &str)] = &[
        (
            Suite::Compat,
            "followup/plan header_empty",
            |told| told.status = 422,
            "status",
            "a wrong status",
        ),
        (
            Suite::Compat,
            "consultation/view patient_missing",
            |told| told.member("message", Some("Bad request".into())),
            "body message",
            "a wrong message",
        ),
        (
            Suite::Compat,
            "statistics header_latin_1",
            |told| told.member("code", Some("header_not_json".into())),
            "body code",
            "a wrong code",
        ),
        (
            Suite::Compat,
            "statistics path_unknown",
            |told| {
                told.set("content-type", "text/html");
                told.body = b"<!doctype html><h1>404".to_vec();
            },
            "body",
            "HTML",
        ),
        (
            Suite::Native,
            "consultation/answer clinician_null",
            |told| told.member("requestId", None),
            "body requestId",
            "a missing field",
        ),
        (
            Suite::Native,
            "followup/view not_json",
            |told| told.member("stack", Some("at line 1".into())),
            "body",
            "one field too many",
        ),
        (
            Suite::Compat,
            "consultation/answer complete",
            |told| told.set("location", "/"),
            "header location",
            "an extra header",
        ),
        (
            Suite::Native,
            "administration/franchise-onboarding silent_nobody",
            |told| told.set("www-authenticate", "Bearer"),
            "header www-authenticate",
            "a challenge that has no business there",
        ),
        (
            Suite::Compat,
            "consultation/dashboard no_key",
            |told| told.remove("www-authenticate"),
            "header www-authenticate",
            "no challenge where it belongs",
        ),
        (
            Suite::Native,
            "statistics method_get",
            |told| told.remove("allow"),
            "header allow",
            "no Allow",
        ),
        (
            Suite::Compat,
            "statistics id_only",
            |told| told.remove("x-gateway-warnings"),
            "header x-gateway-warnings",
            "no warning",
        ),
        (
            Suite::Compat,
            "followup/specific no_header",
            |told| told.set("x-gateway-warnings", "may_clone_owner"),
            "header x-gateway-warnings",
            "a wrong warning",
        ),
        (
            Suite::Compat,
            "statistics complete",
            |told| told.remove("vary"),
            "header vary",
            "no Vary",
        ),
        (
            Suite::Compat,
            "statistics complete_unpadded",
            |told| told.body = b"javascript:alert(1)".to_vec(),
            "body",
            "no embed URL",
        ),
        (
            Suite::Native,
            "statistics clone_id_only",
            |told| told.member("identity", Some("clinician".into())),
            "body identity",
            "somebody else's session",
        ),
        (
            Suite::Native,
            "statistics silent_id_only",
            |told| told.member("warnings", Some(json!([]))),
            "body warnings",
            "no warning in the document",
        ),
        (
            Suite::Native,
            "consultation/answer new_complete",
            |told| told.member("audience", Some("clinician".into())),
            "body audience",
            "the wrong audience",
        ),
        (
            Suite::Native,
            "statistics new_complete",
            |told| told.member("origin", Some("https://elsewhere.example".into())),
            "body origin",
            "another origin than the URL's",
        ),
        (
            Suite::Native,
            "statistics owner_nobody",
            |told| told.member("frame", Some(json!({"referrerPolicy": "strict-origin", "onload": "x"}))),
            "body frame",
            "an attribute nobody knows",
        ),
        (
            Suite::Native,
            "statistics clinician_every_mistake",
            |told| {
                told.member(
                    "errors",
                    Some(json!([{"field": "/clinician/userId", "code": "empty", "message": "m"}])),
                );
            },
            "body errors",
            "one mistake of five",
        ),
        (
            Suite::Native,
            "followup/dashboard new_partial",
            |told| told.member("path", Some("/v1/embeddable/followup/dashboard?patientKey=p".into())),
            "body path",
            "a path with its query",
        ),
        (
            Suite::Native,
            "followup/dashboard silent_partial",
            |told| told.member("upstream", None),
            "body upstream",
            "no word of the upstream's status",
        ),
    ];
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let target = format!("http://{}", app.address);
    let clean = [
        report(&settings(&target, Suite::Compat, Policy::Documented)).await,
        report(&settings(&target, Suite::Native, Policy::Documented)).await,
    ];
    // All of a suite's in one run: each is distinguished from the others, and from all that is healthy.
    for clean in clean {
        let rows: Vec<_> = rows.iter().filter(|(suite, ..)| *suite == clean.suite).collect();
        let tampered: Vec<_> = rows
            .iter()
            .map(|(_, id, tamper, ..)| (id.split(' ').next().unwrap(), nth(&clean, id), *tamper))
            .collect();
        let between = tampering(&app.address, move |asked, told| {
            for (endpoint, nth, tamper) in &tampered {
                if asked.is(endpoint, *nth) {
                    tamper(told);
                }
            }
        });
        let report = report(&settings(&format!("http://{between}"), clean.suite, Policy::Documented)).await;
        let expected: BTreeSet<_> = rows.iter().map(|(_, id, ..)| *id).collect();
        assert_eq!(failed(&report).into_iter().collect::<BTreeSet<_>>(), expected);
        for (_, id, _, part, reason) in rows {
            let failure = report.failures().find(|case| case.id == *id).unwrap();
            let named = failure.mismatches.iter().any(|found| found.part == *part);
            assert!(named, "{reason}: {:?}", failure.mismatches);
        }
    }
}

/// The parts that were noted, and in how many cases.
fn noted(report: &Report) -> BTreeMap<&str, usize> {
    let mut noted = BTreeMap::new();
    for found in report.cases.iter().flat_map(|case| &case.notes) {
        *noted.entry(found.part.as_str()).or_default() += 1;
    }
    noted
}

#[actix_web::test]
async fn what_a_proxy_adds_is_noted_and_no_failure() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    for suite in [Suite::Compat, Suite::Native] {
        let between = tampering(&app.address, |_, told| {
            told.set("set-cookie", "balancer=1; Path=/");
            told.headers
                .push(("x-content-type-options".to_owned(), b"nosniff".to_vec()));
            told.headers
                .push(("cache-control".to_owned(), b"no-cache, private".to_vec()));
            told.set("referrer-policy", "No-Referrer");
            told.set("strict-transport-security", "max-age=1");
            told.set("x-frame-options", "DENY");
            told.set("via", "1.1 proxy");
        });
        let report = report(&settings(&format!("http://{between}"), suite, Policy::Documented)).await;
        is_clean(&report);
        let all = report.cases.len();
        let parts = [
            "set-cookie",
            "x-content-type-options",
            "cache-control",
            "referrer-policy",
        ];
        let expected = parts.map(|name| (format!("header {name}"), all));
        let noted = noted(&report);
        for (part, count) in &expected {
            assert_eq!(noted.get(part.as_str()), Some(count), "{noted:?}");
        }
        assert_eq!(noted.len(), expected.len(), "{noted:?}");
        for (name, text) in outputs(&report) {
            assert!(text.contains("header set-cookie"), "{name}");
        }
    }
}

#[actix_web::test]
async fn what_a_proxy_may_not_change_is_a_failure() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let rows: [(Tamper, &str); 4] = [
        (
            |told| told.set("cache-control", "public, max-age=60"),
            "header cache-control",
        ),
        (
            |told| {
                told.headers
                    .push(("referrer-policy".to_owned(), b"unsafe-url".to_vec()));
            },
            "header referrer-policy",
        ),
        (
            |told| told.set("access-control-allow-origin", "*"),
            "header access-control-allow-origin",
        ),
        (
            |told| told.member("timestamp", Some("2026-11-21T14:30:00.123+00:00".into())),
            "body timestamp",
        ),
    ];
    for (tamper, part) in rows {
        let between = tampering(&app.address, move |_, told| tamper(told));
        let report = report(&settings(
            &format!("http://{between}"),
            Suite::Compat,
            Policy::Documented,
        ))
        .await;
        let failure = report.failures().next().unwrap();
        assert!(failure.mismatches.iter().any(|found| found.part == part), "{part}");
    }
}

#[actix_web::test]
async fn another_way_of_empegos_to_write_the_same_is_noted_and_no_failure() {
    let simulator = TestSimulator::start_rejecting();
    let rows: [(Tamper, &[&str]); 7] = [
        (
            |told| told.member("timestamp", Some("2026-11-21T14:30:00.123+00:00".into())),
            &["body timestamp"],
        ),
        (
            |told| told.member("timestamp", Some("2026-11-21T14:30:00.123456789Z".into())),
            &["body timestamp"],
        ),
        (
            |told| told.member("timestamp", Some("2026-11-21T14:30:00-05:00".into())),
            &["body timestamp"],
        ),
        (|told| lengthen(told, ": email"), &["body message"]),
        (|told| lengthen(told, "."), &["body message"]),
        (|told| told.set("content-type", "text/html;charset=UTF-8"), &[]),
        (
            |told| {
                if told.status == 200 {
                    told.body = [&b"{\"url\":\""[..], told.body.trim_ascii(), b"\"}"].concat();
                }
            },
            &[],
        ),
    ];
    for (tamper, parts) in rows {
        let between = tampering(&simulator.address, move |_, told| tamper(told));
        let target = empego(&simulator).replace(&simulator.address, &between);
        let report = report(&settings(&target, Suite::Upstream, Policy::Documented)).await;
        is_clean(&report);
        let noted: Vec<_> = noted(&report).into_keys().collect();
        assert_eq!(noted, parts);
    }
}

/// Writes more behind an error's message.
fn lengthen(told: &mut Told, more: &str) {
    let body: Value = serde_json::from_slice(&told.body).unwrap_or_default();
    if let Some(message) = body["message"].as_str() {
        told.member("message", Some(format!("{message}{more}").into()));
    }
}

#[actix_web::test]
async fn no_cell_is_blind() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    for suite in [Suite::Compat, Suite::Native] {
        let between = tampering(&app.address, |_, told| {
            told.status = 500;
            for name in ["cache-control", "referrer-policy", "x-content-type-options"] {
                told.remove(name);
            }
            told.set("x-request-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
            told.set("content-type", "text/html");
            told.set("set-cookie", "session=1");
            told.set("api-key", "k");
            told.body = b"<p>".to_vec();
        });
        let report = report(&settings(&format!("http://{between}"), suite, Policy::Documented)).await;
        let parts = BTreeSet::from([
            "body",
            "header api-key",
            "header cache-control",
            "header content-type",
            "header referrer-policy",
            "header x-content-type-options",
            "header x-request-id",
            "status",
        ]);
        for case in &report.cases {
            let named: BTreeSet<_> = case.mismatches.iter().map(|found| found.part.as_str()).collect();
            assert!(named.is_superset(&parts), "{}: {named:?}", case.id);
            let noted: Vec<_> = case.notes.iter().map(|found| found.part.as_str()).collect();
            assert_eq!(noted, ["header set-cookie"], "{}", case.id);
        }
    }
}

#[actix_web::test]
async fn a_target_that_wants_requests_later_gets_them_later() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let between = tampering(&app.address, |asked, told| {
        if asked.is("statistics", 3) {
            told.status = 429;
            told.set("retry-after", "0");
        }
    });
    is_clean(
        &report(&settings(
            &format!("http://{between}"),
            Suite::Native,
            Policy::Documented,
        ))
        .await,
    );
}

#[actix_web::test]
async fn a_target_that_does_not_answer_is_given_up_soon() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let report = report(&settings(
        &format!("http://127.0.0.1:{port}"),
        Suite::Compat,
        Policy::Strict,
    ))
    .await;
    assert!(!report.is_clean());
    assert_eq!((report.counts.failed, report.counts.passed), (3, 0));
    assert_eq!(report.counts.not_reached, report.cases.len() - 3);
    assert_eq!(report.cases[0].mismatches[0].got.as_ref(), "no connection");
}

/// Everything that a run puts out.
fn outputs(report: &Report) -> [(&'static str, String); 4] {
    [
        ("table", to_table(report)),
        ("JSON", report.to_json()),
        ("XML", to_junit(report).unwrap()),
        ("HTML", to_html(report).unwrap()),
    ]
}

#[track_caller]
fn keeps_secrets(outputs: &[(&str, String)], secrets: &[&str]) {
    for secret in secrets {
        for dress in dresses(secret) {
            for (place, text) in outputs {
                let at = text.find(&dress);
                assert!(
                    at.is_none(),
                    "{secret} in the {place} as {dress}: {}",
                    &text[at.unwrap().saturating_sub(200)..][..400]
                );
            }
        }
    }
}

#[actix_web::test]
async fn a_target_that_echoes_everything_gets_none_of_it_into_a_report() {
    const SESSION: &str = "https://app.empego.ca/fr/embed/canary-session-path?sessionId=canary-session-query";
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    for suite in [Suite::Compat, Suite::Native] {
        let between = tampering(&app.address, |asked, told| {
            let sent: Vec<_> = asked
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                .collect();
            let user = asked
                .headers
                .get("x-integration-user")
                .map(|user| STANDARD.decode(user).unwrap_or_default());
            let user = String::from_utf8_lossy(&user.unwrap_or_default()).into_owned();
            let body = String::from_utf8_lossy(&asked.body).into_owned();
            let everything = format!(
                "{} | {user} | {body} | {PATIENT} | {SESSION} | <img src=x>",
                sent.join(" | ")
            );
            let one_line: String = everything
                .chars()
                .filter(|c| c.is_ascii_graphic() || *c == ' ')
                .collect();
            for name in ["www-authenticate", "cache-control", "x-echo"] {
                told.set(name, &one_line);
            }
            for name in ["message", "code", "path", "requestId", "identity", "echo"] {
                told.member(name, Some(everything.clone().into()));
            }
            told.member(
                "errors",
                Some(json!([{"field": everything, "code": user, "message": body}])),
            );
            told.member(&everything, Some(json!({"nested": everything})));
        });
        let report = report(&settings(&format!("http://{between}"), suite, Policy::Documented)).await;
        assert_eq!(report.counts.failed, report.cases.len());
        let outputs = outputs(&report);
        let secrets = [
            &[HOST_KEY, PATIENT, "canary-session-path", "canary-session-query"],
            &PERSONAL[..],
        ]
        .concat();
        keeps_secrets(&outputs, &secrets);
        assert!(!outputs[3].1.contains("<img"), "what the target says is escaped");
    }
}

#[actix_web::test]
async fn the_page_needs_nothing_else_and_allows_nothing_else() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let report = report(&settings(
        &format!("http://{}", app.address),
        Suite::Compat,
        Policy::Documented,
    ))
    .await;
    let page = to_html(&report).unwrap();
    for foreign in ["<script", " src=", " href=", "@import", "url(", " style=", "<link"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = STANDARD.encode(Sha256::digest(style));
    assert!(page.contains(&format!("default-src 'none'; style-src 'sha256-{digest}'")));
    let buttons = page.matches("<button type=\"button\" class=\"mark ").count();
    assert_eq!(buttons, report.cases.len(), "a cell for every case");
    for case in &report.cases {
        assert!(page.contains(case.evidence.as_ref().unwrap().request_id.as_ref().unwrap()));
    }
}

/// Runs the binary to its end, beside the servers of this test.
async fn conformance(key: &'static str, arguments: &[&str]) -> Output {
    let arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let mut command = binary();
    command
        .env("CONFORMANCE_KEY", key)
        .arg("conformance")
        .args(["--key-env", "CONFORMANCE_KEY"])
        .args(arguments);
    spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[actix_web::test]
async fn the_command_writes_its_proof_and_exits_0_when_all_is_well() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let target = format!("http://{}", app.address);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("proof");
    let place = out.to_str().unwrap();
    let run = conformance(
        HOST_KEY,
        &[
            "--target",
            &target,
            "--suite",
            "native",
            "--allow-writes",
            "--patient-key",
            PATIENT,
            "--out",
            place,
        ],
    )
    .await;
    let (stdout, stderr) = (text(&run.stdout), text(&run.stderr));
    assert_eq!((run.status.code(), stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.contains("failed: 0"), "{stdout}");

    let json = read(&out, "conformance.json");
    let report = Report::parse(&json).unwrap();
    assert_eq!(report.to_json(), json, "it reads as it was written");
    assert_eq!(report.target, format!("{target}/"));
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "empego-gateway/conformance/1");
    assert_eq!(value["counts"]["passed"], report.cases.len());

    let xml = read(&out, "conformance.xml");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(
        (count("testcase"), count("testsuite"), count("failure")),
        (report.cases.len(), 12, 0)
    );

    let html = read(&out, "conformance.html");
    let outputs = [
        ("stdout", stdout),
        ("stderr", stderr),
        ("JSON", json),
        ("XML", xml),
        ("HTML", html),
    ];
    let secrets = [&[HOST_KEY, PATIENT, "sessionId"], &PERSONAL[..]].concat();
    keeps_secrets(&outputs, &secrets);
}

#[actix_web::test]
async fn the_command_names_the_cell_and_exits_1_when_one_is_wrong() {
    let (app, _simulator) = gateway(TestConfig::documented(), Partial::Reject).await;
    let between = tampering(&app.address, |asked, told| {
        if asked.is("followup/plan", 0) {
            told.status = 403;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let target = format!("http://{between}");
    let run = conformance(HOST_KEY, &["--target", &target, "--out", out]).await;
    assert_eq!(run.status.code(), Some(1));
    assert_eq!(text(&run.stderr), "failed: followup/plan no_key\n");
    let stdout = text(&run.stdout);
    for told in [
        "FAILED followup/plan no_key: No key",
        "status: expected 401, got 403",
        "│ GET /empego-integrations/R4/embeddable/followup/plan?patientKey=…",
        "│ x-request-id: ",
        "│ HTTP 403",
        "failed: 1, held back",
    ] {
        assert!(stdout.contains(told), "{told}: {stdout}");
    }
    let xml = read(folder.path(), "conformance.xml");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let failure = document
        .descendants()
        .find(|node| node.has_tag_name("failure"))
        .unwrap();
    let case = failure.parent_element().unwrap();
    assert_eq!(case.attribute("name"), Some("no_key"));
    assert_eq!(
        case.attribute("classname"),
        Some("empego-gateway.conformance.compat.followup/plan")
    );
    assert!(failure.text().unwrap().contains("status: expected 401, got 403"));
    let held_back = document
        .descendants()
        .filter(|node| node.has_tag_name("skipped"))
        .count();
    let report = Report::parse(&read(folder.path(), "conformance.json")).unwrap();
    assert_eq!(held_back, report.counts.held_back);
    let html = read(folder.path(), "conformance.html");
    assert!(html.contains("1 case failed") && html.contains("<td>401</td><td>403</td>"));
}

#[actix_web::test]
async fn drift_is_reported_everywhere() {
    let simulator = TestSimulator::start_rejecting();
    let target = empego(&simulator);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let run = conformance(KEY, &["--target", &target, "--suite", "upstream", "--out", out]).await;
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stdout));

    let old = folder.path().join("old.json");
    let compared = || async {
        let arguments = [
            "--target",
            &target,
            "--suite",
            "upstream",
            "--out",
            out,
            "--compare",
            old.to_str().unwrap(),
        ];
        conformance(KEY, &arguments).await
    };
    std::fs::copy(folder.path().join("conformance.json"), &old).unwrap();
    let same = compared().await;
    assert!(text(&same.stdout).contains("Nothing has changed since the earlier run."));
    assert!(read(folder.path(), "conformance.html").contains("<p>Nothing.</p>"));

    let mut before = Report::parse(&read(folder.path(), "conformance.json")).unwrap();
    let mut at = |id: &str| before.cases.iter().position(|case| case.id == id).unwrap();
    let [changed, fixed, added, other] = [
        "statistics no_key",
        "statistics wrong_key",
        "followup/view no_key",
        "followup/plan no_key",
    ]
    .map(&mut at);
    before.cases[changed].got.as_mut().unwrap().status = 403;
    before.cases[fixed].verdict = Verdict::Failed;
    let mut gone = before.cases[other].clone();
    gone.id = "followup/plan no_longer_there".to_owned();
    before.cases[added] = gone;
    std::fs::write(&old, before.to_json()).unwrap();
    let fault =
        json!({"endpoint": "consultation/view", "status": 500, "body": "{}", "contentType": "application/json"});
    simulator.control(Method::PUT, "faults", fault).await;
    let run = compared().await;
    assert_eq!(run.status.code(), Some(1), "a case failed");

    let report = Report::parse(&read(folder.path(), "conformance.json")).unwrap();
    let drift: Vec<_> = report
        .drift
        .iter()
        .flatten()
        .map(|drift| (drift.id.as_str(), drift.kind))
        .collect();
    let expected = [
        ("consultation/view no_key", DriftKind::NewFailure),
        ("followup/view no_key", DriftKind::Added),
        ("statistics no_key", DriftKind::Changed),
        ("statistics wrong_key", DriftKind::Fixed),
        ("followup/plan no_longer_there", DriftKind::Removed),
    ];
    assert_eq!(drift, expected);
    let (stdout, html) = (text(&run.stdout), read(folder.path(), "conformance.html"));
    for (id, kind) in expected {
        let line = stdout
            .lines()
            .find(|line| line.contains(id) && line.contains(kind.as_str()));
        assert!(line.is_some(), "{id}: {stdout}");
        assert!(
            html.contains(&format!("<th scope=\"row\">{id}</th><td>{}</td>", kind.as_str())),
            "{id}"
        );
    }

    // Drift alone is news, not a failure.
    let run = compared().await;
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stdout));
    assert!(text(&run.stdout).contains("changed"));
}

#[actix_web::test]
async fn bad_usage_exits_64_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let no_report = folder.path().join("old.json");
    std::fs::write(&no_report, "{}").unwrap();
    let no_report = no_report.to_str().unwrap();
    let good = "http://127.0.0.1:1";
    let rows: &[(&[&str], &str, &str)] = &[
        (&[], "--target", "no target"),
        (&["--target", "gateway"], "--target is not a URL", "no URL"),
        (
            &["--target", "http://gateway.example"],
            "loopback",
            "a key in the clear",
        ),
        (
            &["--target", "http://127.0.0.1:1/empego-integrations/R4"],
            "own address",
            "an Empego client's base",
        ),
        (&["--target", good, "--suite", "all"], "--suite", "no suite"),
        (&["--target", good, "--policy", "lax"], "--policy", "no policy"),
        (
            &["--target", good, "--granted", "statistic"],
            "--granted",
            "no endpoint",
        ),
        (
            &["--target", good, "--timeout-ms", "0"],
            "--timeout-ms",
            "no time at all",
        ),
        (
            &["--target", good, "--compare", "/nowhere.json"],
            "cannot be read",
            "nothing to compare with",
        ),
        (
            &["--target", good, "--compare", no_report],
            "is not a conformance report",
            "something else to compare with",
        ),
        (&["--target", good, "--key-env", "NOT_SET"], "NOT_SET", "no key"),
        (&["--target", good, "--feature", "orders"], "--feature", "no feature"),
        (&["--target", good, "--modality", "iframe"], "--modality", "no modality"),
        (&["--target", good, "--order", "7"], "--order", "no order's id"),
    ];
    for (arguments, told, reason) in rows {
        let mut command = binary();
        command.env("SPACES", "a b").arg("conformance").args(*arguments);
        if !arguments.contains(&"--key-env") {
            command
                .env("CONFORMANCE_KEY", HOST_KEY)
                .args(["--key-env", "CONFORMANCE_KEY"]);
        }
        let output = command.output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{reason}: {stderr}");
        assert!(
            stderr.contains(told) && !stderr.contains(HOST_KEY),
            "{reason}: {stderr}"
        );
        assert!(output.stdout.is_empty(), "{reason}");
    }
    let mut command = binary();
    command
        .env("SPACES", "secret with spaces")
        .args(["conformance", "--target", good, "--key-env", "SPACES"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(!text(&output.stderr).contains("secret with"), "not the value");
}

#[test]
fn help_tells_what_is_sent_and_what_is_not() {
    let help = crate::helpers::run(&["conformance", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    insta::assert_snapshot!(text(&help.stdout));
}
