//! `/v1/explain/junction/launch` and `explain` say which calls a launch makes, in order, and make none.

use std::process::Stdio;

use domain::junction::JunctionCall;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::helpers::{
    Answer, HOST_KEY, TestApp, TestConfig, binary,
    contract::document,
    issuer::Issuer,
    junction::{FOREIGN_ORDER, Lines, MEMBER, OPEN, ORDER, OTHER_TEAM, PATIENT, Stage, TEAM, elodie, scene, table},
    with, without,
};

/// A stage whose host may ask for explanations.
async fn explaining(junction: &'static str) -> Stage {
    Stage::with(Lines {
        junction: Some(junction),
        host: "explain = true".to_owned(),
        ..Lines::default()
    })
    .await
}

async fn told(stage: &Stage, body: &Value) -> Value {
    let asked = stage.app.request(Method::POST, "/v1/explain/junction/launch");
    let answer = asked.header("api-key", HOST_KEY).json(body).send().await;
    answer.is_launched().json()
}

/// One world in which a launch is announced and then made.
struct Row {
    about: &'static str,
    junction: &'static str,
    body: Value,
    /// What is changed of the scene.
    arranged: Value,
    /// What the calls find: a call's name and its finding.
    findings: &'static [(&'static str, &'static str)],
    /// Of which call the launch is refused by what Junction says.
    fails_after: Option<&'static str>,
}

impl Row {
    fn of(about: &'static str, body: Value) -> Self {
        Self {
            about,
            junction: OPEN,
            body,
            arranged: Value::Null,
            findings: &[],
            fails_after: None,
        }
    }

    fn finding(self, findings: &'static [(&'static str, &'static str)]) -> Self {
        Self { findings, ..self }
    }

    /// The calls that this world's answers leave of those that were announced, and the refusal that they end with.
    fn come_to(&self, told: &Value) -> (Vec<Value>, Value) {
        let mut calls: Vec<Value> = Vec::new();
        for call in told["calls"].as_array().unwrap() {
            let when = &call["when"];
            let found = |name: &Value| {
                self.findings
                    .iter()
                    .any(|(of, found)| name == of && when["finding"] == *found)
            };
            if !when.is_null() && !when["calls"].as_array().unwrap().iter().any(found) {
                continue;
            }
            if !call["refusal"].is_null() {
                return (calls, call["refusal"].clone());
            }
            calls.push(call.clone());
            if self.fails_after.is_some_and(|last| call["name"] == last) {
                break;
            }
        }
        (calls, Value::Null)
    }
}

fn patient(reference: &str) -> Value {
    json!({"clientUserId": reference})
}

fn order(id: &str) -> Value {
    with(elodie(), "feature", format!("order:{id}"))
}

fn in_team(team: Value) -> Value {
    with(elodie(), "team", team)
}

fn somebody(id: &str) -> Value {
    json!({"userId": id, "firstName": "Noah", "lastName": "Roy", "email": "noah@clinic.ca"})
}

const NOBODY: &[(&str, &str)] = &[("resolve_member", "nothing")];
const ELSEWHERE: &[(&str, &str)] = &[("resolve_member", "other_team"), ("get_member", "other_team")];
const NEW_TEAM: &[(&str, &str)] = &[
    ("resolve_team", "nothing"),
    ("resolve_member", "other_team"),
    ("get_member", "other_team"),
];
const KEEPING: &str = "features = [\"order_creation\"]\nmember_teams = \"keep\"";

