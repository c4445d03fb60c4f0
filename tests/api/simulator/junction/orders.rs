//! Orders: placing them, reading and listing them, cancelling them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    desk::{Desk, TEST, order, refused},
    scene::{MEMBER, NOBODY, OTHER_TEAM, PATIENT, places, send},
};
use crate::helpers::{with, without};

/// The same with one member of a member changed.
fn within(mut body: Value, place: &str, value: impl Into<Value>) -> Value {
    *body.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = value.into();
    body
}

#[actix_web::test]
async fn an_order_shows_what_it_was_placed_with_and_gets_a_requisition_in_time() {
    let desk = Desk::open().await;
    let placed = desk.post("/v3/order", order()).await;
    placed.is_launched();
    let placed = placed.json();
    assert_eq!(placed["status"], "SUCCESS");
    let shown = &placed["order"];
    assert_eq!(shown["patient_details"]["dob"], "1986-03-09T00:00:00+00:00");
    assert_eq!(shown["patient_address"], order()["patient_address"]);
    assert_eq!(
        shown["lab_test"]["markers"][0]["aoe"]["questions"][0]["id"],
        1_234_567_890_251_u64
    );
    assert_eq!(shown["details"]["type"], "at_home_phlebotomy");
    assert_eq!(shown["details"]["data"]["appointment_id"], Value::Null);
    let id = shown["id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/v3/order/{id}")).await, *shown);
    let state = desk.junction.state().await;
    assert_eq!(state["orders"][1]["placed"]["creator_member_id"], MEMBER);

    assert_eq!(desk.status(id).await, "ordered");
    let pdf = format!("/v3/order/{id}/requisition/pdf");
    assert_eq!(desk.call(Method::GET, &pdf, Value::Null).await.status, 404);
    desk.advance(31).await;
    assert_eq!(desk.status(id).await, "requisition_created");
    let pdf = desk.call(Method::GET, &pdf, Value::Null).await;
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    assert!(pdf.text.starts_with("%PDF-"), "{pdf:?}");
}

#[actix_web::test]
async fn an_order_is_refused_with_the_place_of_each_error() {
    let desk = Desk::open().await;
    let place = |body| desk.post("/v3/order", body);
    let rows = [
        ("/patient_details/first_name", json!("Élodie"), "an accent"),
        (
            "/patient_details/last_name",
            json!("O’Connor"),
            "a typographic apostrophe",
        ),
        (
            "/patient_details/phone_number",
            json!("6025550123"),
            "a national number",
        ),
        ("/patient_address/state", json!("Arizona"), "a state in full"),
        ("/patient_address/zip", json!("850041234"), "a ZIP without its hyphen"),
        ("/patient_address/access_notes", json!("é".repeat(1001)), "long notes"),
        ("/collection_method", json!("at_home"), "an unknown method"),
        ("/order_set/lab_test_ids/0", json!("lipids"), "a test by its name"),
    ];
    for (pointer, value, reason) in rows {
        let answer = place(within(order(), pointer, value)).await;
        let steps = pointer.split('/').skip(1);
        let mut expected = vec![json!("body")];
        expected.extend(steps.map(|step| step.parse::<u64>().map_or_else(|_| json!(step), Value::from)));
        assert_eq!(places(&answer), json!([expected]), "{reason}");
    }
    let rows = [
        (
            with(order(), "user_id", NOBODY),
            (404, "User not found"),
            "an unknown patient",
        ),
        (
            within(order(), "/patient_details/phone_number", "+15551234567"),
            (400, "Phone number is not correct"),
            "a number that is nowhere",
        ),
        (
            within(order(), "/patient_details/dob", "2015-01-01"),
            (400, "Patient must be at least 18 years old for at-home phlebotomy"),
            "a child",
        ),
        (
            without(order(), &["aoe_answers"]),
            (400, "Answers to required AOE questions are missing"),
            "a question that is left open",
        ),
        (
            with(
                order(),
                "order_set",
                json!({"lab_test_ids": [TEST, "7c0e4d2b-51aa-4f7e-b3c6-0d9a8e5f1b33"]}),
            ),
            (400, "cannot order lab_tests from multiple labs"),
            "two labs",
        ),
        (
            with(order(), "creator_member_id", NOBODY),
            (400, "creator_member_id is not a member of this team"),
            "a creator from elsewhere",
        ),
    ];
    for (body, (status, text), reason) in rows {
        let answer = place(body).await;
        assert_eq!(refused(&answer), (status, text.to_owned()), "{reason}");
    }
    let state = desk.junction.state().await;
    assert_eq!(state["orders"].as_array().unwrap().len(), 1, "none of them was placed");
}

