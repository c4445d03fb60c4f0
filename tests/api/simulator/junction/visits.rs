//! Visits at home: where and when they can be, and how they are booked, moved and cancelled.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, address, refused};
use crate::helpers::with;

#[actix_web::test]
async fn an_area_says_who_comes_and_how() {
    let desk = Desk::open().await;
    let rows = [
        (
            "85004",
            json!([
                ["getlabs", "appointment-ready"],
                ["phlebfinders", "appointment-request"]
            ]),
        ),
        ("54650", json!([["getlabs", "appointment-ready"]])),
        ("10001", json!([["phlebfinders", "appointment-request"]])),
        ("99999", json!([])),
    ];
    for (zip, expected) in rows {
        let area = desk.get(&format!("/v3/order/area/info?zip_code={zip}")).await;
        let phlebotomy = &area["phlebotomy"];
        let providers = phlebotomy["providers"].as_array().unwrap().iter();
        let found: Value = providers
            .map(|provider| json!([provider["name"], provider["service_types"][0]]))
            .collect();
        assert_eq!(found, expected, "{zip}");
        assert_eq!(phlebotomy["is_served"], expected != json!([]), "{zip}");
    }
    desk.behave(json!({"areaSaysTier": true})).await;
    let area = desk.get("/v3/order/area/info?zip_code=54650").await;
    let provider = &area["phlebotomy"]["providers"][0];
    assert_eq!(
        (&provider["tier"], provider.get("service_types")),
        (&json!(["appointment-ready"]), None)
    );
    let long = desk
        .call(Method::GET, "/v3/order/area/info?zip_code=85004-1234", Value::Null)
        .await;
    assert_eq!(long.status, 422);
}