fn rows() -> Vec<Row> {
    let demographics = json!({
        "firstName": "Zoé", "lastName": "Roy", "email": "zoe.roy@example.com", "phoneNumber": "+14155550123",
        "gender": "female", "dob": "1986-03-09",
        "address": {"firstLine": "1 Main St", "city": "Phoenix", "state": "AZ", "zip": "85004", "country": "US"},
    });
    let with_patient = |patient: Value| with(elodie(), "patient", patient);
    let of_patient = with(elodie(), "feature", format!("order_creation:{PATIENT}"));
    let new_team = json!({"integrationTeamId": "neuro", "name": "Neurology"});
    vec![
        Row::of("everybody is known", elodie()),
        Row::of("panels of a team", with(elodie(), "feature", "team_panels")),
        Row::of("a team by Junction's id", in_team(json!({"teamId": TEAM}))),
        Row::of("a new team", in_team(new_team.clone())).finding(NEW_TEAM),
        Row::of(
            "a new team without a name",
            in_team(json!({"integrationTeamId": "neuro"})),
        )
        .finding(NEW_TEAM),
        Row {
            junction: "",
            ..Row::of("a team that may not be created", in_team(new_team)).finding(NEW_TEAM)
        },
        Row::of("a new member", with(elodie(), "clinician", somebody("emp9"))).finding(NOBODY),
        Row::of(
            "a new member without a profile",
            with(elodie(), "clinician", json!({"userId": "emp9"})),
        )
        .finding(NOBODY),
        Row::of(
            "a member of another team",
            in_team(json!({"integrationTeamId": "derma"})),
        )
        .finding(ELSEWHERE),
        Row {
            junction: KEEPING,
            ..Row::of(
                "a member whose teams are kept",
                in_team(json!({"integrationTeamId": "derma"})),
            )
            .finding(&[("resolve_member", "other_team")])
        },
        Row::of("a known patient", with_patient(patient("patient123"))),
        Row::of("a patient with a slash", with_patient(patient("a/b c"))).finding(&[("resolve_user", "nothing")]),
        Row::of(
            "a known patient's demographics",
            with_patient(with(patient("patient123"), "demographics", demographics.clone())),
        ),
        Row::of(
            "a new patient with demographics",
            with_patient(with(patient("new"), "demographics", demographics)),
        )
        .finding(&[("resolve_user", "nothing")]),
        Row::of("a patient by Junction's id", of_patient.clone()),
        Row::of(
            "a patient by Junction's id, and a new member",
            with(of_patient, "clinician", somebody("emp9")),
        )
        .finding(NOBODY),
        Row {
            fails_after: Some("get_user"),
            ..Row::of(
                "an order of another patient",
                with(order(ORDER), "patient", patient("patient456")),
            )
        },
        Row::of("an order", order(ORDER)),
        Row::of(
            "an order of this patient",
            with(order(ORDER), "patient", patient("patient123")),
        ),
        Row {
            fails_after: Some("get_order"),
            ..Row::of("an order of another team", order(FOREIGN_ORDER))
        },
        Row {
            arranged: json!({"members": []}),
            ..Row::of("nobody is there yet", with_patient(patient("new")))
                .finding(&[("resolve_member", "nothing"), ("resolve_user", "nothing")])
        },
    ]
}

/// Whether a request went where it was announced to go.
fn is_at(url: &str, path: &str) -> bool {
    let announced = url.split("/junction/").nth(1).unwrap().split('/');
    let made = path.strip_prefix("/junction/").unwrap().split('/');
    announced.clone().count() == made.clone().count()
        && announced
            .zip(made)
            .all(|(announced, made)| announced == made || announced.starts_with('{'))
}

#[actix_web::test]
async fn a_launch_makes_the_calls_that_were_announced() {
    let mut made_anywhere = Vec::new();
    for row in rows() {
        let about = row.about;
        let stage = explaining(row.junction).await;
        if !row.arranged.is_null() {
            stage.arrange(row.arranged.clone()).await;
        }
        let told = told(&stage, &row.body).await;
        assert_eq!(told["outcome"], "launch", "{about}: {told:#}");
        assert_eq!(stage.journal().await, [Value::Null; 0], "{about}: nothing is sent");

        let answer = stage.launch(&row.body).send().await;
        let (expected, refusal) = row.come_to(&told);
        let journal = stage.journal().await;
        let names =
            |calls: &[Value], member: &str| -> Vec<_> { calls.iter().map(|call| call[member].clone()).collect() };
        // Calls that do not depend on each other are made at once: in the journal they are in any order.
        let by_name = |calls: &[Value], member: &str| {
            let mut calls = calls.to_vec();
            calls.sort_by_key(|call| call[member].to_string());
            calls
        };
        let (expected, journal) = (by_name(&expected, "name"), by_name(&journal, "operation"));
        let made = names(&journal, "operation");
        assert_eq!(names(&expected, "name"), made, "{about}: {told:#}");
        assert_eq!(names(&expected, "method"), names(&journal, "method"), "{about}");
        for (call, entry) in expected.iter().zip(&journal) {
            let (url, path) = (call["url"].as_str().unwrap(), entry["path"].as_str().unwrap());
            assert!(is_at(url, path), "{about}: {url} {path}");
            let credential = call["headers"][0]["name"].as_str().unwrap();
            assert!(
                entry["headers"].as_array().unwrap().contains(&credential.into()),
                "{about}"
            );
        }
        agree(about, &row, &answer, &refusal);
        made_anywhere.extend(made);

        if answer.status == 200 {
            stage.launch(&row.body).send().await.is_launched();
            let again: Vec<_> = expected
                .iter()
                .filter(|call| call["when"].is_null() && call["unlessRemembered"] == false)
                .cloned()
                .collect();
            let since = by_name(&stage.journal().await.split_off(journal.len()), "operation");
            assert_eq!(
                names(&by_name(&again, "name"), "name"),
                names(&since, "operation"),
                "{about}, again"
            );
        }
    }
    let of_launches = JunctionCall::ALL
        .iter()
        .take_while(|call| **call != JunctionCall::CreateOrder);
    for call in of_launches {
        assert!(made_anywhere.contains(&call.as_str().into()), "{}", call.as_str());
    }
}