#[actix_web::test]
async fn a_key_repeats_its_first_response_for_a_day() {
    let desk = Desk::open().await;
    let bad = within(order(), "/patient_details/phone_number", "+15551234567");
    let (status, first) = desk.keyed("a", None, order()).await;
    assert_eq!(status, 200);
    assert_eq!(desk.keyed("a", None, order()).await, (200, first.clone()));
    assert_eq!(
        desk.keyed("a", None, bad.clone()).await,
        (200, first.clone()),
        "whatever the body"
    );
    assert_ne!(desk.keyed("b", None, order()).await.1, first, "another key");

    assert_eq!(desk.keyed("c", None, bad.clone()).await.0, 400);
    assert_eq!(desk.keyed("c", None, order()).await.0, 400, "failures are repeated too");
    assert_eq!(desk.keyed("d", Some("no-cache"), bad).await.0, 400);
    assert_eq!(
        desk.keyed("d", Some("no-cache"), order()).await.0,
        200,
        "unless that is refused"
    );
    let invalid = without(order(), &["user_id"]);
    assert_eq!(desk.keyed("e", None, invalid).await.0, 422);
    assert_eq!(
        desk.keyed("e", None, order()).await.0,
        200,
        "invalid input is never kept"
    );

    desk.advance(24 * 60 * 60).await;
    assert_ne!(desk.keyed("a", None, order()).await.1, first, "the day is over");
}

#[actix_web::test]
async fn orders_are_listed_by_patient_kind_status_id_and_time() {
    let desk = Desk::open().await;
    let early = desk.ready().await;
    let now = desk.control(Method::GET, "clock", Value::Null).await.json()["now"].clone();
    desk.advance(60).await;
    let late = desk.place().await;
    let list = async |query: String| {
        let found = desk.get(&format!("/v3/orders?{query}")).await;
        let orders = found["orders"].as_array().unwrap().iter();
        let ids: Vec<_> = orders.map(|order| order["id"].as_str().unwrap().to_owned()).collect();
        (
            ids,
            found["total"].clone(),
            found["page"].clone(),
            found["size"].clone(),
        )
    };
    let ids = async |query: String| list(query).await.0;
    assert_eq!(
        list(format!("user_id={PATIENT}&size=1")).await,
        (vec![late.clone()], json!(3), json!(1), json!(1)),
        "the newest is first"
    );
    let only_early = std::slice::from_ref(&early);
    assert_eq!(ids("size=1&page=2".to_owned()).await, only_early);
    assert_eq!(
        ids("status=requisition_created&order_type=at_home_phlebotomy".to_owned()).await,
        only_early
    );
    assert_eq!(
        ids("status=requisition_created&status=ordered".to_owned()).await.len(),
        3
    );
    assert_eq!(ids("order_type=walk_in_test".to_owned()).await, [""; 0]);
    assert_eq!(ids(format!("order_ids={early}&order_ids={NOBODY}")).await, only_early);
    assert_eq!(
        ids(format!("updated_start_date={}", now.as_str().unwrap())).await,
        [late]
    );
    assert_eq!(ids(format!("user_id={NOBODY}")).await, [""; 0]);
    let wrong = desk.call(Method::GET, "/v3/orders?page=0", Value::Null).await;
    assert_eq!(places(&wrong), json!([["query", "page"]]));

    let elsewhere = desk.junction.token(OTHER_TEAM, "sandbox").await;
    let found = desk
        .junction
        .call(&elsewhere, Method::GET, "/v3/orders", Value::Null)
        .await;
    assert_eq!(found.json()["orders"], json!([]), "another team's");
}

