//! The scenario's part that is about orders: each of their codes is provoked, with telltale values wherever a patient, a note or
//! a place says something.

use domain::code::Code;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    Answer, TestSimulator,
    junction::{TEAM, scene, table},
    orders::{EVERYTHING, TEST},
    scenario::{CANARY, KEY_CANARY, Stage, clinician, key},
};

/// The tenant whose host places orders.
pub(crate) const TENANT: &str = "orders";

/// The endpoint that Junction's events about its team come to.
pub(crate) const WEBHOOK: &str = "orders";

/// What an address and a name may be made of, and no one else writes.
const WORD: &str = "Canaryorder";

/// `[tenant.junction]` in front of the stand-in.
pub(super) fn junction(simulator: &TestSimulator) -> String {
    let table = table(&simulator.address, "create_team = true").replace("MANAGEMENT_KEY", "MANAGEMENT");
    format!(
        "{table}\n[[tenant.junction.webhook]]\nendpoint = \"{WEBHOOK}\"\nteam_id = \"{TEAM}\"\nsecret_env = \"WEBHOOK_SECRET\"\n"
    )
}

/// What the tenant's host may do, and where it hears of what becomes of its orders.
pub(super) fn host(events: &str) -> String {
    format!("{EVERYTHING}\n[host.events]\nurl = \"{events}\"\nsecret_env = \"WEBHOOK_SECRET\"\n")
}

fn order() -> Value {
    json!({
        "clinician": clinician(), "team": {"integrationTeamId": "cardio"},
        "patient": {
            "clientUserId": CANARY,
            "demographics": {
                "firstName": WORD, "lastName": WORD, "email": format!("{KEY_CANARY}@clinic.ca"),
                "phoneNumber": "+16025550123", "gender": "female", "dob": "1986-03-09",
            },
        },
        "address": {
            "firstLine": format!("1 {WORD} Street"), "city": "Phoenix", "state": "AZ", "zip": "85004", "accessNotes": CANARY,
        },
        "tests": [TEST], "clinicalNotes": CANARY,
    })
}

impl Stage {
    pub(super) async fn play_orders(&mut self, simulator: &TestSimulator) {
        let arranged = simulator.control(Method::PUT, "junction", scene()).await;
        assert_eq!(arranged.status, 204, "{arranged:?}");
        self.play_placing().await;
        let placed = self.placed("first").await;
        let (_, slots) = self
            .about(&placed, "slots", &json!({}), Some(Code::RequisitionPending))
            .await;
        assert!(slots["errors"].is_array());
        self.read(&format!("{placed}/results"), Some(Code::ResultsNotReady))
            .await;
        turn(simulator, json!({"advanceSecs": 60})).await;
        let slots = self.slots(&placed).await;
        let book = |slot: &Value| json!({"slot": slot, "notes": CANARY});
        let forged = book(&json!(format!("k1.20418.{KEY_CANARY}")));
        self.about(&placed, "visit", &forged, Some(Code::SlotForeign)).await;
        next(simulator, "slot_taken").await;
        self.about(&placed, "visit", &book(&slots[5]), Some(Code::SlotTaken))
            .await;
        next(simulator, "reset").await;
        self.about(&placed, "visit", &book(&slots[5]), Some(Code::OutcomeUnknown))
            .await;
        let moving = json!({"slot": slots[6]});
        self.about(&placed, "visit/reschedule", &moving, Some(Code::NotReschedulable))
            .await;
        self.about(&placed, "visit", &book(&slots[5]), None).await;
        self.about(&placed, "visit", &book(&slots[6]), Some(Code::VisitActive))
            .await;
        let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(3);
        step(
            simulator,
            &placed,
            "provider_moves",
            json!({"startAt": soon.to_string()}),
        )
        .await;
        self.about(&placed, "cancel", &json!({}), Some(Code::LateCancellation))
            .await;
        self.play_expiry(simulator, &placed).await;
        step(simulator, &placed, "draw", json!({})).await;
        step(simulator, &placed, "final", json!({})).await;
        self.read(&format!("{placed}/results"), None).await;
        self.about(&placed, "cancel", &json!({}), Some(Code::NotCancellable))
            .await;
        let event = self.client.post(self.url(&format!("/junction/webhooks/{WEBHOOK}")));
        let event = event.header("svix-id", KEY_CANARY).body(CANARY);
        self.send(Some(Code::WebhookUnverified), event).await;
    }

