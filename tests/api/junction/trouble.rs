//! When Junction is slow, broken or gone.

use std::net::TcpListener;

use serde_json::json;

use crate::helpers::{
    junction::{Lines, Stage, elodie},
    with,
};

async fn hurried() -> Stage {
    let lines = Lines {
        empego: "timeout_ms = 400\nconnect_timeout_ms = 200",
        ..Lines::default()
    };
    Stage::with(lines).await
}

#[actix_web::test]
async fn a_call_that_takes_too_long_ends_the_launch() {
    let stage = hurried().await;
    stage.fault("resolve_member", json!({"delayMs": 5000})).await;
    let answer = stage.launch(&elodie()).send().await;
    assert_eq!(
        answer.is_refused(504, "upstream_timeout").json()["upstream"],
        json!({"name": "junction", "status": null})
    );
}

#[actix_web::test]
async fn all_calls_of_a_launch_share_its_time() {
    let stage = hurried().await;
    stage.fault("resolve_team", json!({"delayMs": 250})).await;
    let patience = stage.launch(&elodie()).header("x-request-timeout-ms", "100");
    patience.send().await.is_refused(504, "upstream_timeout");
    assert_eq!(stage.calls().await, ["resolve_team"]);
}

#[actix_web::test]
async fn nothing_more_is_asked_for_a_caller_who_has_left() {
    let stage = Stage::open().await;
    // What the first call found is remembered.
    let rows = [("resolve_team", 1), ("resolve_member", 2)];
    for (slow, calls) in rows {
        stage.fault(slow, json!({"delayMs": 600})).await;
        let patience = stage.launch(&elodie()).header("x-request-timeout-ms", "300");
        patience.send().await.is_refused(504, "upstream_timeout");
        // The call in flight keeps its slot, and ends by itself.
        let places = "empego_gateway_in_flight";
        while stage.app.figure(places).await != Some(0.0) {
            actix_web::rt::task::yield_now().await;
        }
        let made = stage.calls().await;
        assert_eq!(
            (made.len(), made.last().map(String::as_str)),
            (calls, Some(slow)),
            "{made:?}"
        );
    }
}

#[actix_web::test]
async fn a_call_that_comes_to_the_same_is_made_again_and_the_last_one_is_not() {
    let stage = Stage::open().await;
    for (fault, calls) in [
        (json!({"reset": true}), 2),
        (json!({"status": 503, "body": "{}"}), 2),
        (json!({"status": 429, "body": "{}"}), 2),
    ] {
        let stage = Stage::open().await;
        stage.fault("resolve_member", fault).await;
        stage.launch(&elodie()).send().await.is_launched();
        let made = stage
            .calls()
            .await
            .into_iter()
            .filter(|call| call == "resolve_member")
            .count();
        assert_eq!(made, calls);
    }
    stage
        .fault("create_dashboard_url", json!({"status": 503, "body": "{}"}))
        .await;
    let answer = stage.launch(&elodie()).send().await;
    answer.is_refused(503, "upstream_busy");
    assert_eq!(
        (answer.header("retry-after"), answer.json()["retryable"].as_bool()),
        (Some("1"), Some(true))
    );
    stage.fault("create_dashboard_url", json!({"reset": true})).await;
    let answer = stage.launch(&elodie()).send().await;
    assert_eq!(
        answer.is_refused(502, "upstream_unreachable").json()["retryable"],
        false
    );
    assert_eq!(stage.urls_made().await, 0);
}

#[actix_web::test]
async fn junction_says_when_to_come_back() {
    let stage = Stage::open().await;
    let fault = json!({"status": 429, "body": "{}", "headers": {"retry-after": "90"}});
    stage.fault("create_dashboard_url", fault).await;
    let answer = stage.launch(&elodie()).send().await;
    answer.is_refused(503, "upstream_busy");
    assert_eq!(answer.header("retry-after"), Some("90"));
}

