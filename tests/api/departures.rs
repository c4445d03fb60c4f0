//! Callers who leave before their launch has ended, and clinicians who take more than their share: neither affects
//! other callers.

use std::{
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use actix_web::rt;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::helpers::{
    Answer, HOST_KEY, Launch, TestApp, TestConfig, alice,
    issuer::Issuer,
    peer::{Peer, answer, embed},
};

/// Holds the upstream's answers back until it is opened.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn wait(&self) {
        let is_open = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(is_open, |is_open| !*is_open).unwrap());
    }
}

/// An upstream that answers once the gate is open.
fn gated(gate: &Gate) -> Peer {
    let gate = gate.clone();
    Peer::start(move |_, connection| {
        gate.wait();
        embed(connection)
    })
}

fn launch(app: &TestApp) -> Launch<'_> {
    app.native("statistics").json(&json!({"clinician": alice()}))
}

fn by_token<'a>(app: &'a TestApp, token: &str) -> Launch<'a> {
    let launch = app.request(Method::POST, "/v1/embeddable/statistics").json(&json!({}));
    launch.header("authorization", format!("Bearer {token}"))
}

/// A gateway whose tenant has so many places, with a token host beside the asserted one.
async fn app_of(peer: &Peer, issuer: &Issuer, places: u32, host: &str) -> TestApp {
    let lines = format!(
        "{}\nmax_in_flight_per_tenant = {places}\nqueue_timeout_ms = 0\ntimeout_ms = 60000",
        peer.as_upstream()
    );
    let mut config = TestConfig::strict().empego(&lines);
    config.more = issuer.host("spa", "gateway", host);
    TestApp::with(config).await
}

/// Waits until a figure has this value.
async fn until(app: &TestApp, figure: &str, value: f64) {
    while app.figure(figure).await != Some(value) {
        rt::time::sleep(Duration::from_millis(1)).await;
    }
}

const IN_FLIGHT: &str = "empego_gateway_tenant_in_flight{tenant=\"downtown\"}";
const GONE: &str = "empego_gateway_launches_total{endpoint=\"statistics\",tenant=\"downtown\",code=\"client_gone\"}";
const ENDED_WELL: &str = "empego_gateway_upstream_duration_seconds_count{tenant=\"downtown\",upstream=\"empego\",call=\"embeddable\",outcome=\"ok\"}";