/// What was told of the refusal is what the launch was refused with.
fn agree(about: &str, row: &Row, answer: &Answer, refusal: &Value) {
    let answered = answer.json();
    if row.fails_after.is_some() {
        assert_ne!(answer.status, 200, "{about}");
    } else if refusal.is_null() {
        assert_eq!(answer.status, 200, "{about}: {answered:#}");
    } else {
        is_the_same(refusal, &answered, about);
    }
}

/// A refusal in an explanation is what the launch reports.
fn is_the_same(refusal: &Value, reported: &Value, about: &str) {
    for member in [
        "status",
        "error",
        "message",
        "code",
        "reason",
        "source",
        "retryable",
        "errors",
    ] {
        assert_eq!(refusal[member], reported[member], "{about}: {reported:#}");
    }
}

#[actix_web::test]
async fn a_policy_refusal_is_explained_as_the_launch_would_report_it() {
    let stage = explaining("features = [\"order_creation\"]").await;
    for (body, code) in [
        (without(elodie(), &["clinician"]), "identity_required"),
        (without(elodie(), &["team", "feature"]), "invalid_request"),
        (without(elodie(), &["team"]), "invalid_request"),
        (with(elodie(), "feature", "team_config"), "feature_denied"),
        (with(elodie(), "modality", "link_out"), "feature_denied"),
        (json!([]), "invalid_request"),
    ] {
        let answered = stage.launch(&body).send().await.json();
        let told = told(&stage, &body).await;
        assert_eq!(
            (&told["outcome"], &told["calls"]),
            (&json!("refusal"), &json!([])),
            "{told:#}"
        );
        assert_eq!(told["refusal"]["code"], code, "{told:#}");
        is_the_same(&told["refusal"], &answered, code);
    }
    assert_eq!(stage.journal().await, [Value::Null; 0]);
}

#[actix_web::test]
async fn ids_are_known_or_said_to_come_from_a_call_even_if_they_are_remembered() {
    let stage = explaining(OPEN).await;
    let from = |call: &str| json!({"known": false, "value": null, "from": call});
    let known = |id: &str| json!({"known": true, "value": id, "from": null});
    let body = with(elodie(), "patient", patient("patient123"));
    let before = told(&stage, &body).await;
    stage.launch(&body).send().await.is_launched();
    let mut after = told(&stage, &body).await;
    after["requestId"] = before["requestId"].clone();
    assert_eq!(before, after);
    assert_eq!(
        before["team"],
        json!({"integrationTeamId": "cardio", "teamId": from("resolve_team")})
    );
    assert_eq!(
        before["member"],
        json!({"integrationMemberId": "emp123", "memberId": from("resolve_member")})
    );
    assert_eq!(
        before["patient"],
        json!({"clientUserId": "patient123", "userId": from("resolve_user")})
    );
    for told in [TEAM, MEMBER, PATIENT] {
        assert!(!before.to_string().contains(told), "{before:#}");
    }

    let order = with(order(ORDER), "team", json!({"teamId": OTHER_TEAM}));
    let told = told(&stage, &order).await;
    assert_eq!(
        told["team"],
        json!({"integrationTeamId": null, "teamId": known(OTHER_TEAM)})
    );
    assert_eq!(told["orderId"], ORDER);
    assert_eq!(
        told["patient"],
        json!({"clientUserId": null, "userId": from("get_order")})
    );
}

