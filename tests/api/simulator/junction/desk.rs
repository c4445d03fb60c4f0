//! The stand-in as a team orders there, with a token for its sandbox.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Junction, MEMBER, PATIENT, TEAM, send};
use crate::helpers::Answer;

pub(super) const TEST: &str = "0b9c1de5-6f4a-4d0e-9a63-2f5d1c7e8b40";

pub(super) struct Desk {
    pub(super) junction: Junction,
    pub(super) token: String,
}

/// A complete order for the scene's patient.
pub(super) fn order() -> Value {
    json!({
        "user_id": PATIENT,
        "order_set": {"lab_test_ids": [TEST]},
        "collection_method": "at_home_phlebotomy",
        "creator_member_id": MEMBER,
        "aoe_answers": [{"marker_id": 1001, "question_id": 1_234_567_890_251_u64, "answer": "Y"}],
        "patient_details": {
            "first_name": "Zoe", "last_name": "O'Connor", "dob": "1986-03-09", "gender": "female",
            "phone_number": "+16025550123", "email": "zoe@example.com",
        },
        "patient_address": {
            "first_line": "1 Main St", "second_line": "Apt 4", "city": "Phoenix", "state": "AZ", "zip": "85004-1234",
            "country": "US", "access_notes": "Gate 4",
        },
    })
}

/// The same place, as visits have it.
pub(super) fn address() -> Value {
    json!({
        "first_line": "1 Main St", "second_line": "Apt 4", "city": "Phoenix", "state": "AZ", "zip_code": "85004-1234",
    })
}

impl Desk {
    pub(super) async fn open() -> Self {
        let junction = Junction::start().await;
        let token = junction.token(TEAM, "sandbox").await;
        Self { junction, token }
    }

    pub(super) async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        self.junction.call(&self.token, method, path, body).await
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, Value::Null).await;
        answer.is_launched();
        answer.json()
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    /// The id of a new order.
    pub(super) async fn place(&self) -> String {
        let answer = self.post("/v3/order", order()).await;
        answer.is_launched();
        answer.json()["order"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of a new order that has its requisition.
    pub(super) async fn ready(&self) -> String {
        let id = self.place().await;
        self.advance(31).await;
        id
    }

    /// The status of a creation with an idempotency key, and the order's id or the reason.
    pub(super) async fn keyed(&self, key: &str, error: Option<&str>, body: Value) -> (u16, Value) {
        let request = self.junction.request(Method::POST, "/junction/api/v3/order");
        let mut request = request.bearer_auth(&self.token).header("x-idempotency-key", key);
        if let Some(error) = error {
            request = request.header("x-idempotency-error", error);
        }
        let answer = send(request, body).await;
        let body = answer.json();
        let outcome = if answer.status == 200 {
            &body["order"]["id"]
        } else {
            &body["detail"]
        };
        (answer.status, outcome.clone())
    }

    /// The keys that are offered at the place, in their order.
    pub(super) async fn keys(&self) -> Vec<String> {
        let path = "/v3/order/phlebotomy/appointment/availability";
        let answer = self.post(path, address()).await;
        answer.is_launched();
        let answer = answer.json();
        let days = answer["slots"].as_array().unwrap().iter();
        let slots = days.flat_map(|day| day["slots"].as_array().unwrap());
        slots
            .map(|slot| slot["booking_key"].as_str().unwrap().to_owned())
            .collect()
    }

    /// A call about an order's visit.
    pub(super) async fn visit(&self, method: Method, order: &str, what: &str, body: Value) -> Answer {
        let path = format!("/v3/order/{order}/phlebotomy/appointment{what}");
        self.call(method, &path, body).await
    }

    pub(super) async fn book(&self, order: &str, key: &str) -> Answer {
        self.visit(Method::POST, order, "/book", json!({"booking_key": key}))
            .await
    }

    /// The last part of an order's last status.
    pub(super) async fn status(&self, order: &str) -> String {
        let order = self.get(&format!("/v3/order/{order}")).await;
        let status = order["last_event"]["status"].as_str().unwrap();
        status.rsplit_once('.').unwrap().1.to_owned()
    }

    /// The last parts of all that an order ever was.
    pub(super) async fn history(&self, order: &str) -> Vec<String> {
        let order = self.get(&format!("/v3/order/{order}")).await;
        let events = order["events"].as_array().unwrap().iter();
        let statuses = events.map(|event| event["status"].as_str().unwrap().rsplit_once('.').unwrap().1);
        statuses.map(str::to_owned).collect()
    }

    pub(super) async fn advance(&self, seconds: i64) {
        self.control(Method::PUT, "clock", json!({"advanceSecs": seconds}))
            .await;
    }

    pub(super) async fn behave(&self, members: Value) {
        self.control(Method::PUT, "junction/orders-behaviour", members).await;
    }

    pub(super) async fn control(&self, method: Method, page: &str, body: Value) -> Answer {
        let answer = self.junction.control(method, page, body).await;
        assert!(answer.status < 300, "{page}: {answer:?}");
        answer
    }
}

/// Why a call is refused, and with which status.
#[track_caller]
pub(super) fn refused(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let text = body["detail"].as_str().unwrap_or_else(|| panic!("{answer:?}"));
    (answer.status, text.to_owned())
}
