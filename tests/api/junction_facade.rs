//! Junction's own clients, whose calls go through the gateway under the rules of all orders.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, HOST_KEY, Launch,
    junction::{FOREIGN_ORDER, OPEN, ORDER, PATIENT, TEAM},
    orders::{EVERYTHING, OrderStage, TEST},
};

const KEY: &str = "x-vital-api-key";

/// The stage of a host that Junction's own clients may use.
struct Facade(OrderStage);

impl Facade {
    async fn open() -> Self {
        Self(OrderStage::with(&format!("{EVERYTHING}\njunction_api = true"), OPEN).await)
    }

    fn request(&self, method: Method, path: &str) -> Launch<'_> {
        let path = format!("/junction-api/t/cardio/{path}");
        self.0.stage.app.request(method, &path).header(KEY, HOST_KEY)
    }

    async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send_unchecked().await
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.request(method, path).json(body).send_unchecked().await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// The path of an order that was just placed, and has its requisition.
    async fn placed(&self) -> String {
        let answer = self.post("v3/order", &order()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.0.advance(60).await;
        format!("v3/order/{}", answer.json()["order"]["id"].as_str().unwrap())
    }

    /// The times that are offered, in order.
    async fn slots(&self) -> Vec<Value> {
        let answer = self
            .post("v3/order/phlebotomy/appointment/availability", &address())
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let days = answer.json()["slots"].as_array().unwrap().clone();
        days.iter()
            .flat_map(|day| day["slots"].as_array().unwrap().clone())
            .collect()
    }

    /// What goes wrong with the next call of this name.
    async fn next(&self, call: &str, what: &str) {
        let junction = &self.0.stage.junction;
        let answer = junction
            .control(Method::PUT, "junction/next", json!({call: what}))
            .await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    async fn orders(&self) -> usize {
        // Two are there from the beginning.
        self.0.stage.state().await["orders"].as_array().unwrap().len() - 2
    }
}

impl Answer {
    #[track_caller]
    fn is_told(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{self:?}");
        assert!(!self.json()["detail"].is_null(), "{self:?}");
        assert!(self.json()["requestId"].is_string(), "{self:?}");
        self
    }
}

fn address() -> Value {
    json!({"first_line": "1 West Lincoln Street", "city": "Phoenix", "state": "AZ", "zip_code": "85004"})
}

fn order() -> Value {
    json!({
        "user_id": PATIENT,
        "patient_details": {"first_name": "Zoe", "last_name": "O'Connor", "dob": "1986-03-09", "gender": "female",
            "phone_number": "+16025550123", "email": "zoe@example.com"},
        "patient_address": {"receiver_name": "Zoe O'Connor", "first_line": "1 West Lincoln Street", "city": "Phoenix",
            "state": "AZ", "zip": "85004", "country": "US"},
        "order_set": {"lab_test_ids": [TEST]},
    })
}

fn booking(slot: &Value) -> Value {
    json!({"booking_key": slot["booking_key"]})
}

#[actix_web::test]
async fn an_order_goes_from_its_patient_to_its_cancellation() {
    let facade = Facade::open().await;
    let user = facade.post("v2/user", &json!({"client_user_id": "somebody-new"})).await;
    assert_eq!(
        (user.status, user.json()["team_id"].as_str()),
        (200, Some(TEAM)),
        "{user:?}"
    );
    let found = facade.get("v2/user/resolve/somebody-new").await;
    assert_eq!(found.json()["user_id"], user.json()["user_id"]);
    let user = facade.get(&format!("v2/user/{PATIENT}")).await;
    assert_eq!(user.json()["client_user_id"], "patient123");
    assert_eq!(facade.get("v3/order/area/info?zip_code=85004").await.status, 200);
    assert_eq!(facade.get("v3/lab_test?lab_test_limit=5").await.status, 200);
    assert_eq!(facade.get(&format!("v3/lab_tests/{TEST}/markers")).await.status, 200);

    let path = facade.placed().await;
    let visit = format!("{path}/phlebotomy/appointment");
    let slots = facade.slots().await;
    let booked = facade.post(&format!("{visit}/book"), &booking(&slots[20])).await;
    assert_eq!(
        (booked.status, &booked.json()["start_at"]),
        (200, &slots[20]["start"]),
        "{booked:?}"
    );
    let moved = facade
        .send(Method::PATCH, &format!("{visit}/reschedule"), &booking(&slots[21]))
        .await;
    assert_eq!(
        (moved.status, &moved.json()["start_at"]),
        (200, &slots[21]["start"]),
        "{moved:?}"
    );
    assert_eq!(facade.get(&visit).await.json()["start_at"], slots[21]["start"]);

    let reasons = facade.get("v3/order/phlebotomy/appointment/cancellation-reasons").await;
    let cancellation = json!({"cancellation_reason_id": reasons.json()[0]["id"], "notes": null});
    let cancelled = facade
        .send(Method::PATCH, &format!("{visit}/cancel"), &cancellation)
        .await;
    assert_eq!(
        (cancelled.status, &cancelled.json()["status"]),
        (200, &json!("cancelled")),
        "{cancelled:?}"
    );
    let again = facade
        .send(Method::PATCH, &format!("{visit}/cancel"), &cancellation)
        .await;
    assert_eq!(again.status, 200, "{again:?}");
    let cancelled = facade
        .request(Method::POST, &format!("{path}/cancel"))
        .send_unchecked()
        .await;
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    let again = facade
        .request(Method::POST, &format!("{path}/cancel"))
        .send_unchecked()
        .await;
    assert_eq!(
        (again.status, &again.json()["order"]["id"]),
        (200, &cancelled.json()["order"]["id"])
    );
    let listed = facade.get(&format!("v3/orders?user_id={PATIENT}")).await;
    assert_eq!(listed.status, 200, "{listed:?}");
    assert!(!listed.json()["orders"].as_array().unwrap().is_empty());
}

#[actix_web::test]
async fn what_comes_back_is_what_junction_sent_but_for_one_url() {
    let facade = Facade::open().await;
    let path = facade.placed().await;
    let read = facade.get(&path).await;
    assert_eq!(read.header("cache-control"), Some("no-store"));
    let mut order = read.json();
    assert!(order["lab_test"].is_object(), "{order}");
    order["a_member_of_tomorrow"] = json!({"price": 1.50, "id": 1_234_567_890_251_i64});
    let mut sent = order.clone();
    sent["requisition_form_url"] = "https://storage.example/requisition?signature=s".into();
    facade
        .0
        .stage
        .fault("get_order", json!({"status": 200, "body": sent.to_string()}))
        .await;
    let read = facade.get(&path).await;
    assert_eq!(read.json(), order);
    assert!(!read.text.contains("signature"), "{read:?}");
}

#[actix_web::test]
async fn only_hosts_with_a_key_that_are_granted_it_are_served() {
    let without = OrderStage::with(EVERYTHING, OPEN).await;
    let asked = without.stage.app.request(Method::GET, "/junction-api/v3/lab_test");
    let off = asked.header(KEY, HOST_KEY).send_unchecked().await;
    off.is_told(403, "endpoint_denied");
    let reader = Facade(OrderStage::with("junction_orders = [\"read\"]\njunction_api = true", OPEN).await);
    reader.post("v3/order", &order()).await.is_told(403, "endpoint_denied");
    assert_eq!(reader.get(&format!("v3/order/{ORDER}")).await.status, 200);

    let facade = Facade::open().await;
    let app = &facade.0.stage.app;
    let path = "/junction-api/t/cardio/v3/lab_test";
    let nobody = app.request(Method::GET, path).send_unchecked().await;
    nobody.is_told(401, "host_unauthenticated");
    let other_header = app
        .request(Method::GET, path)
        .header("authorization", format!("Bearer {HOST_KEY}"));
    other_header.send_unchecked().await.is_told(401, "host_unauthenticated");
    let both = facade
        .request(Method::GET, "v3/lab_test")
        .header("authorization", "Bearer x");
    both.send_unchecked().await.is_told(401, "host_unauthenticated");
    let wrong = app.request(Method::GET, path).header(KEY, "egw_wrong");
    wrong.send_unchecked().await.is_told(401, "host_unauthenticated");
    let elsewhere = facade
        .0
        .request(Method::GET, "/v1/junction/tests")
        .header(KEY, HOST_KEY);
    elsewhere.send().await.is_refused(400, "reserved_header");
}

#[actix_web::test]
async fn what_is_not_served_is_not_found_and_counted() {
    let facade = Facade::open().await;
    for (method, path) in [
        (Method::DELETE, format!("v2/user/{PATIENT}")),
        (Method::POST, "v2/link/token".to_owned()),
        (Method::POST, "v3/order/import".to_owned()),
        (Method::GET, "v3/lab_tests".to_owned()),
        (Method::GET, format!("v3/order/{ORDER}/labels/pdf")),
        (Method::PUT, format!("v3/order/{ORDER}")),
    ] {
        let answer = facade.request(method, &path).send_unchecked().await;
        answer.is_told(404, "not_found");
        assert_eq!(answer.json()["detail"], "Not Found", "{path}");
    }
    let metrics = facade.0.stage.app.admin("/metrics").await.text;
    let counted = metrics
        .lines()
        .find(|line| line.contains("junction/api") && line.contains("not_found"));
    assert!(counted.is_some_and(|line| line.ends_with(" 6")), "{counted:?}");
    assert!(facade.0.stage.calls().await.is_empty());
}

#[actix_web::test]
async fn a_booking_that_fails_after_it_was_made_is_found_again() {
    for what in ["done_but_500", "done_but_503", "done_but_reset"] {
        let facade = Facade::open().await;
        let path = facade.placed().await;
        let slots = facade.slots().await;
        let (call, booking) = (format!("{path}/phlebotomy/appointment/book"), booking(&slots[20]));
        facade.next("book", what).await;
        let first = facade.post(&call, &booking).await;
        let again = facade.post(&call, &booking).await;
        assert_eq!((first.status, again.status), (200, 200), "{what}: {first:?} {again:?}");
        assert_eq!(first.json()["id"], again.json()["id"], "{what}");
        assert_eq!(first.json()["start_at"], slots[20]["start"], "{what}");
        assert_eq!(facade.0.count("book_appointment").await, 1, "{what}");
    }
}

#[actix_web::test]
async fn a_time_that_is_gone_is_told_without_being_asked_for_again() {
    for what in ["slot_taken", "key_expired", "slot_taken_500"] {
        let facade = Facade::open().await;
        let path = facade.placed().await;
        let slots = facade.slots().await;
        facade.next("book", what).await;
        let call = format!("{path}/phlebotomy/appointment/book");
        facade
            .post(&call, &booking(&slots[20]))
            .await
            .is_told(400, "slot_taken");
        assert_eq!(facade.0.count("book_appointment").await, 1, "{what}");
    }
}

#[actix_web::test]
async fn two_bookings_at_once_make_one_visit() {
    let facade = Facade::open().await;
    let path = facade.placed().await;
    let slots = facade.slots().await;
    let call = format!("{path}/phlebotomy/appointment/book");
    for round in 0..5 {
        let (one, other) = (booking(&slots[20 + round]), booking(&slots[40 + round]));
        let (one, other) = tokio::join!(facade.post(&call, &one), facade.post(&call, &other));
        let statuses = [one.status, other.status];
        assert!(matches!(statuses, [200, 400] | [400, 200]), "{one:?} {other:?}");
        let reasons = facade
            .get("v3/order/phlebotomy/appointment/cancellation-reasons")
            .await
            .json();
        let cancellation = json!({"cancellation_reason_id": reasons[0]["id"], "notes": null});
        let cancel = facade.request(Method::PATCH, &format!("{path}/phlebotomy/appointment/cancel"));
        let cancel = cancel.header("x-gateway-accept-late-fee", "true").json(&cancellation);
        assert_eq!(cancel.send_unchecked().await.status, 200);
    }
}

#[actix_web::test]
async fn the_same_bytes_are_the_same_order_for_some_minutes() {
    let facade = Facade::open().await;
    let (one, other) = (order(), order());
    let (one, other) = tokio::join!(facade.post("v3/order", &one), facade.post("v3/order", &other));
    assert_eq!((one.status, other.status), (200, 200), "{one:?} {other:?}");
    assert_eq!(one.json()["order"]["id"], other.json()["order"]["id"]);
    assert!(other.json()["order"]["lab_test"].is_object(), "{other:?}");
    assert!(other.json()["status"].is_string() && other.json()["message"].is_string());
    let mut changed = order();
    changed["clinical_notes"] = "changed".into();
    let changed = facade.post("v3/order", &changed).await;
    assert_ne!(changed.json()["order"]["id"], one.json()["order"]["id"]);
    assert_eq!(facade.orders().await, 2);

    let earlier = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(6);
    let junction = &facade.0.stage.junction;
    junction
        .control(Method::PUT, "clock", json!({"now": earlier.to_string()}))
        .await;
    let mut later = order();
    later["clinical_notes"] = "as before".into();
    let first = facade.post("v3/order", &later).await;
    let second = facade.post("v3/order", &later).await;
    assert_eq!((first.status, second.status), (200, 200), "{first:?} {second:?}");
    assert_ne!(first.json()["order"]["id"], second.json()["order"]["id"]);
}

#[actix_web::test]
async fn a_clients_own_key_decides_which_order_it_is() {
    let facade = Facade::open().await;
    let place = async |key: &str, body: &Value| {
        let request = facade
            .request(Method::POST, "v3/order")
            .header("x-idempotency-key", key);
        request.json(body).send_unchecked().await
    };
    let first = place("k1", &order()).await;
    let again = place("k1", &order()).await;
    let other = place("k2", &order()).await;
    assert_eq!(
        first.json()["order"]["id"],
        again.json()["order"]["id"],
        "{first:?} {again:?}"
    );
    assert_ne!(first.json()["order"]["id"], other.json()["order"]["id"], "{other:?}");
    let mut changed = order();
    changed["clinical_notes"] = "changed".into();
    place("k1", &changed).await.is_told(400, "idempotency_conflict");
}

#[actix_web::test]
async fn an_order_that_fails_after_it_was_made_is_found_again() {
    for what in ["done_but_500", "done_but_503", "done_but_reset", "reset"] {
        let facade = Facade::open().await;
        facade.next("place", what).await;
        let first = facade.post("v3/order", &order()).await;
        let again = facade.post("v3/order", &order()).await;
        assert_eq!((first.status, again.status), (200, 200), "{what}: {first:?} {again:?}");
        assert_eq!(first.json()["order"]["id"], again.json()["order"]["id"], "{what}");
        assert_eq!(facade.orders().await, 1, "{what}");
    }
}

#[actix_web::test]
async fn what_the_laboratory_would_refuse_is_told_by_junctions_names() {
    let facade = Facade::open().await;
    let rows = [
        ("patient_details", "first_name", "Élodie", "name_not_orderable"),
        ("patient_details", "dob", "2010-01-01", "patient_is_minor"),
        ("patient_address", "first_line", "PO Box 7", "address_incomplete"),
        ("patient_address", "zip", "850041234", "invalid_request"),
    ];
    for (object, name, value, code) in rows {
        let mut body = order();
        body[object][name] = value.into();
        let answer = facade.post("v3/order", &body).await;
        let told = answer.is_told(422, code).json();
        assert_eq!(told["detail"][0]["loc"], json!(["body", object, name]), "{told}");
    }
    for (query, place) in [
        ("page=1", "user_id"),
        ("user_id=44444444-4444-4444-8444-444444444444&search_input=zoe", "*"),
        ("user_id=44444444-4444-4444-8444-444444444444&patient_name=zoe", "*"),
    ] {
        let answer = facade.get(&format!("v3/orders?{query}")).await;
        let told = answer.is_told(422, "invalid_request").json();
        assert_eq!(told["detail"][0]["loc"], json!(["query", place]), "{told}");
    }
    assert!(facade.0.stage.calls().await.is_empty());
}

#[actix_web::test]
async fn a_rule_is_told_with_a_status_that_no_client_repeats() {
    let facade = Facade::open().await;
    let mut elsewhere = order();
    elsewhere["patient_address"]["zip"] = "99501".into();
    facade
        .post("v3/order", &elsewhere)
        .await
        .is_told(400, "area_not_served");

    let placed = facade.post("v3/order", &order()).await.json();
    let path = format!("v3/order/{}", placed["order"]["id"].as_str().unwrap());
    let visit = format!("{path}/phlebotomy/appointment");
    let slots = facade.slots().await;
    let early = facade.post(&format!("{visit}/book"), &booking(&slots[0])).await;
    early.is_told(400, "requisition_pending");
    facade
        .get(&format!("{path}/result"))
        .await
        .is_told(404, "results_not_ready");
    facade
        .get(&format!("{path}/result/pdf"))
        .await
        .is_told(404, "results_not_ready");
    facade.get(&visit).await.is_told(404, "junction_not_found");
    facade.0.advance(60).await;
    let slots = facade.slots().await;
    assert_eq!(
        facade.post(&format!("{visit}/book"), &booking(&slots[0])).await.status,
        200
    );
    let second = facade.post(&format!("{visit}/book"), &booking(&slots[30])).await;
    second.is_told(400, "visit_active");
    let reasons = facade
        .get("v3/order/phlebotomy/appointment/cancellation-reasons")
        .await
        .json();
    let cancellation = json!({"cancellation_reason_id": reasons[0]["id"], "notes": null});
    let call = format!("{visit}/cancel");
    let unpaid = facade.send(Method::PATCH, &call, &cancellation).await;
    unpaid.is_told(400, "late_cancellation");
    let unknown = json!({"cancellation_reason_id": ORDER, "notes": null});
    let paid = |body: &Value| {
        let request = facade.request(Method::PATCH, &call).json(body);
        request.header("x-gateway-accept-late-fee", "true").send_unchecked()
    };
    let told = paid(&unknown).await.is_told(422, "invalid_request").json();
    assert_eq!(told["detail"][0]["loc"], json!(["body", "cancellation_reason_id"]));
    assert_eq!(paid(&cancellation).await.status, 200);
}

#[actix_web::test]
async fn orders_and_patients_of_other_teams_are_not_there() {
    let facade = Facade::open().await;
    let path = format!("v3/order/{FOREIGN_ORDER}");
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::GET, format!("{path}/result")),
        (Method::POST, format!("{path}/cancel")),
    ] {
        let answer = facade.request(method, &path).send_unchecked().await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    let mut body = order();
    body["user_id"] = "44444444-4444-4444-8444-444444444446".into();
    let answer = facade.post("v3/order", &body).await;
    assert_eq!(answer.status, 404, "{answer:?}");
    assert_eq!(facade.orders().await, 0);
    let app = &facade.0.stage.app;
    let nowhere = app
        .request(Method::GET, "/junction-api/v3/lab_test")
        .header(KEY, HOST_KEY);
    let told = nowhere.send_unchecked().await.is_told(422, "invalid_request").json();
    assert_eq!(told["detail"][0]["loc"], json!(["path", "team"]));
}