#[actix_web::test]
async fn neither_the_management_key_nor_a_teams_token_is_shown() {
    let stage = explaining(OPEN).await;
    let body = with(elodie(), "patient", patient("patient123"));
    let told = told(&stage, &body).await;
    let headers: Vec<_> = told["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| &call["headers"])
        .collect();
    for header in headers {
        let shown = [
            json!([{"name": "x-management-key", "value": "$JUNCTION_MANAGEMENT_KEY"}]),
            json!([{"name": "authorization", "value": "Bearer $JUNCTION_TEAM_TOKEN"}]),
        ];
        assert!(shown.contains(header), "{header}");
    }
    let url = Url::parse(told["calls"][0]["url"].as_str().unwrap()).unwrap();
    assert_eq!(url.host_str(), Some("127.0.0.1"));
}

#[actix_web::test]
async fn only_hosts_with_the_setting_may_ask_and_each_question_is_recorded() {
    let closed = Stage::open().await;
    let asked = closed.app.request(Method::POST, "/v1/explain/junction/launch");
    let answer = asked.header("api-key", HOST_KEY).json(&elodie()).send().await;
    answer.is_refused(403, "endpoint_denied");

    let stage = explaining(OPEN).await;
    told(&stage, &elodie()).await;
    let series = r#"empego_gateway_launches_total{endpoint="junction/launch",tenant="downtown",code="explained"}"#;
    assert_eq!(stage.app.figure(series).await, Some(1.0));

    let empego_alone = TestApp::with(TestConfig::strict().host("explain = true")).await;
    let asked = empego_alone.request(Method::POST, "/v1/explain/junction/launch");
    let told = asked.header("api-key", HOST_KEY).json(&elodie()).send().await;
    assert_eq!(told.is_launched().json()["refusal"]["code"], "feature_denied");
}

#[actix_web::test]
async fn a_token_hosts_launch_of_junctions_app_is_explained_with_its_token() {
    let issuer = Issuer::start().await;
    let stage = Stage::with(Lines {
        more: issuer.host("spa", "gateway", "explain = true") + "integration_team_id = \"team\"\n",
        ..Lines::default()
    })
    .await;
    let claims = with(with(issuer.claims(), "sub", "emp123"), "team", "cardio");
    let body = json!({"feature": "order_creation", "modality": "feature_embed"});
    let asked = async |claims: &Value, body: &Value| {
        let asked = stage.app.request(Method::POST, "/v1/explain/junction/launch");
        let asked = asked.header("authorization", format!("Bearer {}", issuer.token(claims)));
        asked.json(body).send().await.is_launched().json()
    };
    let told = asked(&claims, &body).await;
    assert_eq!(told["member"]["integrationMemberId"], "emp123");
    assert_eq!(told["team"]["integrationTeamId"], "cardio");
    let beside = asked(&claims, &elodie()).await;
    assert_eq!(beside["refusal"]["code"], "clinician_not_accepted");
    let elsewhere = with(body, "team", json!({"integrationTeamId": "derma"}));
    assert_eq!(asked(&claims, &elsewhere).await["refusal"]["code"], "team_denied");
}

#[actix_web::test]
async fn the_command_prints_of_junction_what_the_gateway_would_answer() {
    let stage = explaining(OPEN).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, body_file) = (folder.path().join("gateway.toml"), folder.path().join("body.json"));
    let mut config = TestConfig::strict().host("explain = true");
    config.tenant_tables = table(&stage.junction.address, OPEN);
    std::fs::write(&file, config.text("http://127.0.0.1:1/empego-integrations/R4")).unwrap();
    for body in [with(elodie(), "patient", patient("patient123")), json!({}), json!([])] {
        std::fs::write(&body_file, body.to_string()).unwrap();
        let mut command = binary();
        command
            .args(["explain", "--host", "ehr", "--endpoint", "junction/launch", "--config"])
            .arg(&file)
            .stdin(Stdio::from(std::fs::File::open(&body_file).unwrap()))
            .env("EMPEGO_API_KEY", "upstream-key")
            .env("MANAGEMENT_KEY", "management-key");
        let output = actix_web::rt::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed, without(told(&stage, &body).await, &["requestId"]));
    }
    assert_eq!(stage.journal().await, [Value::Null; 0]);
    assert_eq!(
        stage.state().await["members"].as_array().unwrap().len(),
        scene()["members"].as_array().unwrap().len()
    );
}

#[test]
fn the_documented_calls_are_those_that_are_made() {
    let listed = &document()["components"]["schemas"]["JunctionCallName"]["enum"];
    let calls: Vec<Value> = JunctionCall::ALL.iter().map(|call| call.as_str().into()).collect();
    assert_eq!(*listed, Value::from(calls));
}