#[actix_web::test]
async fn a_redirect_is_not_followed_and_a_broken_answer_is_no_answer() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let stage = Stage::open().await;
    let address = elsewhere.local_addr().unwrap();
    stage
        .fault(
            "create_dashboard_url",
            json!({"redirect": format!("http://{address}/")}),
        )
        .await;
    stage.launch(&elodie()).send().await.is_refused(502, "upstream_error");
    assert!(elsewhere.accept().is_err(), "the management key was taken elsewhere");
    stage.fault("create_dashboard_url", json!({"truncate": true})).await;
    stage
        .launch(&elodie())
        .send()
        .await
        .is_refused(502, "upstream_unreachable");
    let large = json!({"url": "x".repeat(70_000), "expires_in": 1}).to_string();
    stage
        .fault("create_dashboard_url", json!({"status": 200, "body": large}))
        .await;
    stage
        .launch(&elodie())
        .send()
        .await
        .is_refused(502, "upstream_bad_body");
}

#[actix_web::test]
async fn failures_pause_the_api_that_fails_and_nothing_else() {
    let stage = Stage::open().await;
    let feature = with(
        elodie(),
        "feature",
        format!("order:{}", crate::helpers::junction::ORDER),
    );
    stage.launch(&feature).send().await.is_launched();
    stage
        .fault("get_order", json!({"status": 500, "body": "{}", "count": 50}))
        .await;
    let mut codes = Vec::new();
    for _ in 0..20 {
        let answer = stage.launch(&feature).send().await;
        codes.push(answer.code());
        if answer.status == 503 {
            assert!(answer.header("retry-after").is_some());
            break;
        }
    }
    assert_eq!(
        codes.last().map(String::as_str),
        Some("upstream_circuit_open"),
        "{codes:?}"
    );
    let state = r#"empego_gateway_breaker_state{tenant="downtown",upstream="junction",api="team"}"#;
    assert_eq!(stage.app.figure(state).await, Some(2.0));
    let ready = stage.app.admin("/readyz").await;
    let told = "tenant downtown: Junction's teams' API failed repeatedly, so launches that need it are paused";
    assert!(ready.status == 200 && ready.text.contains(told), "{ready:?}");
    stage.launch(&elodie()).send().await.is_launched();
    let empego = stage
        .app
        .native("statistics")
        .json(&json!({"clinician": elodie()["clinician"]}));
    empego.send().await.is_launched();
}

#[actix_web::test]
async fn empegos_trouble_is_not_junctions() {
    let stage = Stage::open().await;
    stage.app.upstream.reset().await;
    stage.app.upstream_answers(wiremock::ResponseTemplate::new(500)).await;
    for _ in 0..30 {
        let launch = stage
            .app
            .native("statistics")
            .json(&json!({"clinician": elodie()["clinician"]}));
        if launch.send().await.code() == "upstream_circuit_open" {
            break;
        }
    }
    let state = r#"empego_gateway_breaker_state{tenant="downtown",upstream="empego",api="embeddable"}"#;
    assert_eq!(stage.app.figure(state).await, Some(2.0));
    stage.launch(&elodie()).send().await.is_launched();
}

#[actix_web::test]
async fn limits_are_the_same_for_both_apps() {
    let lines = Lines {
        host: "rate = { per_second = 1, burst = 100, clinician_per_second = 1, clinician_burst = 1 }".to_owned(),
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    stage.launch(&elodie()).send().await.is_launched();
    let answer = stage.launch(&elodie()).send().await;
    answer.is_refused(429, "rate_limited");
    let empego = stage
        .app
        .native("statistics")
        .json(&json!({"clinician": elodie()["clinician"]}));
    empego.send().await.is_refused(429, "rate_limited");

    let lines = Lines {
        empego: "max_in_flight = 1\nqueue_timeout_ms = 0",
        ..Lines::default()
    };
    let stage = Stage::with(lines).await;
    stage.fault("resolve_team", json!({"delayMs": 1500})).await;
    let both = futures_util::future::join(stage.launch(&elodie()).send(), stage.launch(&elodie()).send()).await;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 503]);
}
