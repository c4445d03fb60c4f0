//! How many trips one launch makes one after another, and what is left of it where one of two calls at once is refused.

use domain::junction::JunctionCall;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    junction::{FOREIGN_ORDER, FOREIGN_PATIENT, ORDER, Stage, TEAM, elodie},
    with,
};

fn noah() -> Value {
    json!({"userId": "emp999", "firstName": "Noah", "lastName": "Singh", "email": "noah.singh@clinic.ca"})
}

fn of_patient(reference: &str) -> Value {
    with(elodie(), "patient", json!({"clientUserId": reference}))
}

/// The length of the longest chain of calls, each of which began after the one before had ended.
fn trips(calls: &[Value]) -> usize {
    let mark = |call: &Value, name: &str| call[name].as_u64();
    let mut ended_after: Vec<(u64, usize)> = Vec::new();
    for call in calls {
        let began = mark(call, "began").unwrap();
        let before = ended_after.iter().filter(|(ended, _)| *ended < began);
        let chain = 1 + before.map(|(_, chain)| *chain).max().unwrap_or(0);
        ended_after.push((mark(call, "ended").unwrap_or(u64::MAX), chain));
    }
    ended_after.into_iter().map(|(_, chain)| chain).max().unwrap_or(0)
}

/// A stage on which every call takes so long that those which are made at once overlap.
async fn far_away() -> Stage {
    let stage = Stage::open().await;
    let delay = json!({"delayMs": 100, "count": 1000});
    let answer = stage.junction.control(Method::PUT, "faults", delay).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    stage
}

/// How many trips a launch makes that is launched.
async fn trips_of(stage: &Stage, body: &Value) -> usize {
    let earlier = stage.journal().await.len();
    stage.launch(body).send().await.is_launched();
    trips(&stage.journal().await[earlier..])
}

#[test]
fn calls_that_overlap_are_one_trip() {
    let call = |began: u64, ended: u64| json!({"began": began, "ended": ended});
    let rows = [
        (vec![], 0, "no call"),
        (vec![call(1, 2), call(3, 4)], 2, "one after another"),
        (vec![call(1, 3), call(2, 4)], 1, "at once"),
        (
            vec![call(1, 3), call(2, 5), call(4, 6), call(7, 8)],
            3,
            "a chain beside a call",
        ),
        (
            vec![json!({"began": 1, "ended": null}), call(2, 3)],
            1,
            "one that was dropped",
        ),
    ];
    for (calls, expected, about) in rows {
        assert_eq!(trips(&calls), expected, "{about}");
    }
}

#[actix_web::test]
async fn a_launch_makes_no_more_trips_than_depend_on_each_other() {
    let order = with(elodie(), "feature", format!("order:{ORDER}"));
    let rows = [
        (elodie(), 3, "a known member"),
        (of_patient("patient123"), 4, "a known member and patient"),
        (
            with(of_patient("new"), "clinician", noah()),
            5,
            "a new member and patient",
        ),
        (order.clone(), 4, "an order"),
        (
            with(order, "patient", json!({"clientUserId": "patient123"})),
            5,
            "an order of this patient",
        ),
    ];
    for (body, expected, about) in rows {
        let stage = far_away().await;
        assert_eq!(trips_of(&stage, &body).await, expected, "{about}");
    }
}

#[actix_web::test]
async fn a_launch_whose_people_are_remembered_makes_one_trip() {
    let stage = far_away().await;
    let body = of_patient("patient123");
    trips_of(&stage, &body).await;
    assert_eq!(trips_of(&stage, &body).await, 1);
}

/// The calls that arrived and change something at Junction, but for tokens.
async fn changes(stage: &Stage) -> Vec<String> {
    let changing = [
        JunctionCall::CreateTeam,
        JunctionCall::CreateMember,
        JunctionCall::UpdateMember,
        JunctionCall::CreateUser,
        JunctionCall::UpdateUserInfo,
        JunctionCall::CreateDashboardUrl,
    ];
    let calls = stage.calls().await.into_iter();
    calls
        .filter(|call| changing.iter().any(|changing| call == changing.as_str()))
        .collect()
}