#[actix_web::test]
async fn slots_are_offered_for_two_weeks_in_the_time_zone_of_the_zip() {
    let desk = Desk::open().await;
    let slots = async |zip: &str| {
        let path = "/v3/order/phlebotomy/appointment/availability?start_date=2030-07-01";
        let answer = desk.post(path, with(address(), "zip_code", zip)).await;
        answer.is_launched();
        answer.json()
    };
    let phoenix = slots("85004-1234").await;
    assert_eq!(phoenix["timezone"], "America/Phoenix");
    let days = phoenix["slots"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["date"]), (14, &json!("2030-07-01")));
    assert_eq!(days[0]["slots"][0]["start"], "2030-07-01T15:00:00.000000Z");
    assert!(phoenix.to_string().len() > 64 * 1024, "as large as Junction's");

    assert_eq!(slots("54650").await["timezone"], "America/Chicago");
    assert_eq!(slots("10001").await["slots"], json!([]), "visits are requested there");
    let settings = json!({"timeZones": {"85004": null, "54650": "UTC"}, "slots": {"times": ["06:30"], "days": 1}});
    desk.behave(settings).await;
    assert_eq!(slots("85004").await["timezone"], Value::Null);
    let utc = slots("54650").await;
    assert_eq!(utc["timezone"], "UTC");
    assert_eq!(utc["slots"][0]["slots"][0]["start"], "2030-07-01T06:30:00.000000Z");
    assert_eq!(utc["slots"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_visit_is_booked_once_there_is_a_requisition() {
    let desk = Desk::open().await;
    let id = desk.place().await;
    let none = desk.visit(Method::GET, &id, "", Value::Null).await;
    assert_eq!(refused(&none), (404, "No appointment for this order".to_owned()));
    let early = desk.book(&id, &desk.keys().await[0]).await;
    let text = "This order does not have a requisition, it's still in state ordered.";
    assert_eq!(refused(&early), (400, text.to_owned()));

    desk.advance(31).await;
    let body = json!({"booking_key": desk.keys().await[0], "appointment_notes": "Ring twice"});
    let booked = desk.visit(Method::POST, &id, "/book", body).await;
    booked.is_launched();
    let booked = booked.json();
    assert_eq!(
        (&booked["status"], &booked["event_status"]),
        (&json!("confirmed"), &json!("scheduled"))
    );
    assert_eq!(
        (&booked["provider"], &booked["can_reschedule"]),
        (&json!("getlabs"), &json!(true))
    );
    assert_eq!(booked["appointment_notes"], "Ring twice");
    assert_eq!(booked["address"]["second_line"], "Apt 4");
    assert_eq!(desk.visit(Method::GET, &id, "", Value::Null).await.json(), booked);
    let order = desk.get(&format!("/v3/order/{id}")).await;
    assert_eq!(order["details"]["data"]["appointment_id"], booked["id"]);
    assert_eq!(
        desk.history(&id).await,
        [
            "ordered",
            "requisition_created",
            "appointment_pending",
            "appointment_scheduled"
        ]
    );

    let second = desk.book(&id, &desk.keys().await[1]).await;
    assert_eq!(
        refused(&second),
        (400, "This order already has an active appointment".to_owned())
    );
    let other = desk.ready().await;
    let second = desk.book(&other, &desk.keys().await[1]).await;
    let text = "The patient already has an active appointment with this provider";
    assert_eq!(refused(&second), (400, text.to_owned()));
}

#[actix_web::test]
async fn a_key_is_good_for_a_quarter_of_an_hour_and_for_one_booking() {
    let desk = Desk::open().await;
    let id = desk.ready().await;
    let wrong = (400, "Invalid or expired booking key".to_owned());
    assert_eq!(refused(&desk.book(&id, "unknown").await), wrong);
    let keys = desk.keys().await;
    desk.advance(15 * 60).await;
    assert_eq!(refused(&desk.book(&id, &keys[0]).await), wrong, "expired");

    let keys = desk.keys().await;
    desk.book(&id, &keys[0]).await.is_launched();
    let again = json!({"booking_key": keys[0]});
    let again = desk.visit(Method::PATCH, &id, "/reschedule", again).await;
    assert_eq!(refused(&again), wrong, "used");
}

#[actix_web::test]
async fn a_slot_that_is_taken_is_refused_as_the_environment_does() {
    for (behaviour, status) in [("production", 404), ("sandbox", 400)] {
        let desk = Desk::open().await;
        let id = desk.ready().await;
        desk.behave(json!({"slots": {"capacity": 1}})).await;
        let [first, second] = [desk.keys().await, desk.keys().await];
        let other = desk.ready().await;
        let users = desk.junction.state().await["users"].clone();
        desk.book(&id, &first[0]).await.is_launched();
        // Another patient's order, so that nothing but the slot is in the way.
        let second_patient = with(users[0].clone(), "user_id", "44444444-4444-4444-8444-444444444445");
        let second_patient = with(second_patient, "client_user_id", "patient456");
        let state = desk.junction.state().await;
        let mut orders = state["orders"].clone();
        orders[2]["user_id"] = second_patient["user_id"].clone();
        let arranged = json!({"users": [users[0], second_patient], "orders": orders});
        desk.control(Method::PUT, "junction", arranged).await;
        desk.behave(json!({"behaviour": behaviour})).await;
        let taken = desk.book(&other, &second[0]).await;
        assert_eq!(
            refused(&taken),
            (status, "The selected slot is no longer available".to_owned())
        );
    }
}

#[actix_web::test]
async fn a_visit_is_moved_and_cancelled_for_a_reason() {
    let desk = Desk::open().await;
    let id = desk.ready().await;
    let keys = desk.keys().await;
    let before = desk.book(&id, &keys[0]).await.json();
    let moved = desk
        .visit(Method::PATCH, &id, "/reschedule", json!({"booking_key": keys[3]}))
        .await;
    moved.is_launched();
    let moved = moved.json();
    assert_eq!(moved["id"], before["id"]);
    assert_ne!(moved["start_at"], before["start_at"]);
    assert_eq!(moved["event_data"]["is_reschedule"], true);
    assert_eq!(moved["events"].as_array().unwrap().len(), 3);

    let reasons = desk.get("/v3/order/phlebotomy/appointment/cancellation-reasons").await;
    let reason = |name: &str| {
        let all = reasons.as_array().unwrap();
        all.iter().find(|reason| reason["name"] == name).unwrap()["id"].clone()
    };
    let cancel = |body| desk.visit(Method::PATCH, &id, "/cancel", body);
    let unnoted = cancel(json!({"cancellation_reason_id": reason("Other")})).await;
    assert_eq!(unnoted.status, 400, "this reason needs notes");
    let cancelled = cancel(json!({"cancellation_reason_id": reason("Other"), "notes": "Moved away"})).await;
    cancelled.is_launched();
    assert_eq!(cancelled.json()["status"], "cancelled");
    assert_eq!(desk.status(&id).await, "appointment_cancelled");
    let again = desk.book(&id, &desk.keys().await[5]).await;
    again.is_launched();
    assert_ne!(again.json()["id"], before["id"], "another visit of the same order");
}

#[actix_web::test]
async fn a_requested_visit_has_no_time_and_is_not_moved() {
    let desk = Desk::open().await;
    let id = desk.ready().await;
    let ask = |provider: &str| json!({"address": address(), "provider": provider});
    let wrong = desk.visit(Method::POST, &id, "/request", ask("getlabs")).await;
    assert_eq!(
        refused(&wrong),
        (400, "This provider does not serve this area".to_owned())
    );
    let asked = desk.visit(Method::POST, &id, "/request", ask("phlebfinders")).await;
    asked.is_launched();
    let asked = asked.json();
    assert_eq!(
        (&asked["status"], &asked["event_status"]),
        (&json!("pending"), &json!("pending"))
    );
    assert_eq!(
        (&asked["start_at"], &asked["can_reschedule"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(desk.status(&id).await, "appointment_pending");
    let key = json!({"booking_key": desk.keys().await[0]});
    let moved = desk.visit(Method::PATCH, &id, "/reschedule", key).await;
    assert_eq!(
        refused(&moved),
        (400, "This appointment cannot be rescheduled".to_owned())
    );
}

#[actix_web::test]
async fn a_reserved_visit_is_confirmed_by_the_requisition_or_ends_without_it() {
    let desk = Desk::open().await;
    let early = json!({"bookBeforeRequisition": true, "requisitionAfterSecs": 3600});
    desk.behave(early).await;
    let id = desk.place().await;
    let reserved = desk.book(&id, &desk.keys().await[20]).await;
    reserved.is_launched();
    assert_eq!(reserved.json()["event_status"], "reserved");
    assert_eq!(desk.status(&id).await, "ordered");
    desk.advance(3600).await;
    assert_eq!(desk.status(&id).await, "appointment_scheduled");
    let visit = desk.visit(Method::GET, &id, "", Value::Null).await.json();
    assert_eq!(visit["event_status"], "scheduled");

    desk.post(&format!("/v3/order/{id}/cancel"), Value::Null)
        .await
        .is_launched();
    desk.behave(json!({"requisitionAfterSecs": null})).await;
    let stuck = desk.place().await;
    desk.book(&stuck, &desk.keys().await[20]).await.is_launched();
    desk.advance(8 * 60 * 60 + 1).await;
    let visit = desk.visit(Method::GET, &stuck, "", Value::Null).await.json();
    assert_eq!(visit["status"], "cancelled");
    assert_eq!(visit["event_data"]["origin"], "junction");
    assert_eq!(desk.status(&stuck).await, "ordered", "the order itself goes on");
}

#[actix_web::test]
async fn a_team_of_the_sandbox_has_fifty_users() {
    let desk = Desk::open().await;
    desk.behave(json!({"behaviour": "sandbox"})).await;
    for count in 1..50 {
        let user = json!({"client_user_id": format!("user-{count}")});
        desk.post("/v2/user", user).await.is_launched();
    }
    let more = desk.post("/v2/user", json!({"client_user_id": "user-50"})).await;
    assert_eq!(refused(&more), (400, "The sandbox is limited to 50 users".to_owned()));
}

#[actix_web::test]
async fn the_sandbox_waits_for_simulation_and_comes_to_one_street() {
    let desk = Desk::open().await;
    desk.behave(json!({"behaviour": "sandbox"})).await;
    let id = desk.ready().await;
    assert_eq!(desk.status(&id).await, "ordered");
    assert!(desk.keys().await.is_empty(), "not to Main Street");
    let area = desk.get("/v3/order/area/info?zip_code=54650").await;
    let providers = json!([{"name": "phlebfinders", "service_types": ["appointment-request"]}]);
    assert_eq!(area["phlebotomy"]["providers"], providers);
    let test = format!("/v3/order/{id}/test");
    for _ in 0..2 {
        assert_eq!(desk.post(&test, Value::Null).await.json(), "Success");
        assert_eq!(desk.status(&id).await, "requisition_created", "not without a visit");
    }
    let path = "/v3/order/phlebotomy/appointment/availability";
    let lincoln = with(address(), "first_line", "West Lincoln Street");
    let slots = desk.post(path, lincoln).await.json();
    let key = slots["slots"][1]["slots"][0]["booking_key"].as_str().unwrap();
    desk.book(&id, key).await.is_launched();
    desk.post(&test, Value::Null).await.is_launched();
    assert_eq!(desk.status(&id).await, "completed");
}