#[actix_web::test]
async fn cancelling_an_order_cancels_its_visit_and_is_not_possible_after_results() {
    let desk = Desk::open().await;
    let id = desk.ready().await;
    desk.book(&id, &desk.keys().await[0]).await.is_launched();
    let path = format!("/v3/order/{id}/cancel");
    let cancelled = desk.post(&path, Value::Null).await;
    cancelled.is_launched();
    assert_eq!(
        cancelled.json()["order"]["last_event"]["status"],
        "cancelled.at_home_phlebotomy.cancelled"
    );
    let visit = desk.visit(Method::GET, &id, "", Value::Null).await.json();
    assert_eq!(
        (&visit["status"], &visit["event_status"]),
        (&json!("cancelled"), &json!("cancelled"))
    );
    let again = desk.post(&path, Value::Null).await;
    let expected = json!({
        "error": "Bad Request", "message": "Transition from cancelled to cancelled is not allowed", "status_code": 400,
    });
    assert_eq!((again.status, again.json()), (400, expected));
}

#[actix_web::test]
async fn unknown_orders_are_refused_in_the_words_of_each_operation() {
    let desk = Desk::open().await;
    let rows = [
        (Method::GET, "", "This order doesn't exist"),
        (Method::GET, "/requisition/pdf", "This order doesn't exist"),
        (Method::POST, "/cancel", "Order doesn't exist"),
        (Method::POST, "/test", "Order doesn't exist"),
        (Method::GET, "/result", "Order not found"),
        (Method::GET, "/result/metadata", "Order not found"),
        (Method::GET, "/result/pdf", "Order not found"),
        (Method::GET, "/phlebotomy/appointment", "This order doesn't exist."),
    ];
    for (method, tail, text) in rows {
        let answer = desk
            .call(method, &format!("/v3/order/{NOBODY}{tail}"), Value::Null)
            .await;
        assert_eq!(refused(&answer), (404, text.to_owned()), "{tail}");
    }
}

#[actix_web::test]
async fn tests_at_home_are_listed_apart_with_their_questions() {
    let desk = Desk::open().await;
    let all = desk.get("/v3/lab_test").await;
    assert_eq!(all["data"].as_array().unwrap().len(), 3);
    let path = "/v3/lab_test?collection_method=at_home_phlebotomy&status=active";
    let at_home = desk.get(path).await;
    let methods: Vec<_> = at_home["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|test| &test["method"])
        .collect();
    assert_eq!(methods, ["at_home_phlebotomy", "at_home_phlebotomy"]);
    let first = desk.get(&format!("{path}&lab_test_limit=1")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = desk.get(&format!("{path}&lab_test_limit=1&next_cursor={cursor}")).await;
    assert_eq!(second["data"][0], at_home["data"][1]);
    assert_eq!(second["next_cursor"], Value::Null);

    assert_eq!(desk.get(&format!("/v3/lab_tests/{TEST}")).await, at_home["data"][0]);
    let markers = desk.get(&format!("/v3/lab_tests/{TEST}/markers?size=1")).await;
    assert_eq!((&markers["total"], &markers["pages"]), (&json!(2), &json!(2)));
    assert_eq!(markers["markers"][0]["aoe"]["questions"][0]["required"], true);
    assert!(markers["markers"][0]["price"].is_string());
}

#[actix_web::test]
async fn an_order_of_the_app_is_complete() {
    let desk = Desk::open().await;
    let url = desk.junction.url("order_creation", "feature_embed").await;
    let page = desk.junction.open(&url, None).await.text;
    let (_, rest) = page.split_once("data-page=\"").unwrap();
    let (key, _) = rest.split_once('"').unwrap();
    let request = desk.junction.request(Method::POST, "/junction/ehr/orders");
    let created = send(request, json!({"page": key, "user_id": PATIENT})).await.json();
    let id = created["order_id"].as_str().unwrap();
    desk.advance(31).await;
    assert_eq!(desk.history(id).await, ["ordered", "requisition_created"]);
    desk.book(id, &desk.keys().await[0]).await.is_launched();
}

#[actix_web::test]
async fn the_journal_names_what_an_order_says_and_keeps_none_of_it() {
    let desk = Desk::open().await;
    desk.place().await;
    let journal = desk.control(Method::GET, "junction/journal", Value::Null).await;
    for secret in ["O'Connor", "1986", "zoe@example.com", "Main St"] {
        assert!(!journal.text.contains(secret), "{secret}");
    }
    let journal = journal.json();
    let entry = &journal.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&entry["operation"], &entry["status"]),
        (&json!("create_order"), &json!(200))
    );
    assert_eq!(entry["body"], Value::Null);
    assert_eq!(entry["ids"]["/user_id"], PATIENT);
    let members = entry["members"].as_array().unwrap();
    assert!(members.contains(&json!("/patient_address/second_line")), "{members:?}");
}