#[actix_web::test]
async fn nothing_is_changed_for_what_is_another_teams() {
    let elsewhere = with(elodie(), "team", json!({"integrationTeamId": "derma"}));
    for feature in [
        format!("order:{FOREIGN_ORDER}"),
        format!("order_creation:{FOREIGN_PATIENT}"),
    ] {
        let stage = Stage::open().await;
        let new_member = with(with(elodie(), "clinician", noah()), "feature", feature.as_str());
        stage
            .launch(&new_member)
            .send()
            .await
            .is_refused(404, "junction_not_found");
        assert_eq!(changes(&stage).await, [""; 0], "{feature}");
    }
    let stage = Stage::open().await;
    let not_bound = with(elsewhere, "feature", format!("order:{ORDER}"));
    stage
        .launch(&not_bound)
        .send()
        .await
        .is_refused(404, "junction_not_found");
    assert_eq!(changes(&stage).await, [""; 0]);
}

#[actix_web::test]
async fn neither_person_is_created_if_the_other_may_not_be() {
    let stage = Stage::open().await;
    let nameless = with(of_patient("new"), "clinician", json!({"userId": "emp999"}));
    stage
        .launch(&nameless)
        .send()
        .await
        .is_refused(400, "user_fields_missing");
    assert_eq!(changes(&stage).await, [""; 0], "the patient might have been");

    let another = json!({"user_id": ORDER, "team_id": TEAM, "client_user_id": "another"});
    let fault = json!({"status": 200, "body": another.to_string()});
    stage.fault("resolve_user", fault).await;
    let body = with(of_patient("new"), "clinician", noah());
    stage.launch(&body).send().await.is_refused(403, "patient_denied");
    assert_eq!(changes(&stage).await, [""; 0], "the member might have been");
}

#[actix_web::test]
async fn of_two_errors_the_same_is_reported_whichever_comes_first() {
    let nameless = json!({"userId": "emp999"});
    let foreign = with(elodie(), "feature", format!("order:{FOREIGN_ORDER}"));
    for slow in ["get_order", "resolve_member"] {
        let stage = Stage::open().await;
        stage.fault(slow, json!({"delayMs": 300})).await;
        let body = with(foreign.clone(), "clinician", nameless.clone());
        stage.launch(&body).send().await.is_refused(404, "junction_not_found");
    }
}

#[actix_web::test]
async fn a_read_that_is_no_longer_needed_is_dropped_and_counted() {
    let stage = Stage::open().await;
    stage.fault("resolve_member", json!({"delayMs": 60_000})).await;
    let foreign = with(elodie(), "feature", format!("order:{FOREIGN_ORDER}"));
    stage
        .launch(&foreign)
        .send()
        .await
        .is_refused(404, "junction_not_found");
    let calls = r#"empego_gateway_upstream_duration_seconds_count{tenant="downtown",upstream="junction",call="resolve_member",outcome="cut_short"}"#;
    assert_eq!(stage.app.figure(calls).await, Some(1.0));
}

#[actix_web::test]
async fn a_person_whose_creation_has_begun_is_remembered_whatever_fails() {
    let stage = Stage::open().await;
    let refused = json!({"detail": [{"loc": ["body", "email"], "msg": "no", "type": "t"}]});
    let fault = json!({"status": 422, "body": refused.to_string()});
    stage.fault("create_member", fault).await;
    let body = with(of_patient("new"), "clinician", noah());
    stage.launch(&body).send().await.is_refused(422, "upstream_rejected");
    stage.launch(&body).send().await.is_launched();
    assert_eq!(
        changes(&stage)
            .await
            .iter()
            .filter(|call| *call == "create_user")
            .count(),
        1,
        "it ended, and what it made was not lost"
    );
}

#[actix_web::test]
async fn of_calls_at_once_each_ends_by_itself_once_the_caller_has_left() {
    let stage = Stage::open().await;
    let delay = json!({"delayMs": 600, "count": 9});
    let answer = stage.junction.control(Method::PUT, "faults", delay).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let by_id = with(of_patient("patient123"), "team", json!({"teamId": TEAM}));
    let hurried = stage.launch(&by_id).header("x-request-timeout-ms", "300");
    hurried.send().await.is_refused(504, "upstream_timeout");
    while stage.app.figure("empego_gateway_in_flight").await != Some(0.0) {
        actix_web::rt::task::yield_now().await;
    }
    let mut calls = stage.calls().await;
    calls.sort_unstable();
    assert_eq!(calls, ["create_api_access_token", "resolve_member"]);
    let journal = stage.journal().await;
    assert!(journal.iter().all(|call| call["ended"].is_u64()), "{journal:?}");
}
