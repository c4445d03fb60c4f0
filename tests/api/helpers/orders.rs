//! A gateway whose host may do everything with orders, in front of the stand-in for Junction.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Answer, HOST_KEY, Launch,
    junction::{Lines, OPEN, Stage},
    store::StoreFolder,
};

/// Everything that a host may be granted.
pub(crate) const EVERYTHING: &str =
    r#"junction_orders = ["catalogue", "place", "read", "schedule", "cancel", "results", "simulate"]"#;

/// The stage, and what the gateway keeps.
pub(crate) struct OrderStage {
    pub(crate) stage: Stage,
    pub(crate) folder: StoreFolder,
}

impl OrderStage {
    pub(crate) async fn open() -> Self {
        Self::with(EVERYTHING, OPEN).await
    }

    /// With these lines of the host and of `[tenant.junction]`.
    pub(crate) async fn with(host: &str, junction: &'static str) -> Self {
        Self::with_more(host, junction, "").await
    }

    /// The same with more hosts.
    pub(crate) async fn with_more(host: &str, junction: &'static str, hosts: &str) -> Self {
        let folder = StoreFolder::new();
        let stage = Stage::with(Lines {
            host: host.to_owned(),
            junction: Some(junction),
            more: format!("{hosts}\n{}", folder.table()),
            ..Lines::default()
        })
        .await;
        Self { stage, folder }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Launch<'_> {
        self.stage
            .app
            .request(method, path)
            .header("authorization", format!("Bearer {HOST_KEY}"))
    }

    /// A request about the team's orders, with a body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("x-junction-team", "cardio");
        request.json(body).send().await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        request.header("x-junction-team", "cardio").send().await
    }

    pub(crate) async fn place(&self, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, "/v1/junction/orders");
        request.header("idempotency-key", key).json(body).send().await
    }

    /// The path of an order that was just placed, and has its requisition.
    pub(crate) async fn placed(&self) -> String {
        let answer = self.place("first", &order()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        self.advance(60).await;
        format!("/v1/junction/orders/{}", answer.json()["orderId"].as_str().unwrap())
    }

    /// Slots of an order that can be booked, in order.
    pub(crate) async fn slots(&self, order: &str) -> Vec<Value> {
        let answer = self.post(&format!("{order}/slots"), &json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let days = answer.json()["days"].as_array().unwrap().clone();
        days.iter()
            .flat_map(|day| day["slots"].as_array().unwrap().clone())
            .collect()
    }

    /// Puts the stand-in's clock forward.
    pub(crate) async fn advance(&self, seconds: i64) {
        let answer = self
            .stage
            .junction
            .control(Method::PUT, "clock", json!({"advanceSecs": seconds}))
            .await;
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
    }

    /// How often Junction was called so.
    pub(crate) async fn count(&self, call: &str) -> usize {
        let calls = self.stage.calls().await;
        calls.iter().filter(|name| *name == call).count()
    }
}

/// A complete order for a patient whom Junction knows.
pub(crate) fn order() -> Value {
    json!({
        "clinician": {"userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie@clinic.ca"},
        "team": {"integrationTeamId": "cardio"},
        "patient": {
            "clientUserId": "patient123",
            "demographics": {
                "firstName": "Zoe", "lastName": "O'Connor", "email": "zoe@example.com", "phoneNumber": "+16025550123",
                "gender": "female", "dob": "1986-03-09",
            },
        },
        "address": {
            "firstLine": "1 West Lincoln Street", "secondLine": "Apt 4", "city": "Phoenix", "state": "AZ",
            "zip": "85004-1234", "accessNotes": "Ring twice",
        },
        "tests": [TEST],
    })
}

/// A test that asks nothing.
pub(crate) const TEST: &str = "2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512";