#[actix_web::test]
async fn documents_are_passed_on_as_they_come() {
    let facade = Facade::open().await;
    let path = facade.placed().await;
    let pdf = facade.get(&format!("{path}/requisition/pdf")).await;
    assert_eq!(
        (pdf.status, pdf.header("content-type")),
        (200, Some("application/pdf")),
        "{pdf:?}"
    );
    assert!(pdf.text.starts_with("%PDF"));
}

#[actix_web::test]
async fn trouble_at_junction_is_told_without_being_repeated() {
    let facade = Facade::open().await;
    let path = facade.placed().await;
    let slots = facade.slots().await;
    facade
        .0
        .stage
        .fault("get_appointment", json!({"status": 500, "count": 20}))
        .await;
    let call = format!("{path}/phlebotomy/appointment/book");
    let answer = facade.post(&call, &booking(&slots[20])).await;
    assert_eq!(answer.status, 424, "{answer:?}");
    assert_eq!(facade.0.count("book_appointment").await, 0);
}

#[actix_web::test]
async fn every_form_of_error_of_junctions_has_a_code_and_a_request() {
    let facade = Facade::open().await;
    let list = r#"{"detail":[{"loc":["query","name"],"msg":"no","type":"x"}]}"#;
    let rows = [
        (400, r#"{"detail":"no"}"#, 400, "upstream_rejected", Value::Null),
        (422, list, 422, "upstream_rejected", json!(["query", "name"])),
        (
            400,
            r#"{"detail":{"error_message":"no"}}"#,
            400,
            "upstream_rejected",
            Value::Null,
        ),
        (
            500,
            "<html>Internal Server Error</html>",
            424,
            "upstream_error",
            Value::Null,
        ),
        (200, "<html>", 424, "upstream_bad_body", Value::Null),
        (404, "", 404, "junction_not_found", Value::Null),
    ];
    for (status, body, expected, code, place) in rows {
        let fault = json!({"status": status, "body": body});
        facade.0.stage.fault("get_lab_tests", fault).await;
        let told = facade.get("v3/lab_test").await;
        assert_eq!(told.is_told(expected, code).json()["detail"][0]["loc"], place, "{body}");
    }
    let busy = json!({"status": 429, "headers": {"retry-after": "3600"}, "count": 3});
    facade.0.stage.fault("get_lab_tests", busy).await;
    let told = facade.get("v3/lab_test").await;
    assert!(told.is_told(503, "upstream_busy").header("retry-after").is_some());
}