#[actix_web::test]
async fn a_caller_who_hangs_up_keeps_the_slot_until_the_call_ends() {
    let gate = Gate::default();
    let (peer, issuer) = (gated(&gate), Issuer::start().await);
    let app = app_of(&peer, &issuer, 2, "").await;
    for round in 1..=2_u32 {
        let request = app
            .client
            .post(format!("http://{}/v1/embeddable/statistics", app.address))
            .bearer_auth(HOST_KEY)
            .header("content-type", "application/json")
            .body(json!({"clinician": alice()}).to_string());
        let caller = rt::spawn(request.send());
        until(&app, IN_FLIGHT, f64::from(round)).await;
        caller.abort();
        until(&app, GONE, f64::from(round)).await;
    }
    for _ in 0..20 {
        launch(&app).send().await.is_refused(503, "overloaded");
    }
    while peer.received() < 2 {
        rt::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(peer.received(), 2, "no more calls than places, however many hang up");
    gate.open();
    until(&app, IN_FLIGHT, 0.0).await;
    assert_eq!(app.figure(ENDED_WELL).await, Some(2.0), "what came of them is known");
    launch(&app).send().await.is_launched();
}

#[actix_web::test]
async fn a_short_deadline_gets_a_prompt_response_and_keeps_the_slot_too() {
    let gate = Gate::default();
    let (peer, issuer) = (gated(&gate), Issuer::start().await);
    let app = app_of(&peer, &issuer, 2, "").await;
    let hurried = || launch(&app).header("x-request-timeout-ms", "50").send();
    for _ in 0..2 {
        hurried().await.is_refused(504, "upstream_timeout");
    }
    for _ in 0..20 {
        hurried().await.is_refused(503, "overloaded");
    }
    while peer.received() < 2 {
        rt::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!((peer.received(), app.figure(IN_FLIGHT).await), (2, Some(2.0)));
    gate.open();
    until(&app, ENDED_WELL, 2.0).await;
    until(&app, IN_FLIGHT, 0.0).await;
}

#[actix_web::test]
async fn a_hurry_hides_no_failure_of_the_upstream() {
    let gate = Gate::default();
    let (held, issuer) = (gate.clone(), Issuer::start().await);
    let peer = Peer::start(move |_, connection| {
        held.wait();
        answer(connection, "500 Oops", "", "")
    });
    let app = app_of(&peer, &issuer, 10, "").await;
    let hurried = || launch(&app).header("x-request-timeout-ms", "50").send();
    for answer in join_all((0..10).map(|_| hurried())).await {
        answer.is_refused(504, "upstream_timeout");
    }
    gate.open();
    until(
        &app,
        "empego_gateway_breaker_state{tenant=\"downtown\",upstream=\"empego\",api=\"embeddable\"}",
        2.0,
    )
    .await;
    launch(&app).send().await.is_refused(503, "upstream_circuit_open");
}

#[actix_web::test]
async fn one_clinicians_failures_pause_no_other_clinician() {
    let (issuer, peer) = (
        Issuer::start().await,
        Peer::start(|_, connection| answer(connection, "500 Oops", "", "")),
    );
    let app = app_of(&peer, &issuer, 8, "").await;
    let token = issuer.token(&issuer.claims());
    for _ in 0..18 {
        by_token(&app, &token).send().await.is_refused(502, "upstream_error");
    }
    // Eight others fail, and it is still not enough; one more is.
    for other in 0..9 {
        let mut claims = issuer.claims();
        claims["sub"] = json!(format!("other-{other}"));
        let answer = by_token(&app, &issuer.token(&claims)).send().await;
        answer.is_refused(502, "upstream_error");
    }
    by_token(&app, &token)
        .send()
        .await
        .is_refused(503, "upstream_circuit_open");
}

#[actix_web::test]
async fn one_clinician_has_a_quarter_of_a_tenants_places() {
    let gate = Gate::default();
    let (peer, issuer) = (gated(&gate), Issuer::start().await);
    let app = app_of(&peer, &issuer, 8, "").await;
    let token = issuer.token(&issuer.claims());
    let launches = join_all((0..6).map(|_| by_token(&app, &token).send()));
    let others = async {
        until(&app, IN_FLIGHT, 2.0).await;
        // A server can send any clinician: nothing of that is proven.
        let asserted = join_all((0..4).map(|_| launch(&app).send()));
        let opened = async {
            until(&app, IN_FLIGHT, 6.0).await;
            gate.open();
        };
        futures_util::future::join(asserted, opened).await.0
    };
    let (mine, others) = futures_util::future::join(launches, others).await;
    for other in others {
        other.is_launched();
    }
    let (launched, told): (Vec<Answer>, Vec<Answer>) = mine.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((launched.len(), told.len()), (2, 4));
    for answer in told {
        let body = answer.is_refused(429, "rate_limited").json();
        assert_eq!(
            (answer.header("retry-after"), &body["retryable"]),
            (Some("1"), &json!(true))
        );
    }
}

#[actix_web::test]
async fn clinicians_of_token_hosts_have_a_rate_without_any_setting() {
    let (issuer, peer) = (Issuer::start().await, Peer::start(|_, connection| embed(connection)));
    let rows = [
        ("", true, "the default"),
        (
            "[host.rate]\nclinician_per_second = 1000\nclinician_burst = 1000",
            false,
            "a setting",
        ),
        ("[host.rate]\nper_second = 1000\nburst = 1000", true, "of all together"),
    ];
    for (host, is_limited, reason) in rows {
        let app = app_of(&peer, &issuer, 128, host).await;
        let token = issuer.token(&issuer.claims());
        let mut limited = 0;
        for _ in 0..400 {
            let answer = by_token(&app, &token).send().await;
            limited += usize::from(answer.status == 429);
        }
        assert_eq!(limited > 0, is_limited, "{reason}: {limited}");
        let mut claims = issuer.claims();
        claims["sub"] = json!("somebody-else");
        by_token(&app, &issuer.token(&claims)).send().await.is_launched();
    }
}