    async fn play_placing(&mut self) {
        let mut named = order();
        named["patient"]["demographics"]["firstName"] = CANARY.into();
        let mut boxed = order();
        boxed["address"]["firstLine"] = format!("PO Box {WORD}").into();
        let mut young = order();
        young["patient"]["demographics"]["dob"] = "2015-03-09".into();
        let mut remote = order();
        remote["address"]["zip"] = "99501".into();
        for (code, body) in [
            (Code::NameNotOrderable, named),
            (Code::AddressIncomplete, boxed),
            (Code::PatientIsMinor, young),
            (Code::AreaNotServed, remote),
        ] {
            let placing = self.placing(&body).header("idempotency-key", code.as_str());
            self.send(Some(code), placing).await;
        }
        let placing = self.placing(&order());
        self.send(Some(Code::IdempotencyKeyRequired), placing).await;
        let placing = self.placing(&order()).header("idempotency-key", KEY_CANARY);
        self.send(None, placing).await;
        let mut changed = order();
        changed["priority"] = true.into();
        let placing = self.placing(&changed).header("idempotency-key", KEY_CANARY);
        self.send(Some(Code::IdempotencyConflict), placing).await;
    }

    async fn play_expiry(&mut self, simulator: &TestSimulator, placed: &str) {
        let behaviour = json!({"slots": {"keyLifeSecs": -86400}});
        let control = simulator.control(Method::PUT, "junction/orders-behaviour", behaviour);
        assert!(matches!(control.await.status, 200 | 204));
        let slots = self.slots(placed).await;
        let moving = json!({"slot": slots[7]});
        self.about(placed, "visit/reschedule", &moving, Some(Code::SlotExpired))
            .await;
    }

    /// The path of a new order.
    async fn placed(&mut self, key: &str) -> String {
        let (id, placing) = self.with_id(self.placing(&order()).header("idempotency-key", key));
        let answer = Answer::of(placing.send().await.unwrap()).await;
        let path = format!("/v1/junction/orders/{}", answer.json()["orderId"].as_str().unwrap());
        self.keep(None, id, answer);
        path
    }

    async fn slots(&mut self, order: &str) -> Vec<Value> {
        let (_, document) = self.about(order, "slots", &json!({}), None).await;
        let days = document["days"].as_array().unwrap().iter();
        days.flat_map(|day| day["slots"].as_array().unwrap())
            .map(|slot| slot["slot"].clone())
            .collect()
    }

    async fn about(&mut self, order: &str, tail: &str, body: &Value, code: Option<Code>) -> (u16, Value) {
        let request = Self::of_team(self.client.post(self.url(&format!("{order}/{tail}"))));
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let (id, request) = self.with_id(request);
        let answer = Answer::of(request.send().await.unwrap()).await;
        let said = (answer.status, answer.json());
        self.keep(code, id, answer);
        said
    }

    async fn read(&mut self, path: &str, code: Option<Code>) {
        let request = Self::of_team(self.client.get(self.url(path)));
        self.send(code, request).await;
    }

    fn of_team(request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(key(TENANT)).header("x-junction-team", "cardio")
    }

    fn placing(&self, body: &Value) -> RequestBuilder {
        let request = self.client.post(self.url("/v1/junction/orders"));
        let request = request.bearer_auth(key(TENANT));
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }
}

async fn next(simulator: &TestSimulator, what: &str) {
    let control = simulator.control(Method::PUT, "junction/next", json!({"book": what}));
    assert_eq!(control.await.status, 204);
}

async fn turn(simulator: &TestSimulator, clock: Value) {
    let control = simulator.control(Method::PUT, "clock", clock);
    assert!(matches!(control.await.status, 200 | 204));
}

async fn step(simulator: &TestSimulator, order: &str, step: &str, body: Value) {
    let id = order.rsplit('/').next().unwrap();
    let path = format!("junction/orders/{id}/{step}");
    let control = simulator.control(Method::POST, &path, body).await;
    assert!(matches!(control.status, 200 | 204), "{control:?}");
}
