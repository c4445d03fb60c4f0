//! Times of visits, as the patient reads them: on the days when clocks change, in the zone that Junction names, or in none.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::orders::{OrderStage, order};

/// An address that is served, with its zone.
const CHICAGO: (&str, &str, &str) = ("Hillsboro", "WI", "54650");
const PHOENIX: (&str, &str, &str) = ("Phoenix", "AZ", "85004");

async fn control(stage: &OrderStage, page: &str, body: Value) {
    let answer = stage.stage.junction.control(Method::PUT, page, body).await;
    assert!(matches!(answer.status, 200 | 204), "{page}: {answer:?}");
}

/// The slots of an order at this address, on the day from which they are asked for, when it is this time at Junction and visits
/// start at these times of a day in UTC.
async fn slots(at: &OrderStage, place: (&str, &str, &str), now: &str, times: &[&str]) -> Value {
    let mut body = order();
    let (city, abbreviation, zip) = place;
    for (name, value) in [("city", city), ("state", abbreviation), ("zip", zip)] {
        body["address"][name] = value.into();
    }
    control(at, "junction/orders-behaviour", json!({"requisitionAfterSecs": 0})).await;
    control(at, "clock", json!({"now": now})).await;
    let placed = at.place(now, &body).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let offered = json!({"slots": {"times": times, "days": 2, "keyLifeSecs": null}});
    control(at, "junction/orders-behaviour", offered).await;
    let path = format!(
        "/v1/junction/orders/{}/slots",
        placed.json()["orderId"].as_str().unwrap()
    );
    let from = now.get(..10).unwrap();
    let answer = at.post(&path, &json!({"from": from})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// The day and the local time of the slot that starts then.
fn found(slots: &Value, start: &str) -> (Value, Value) {
    for day in slots["days"].as_array().unwrap() {
        let mut slots = day["slots"].as_array().unwrap().iter();
        if let Some(slot) = slots.find(|slot| slot["startsAt"] == start) {
            return (day["date"].clone(), slot["localStart"].clone());
        }
    }
    panic!("no slot at {start}: {slots}")
}

#[actix_web::test]
async fn a_slot_has_the_offset_of_its_own_time_and_the_patients_day() {
    // The time at Junction, the slot, and its day and time where the patient is.
    let rows = [
        (
            CHICAGO,
            "2026-10-31T12:00:00Z",
            ("2026-11-01T06:30:00Z", "06:30"),
            ("2026-11-01", "2026-11-01T01:30:00-05:00"),
            "the first half past one of the night when clocks go back",
        ),
        (
            CHICAGO,
            "2026-10-31T12:00:00Z",
            ("2026-11-01T07:30:00Z", "07:30"),
            ("2026-11-01", "2026-11-01T01:30:00-06:00"),
            "the second",
        ),
        (
            CHICAGO,
            "2027-03-13T12:00:00Z",
            ("2027-03-14T08:00:00Z", "08:00"),
            ("2027-03-14", "2027-03-14T03:00:00-05:00"),
            "two o'clock does not exist when they go forward",
        ),
        (
            CHICAGO,
            "2027-03-13T12:00:00Z",
            ("2027-03-14T07:00:00Z", "07:00"),
            ("2027-03-14", "2027-03-14T01:00:00-06:00"),
            "the hour before",
        ),
        (
            PHOENIX,
            "2026-11-26T12:00:00Z",
            ("2026-11-27T02:00:00Z", "02:00"),
            ("2026-11-26", "2026-11-26T19:00:00-07:00"),
            "it is still the day before there",
        ),
        (
            PHOENIX,
            "2027-03-13T12:00:00Z",
            ("2027-03-14T17:00:00Z", "17:00"),
            ("2027-03-14", "2027-03-14T10:00:00-07:00"),
            "clocks do not change in Arizona",
        ),
        (
            PHOENIX,
            "2027-07-01T12:00:00Z",
            ("2027-07-01T17:00:00Z", "17:00"),
            ("2027-07-01", "2027-07-01T10:00:00-07:00"),
            "nor in summer",
        ),
        (
            PHOENIX,
            "2026-12-01T12:00:00Z",
            ("2026-12-01T17:00:00Z", "17:00"),
            ("2026-12-01", "2026-12-01T10:00:00-07:00"),
            "nor in winter",
        ),
    ];
    for (place, now, (start, time), (day, local), why) in rows {
        let stage = OrderStage::open().await;
        let slots = slots(&stage, place, now, &[time]).await;
        assert_eq!(found(&slots, start), (json!(day), json!(local)), "{why}");
    }
}

#[actix_web::test]
async fn two_slots_an_hour_apart_stay_apart_when_clocks_go_back() {
    let stage = OrderStage::open().await;
    let slots = slots(&stage, CHICAGO, "2026-10-31T12:00:00Z", &["06:30", "07:30"]).await;
    let (first, second) = (
        found(&slots, "2026-11-01T06:30:00Z"),
        found(&slots, "2026-11-01T07:30:00Z"),
    );
    assert_eq!(first.0, second.0, "on one day");
    assert_ne!(first.1, second.1);
    assert_eq!(slots["timeZone"], "America/Chicago");
}

#[actix_web::test]
async fn local_times_are_unknown_where_the_zone_is() {
    let rows = [
        (json!(null), "none is named"),
        (json!("UTC"), "no place"),
        (json!("America/New_York"), "what the sandbox names everywhere"),
        (json!("Mars/Olympus"), "none of this world"),
    ];
    for (zone, why) in rows {
        let stage = OrderStage::open().await;
        control(
            &stage,
            "junction/orders-behaviour",
            json!({"timeZones": {"85004": zone}}),
        )
        .await;
        let slots = slots(&stage, PHOENIX, "2026-11-26T12:00:00Z", &["02:00"]).await;
        let (day, local) = found(&slots, "2026-11-27T02:00:00Z");
        assert_eq!((day, local), (json!("2026-11-27"), Value::Null), "{why}: in UTC");
        assert_eq!(slots["timeZone"], Value::Null, "{why}");
    }
}

#[actix_web::test]
async fn a_booked_visit_has_the_time_that_its_slot_had() {
    let stage = OrderStage::open().await;
    let slots = slots(&stage, CHICAGO, "2026-10-31T12:00:00Z", &["06:30", "07:30"]).await;
    let days = slots["days"].as_array().unwrap();
    let mut all = days.iter().flat_map(|day| day["slots"].as_array().unwrap());
    let slot = all.find(|slot| slot["startsAt"] == "2026-11-01T07:30:00Z").unwrap();
    let order = stage.stage.state().await["orders"].as_array().unwrap().last().unwrap()["id"].clone();
    let path = format!("/v1/junction/orders/{}/visit", order.as_str().unwrap());
    let booked = stage.post(&path, &json!({"slot": slot["slot"]})).await;
    assert_eq!(booked.status, 200, "{booked:?}");
    let visit = &booked.json()["visit"];
    assert_eq!(
        (&visit["startsAt"], &visit["localStart"], &visit["timeZone"]),
        (
            &slot["startsAt"],
            &json!("2026-11-01T01:30:00-06:00"),
            &json!("America/Chicago")
        )
    );
}
