//! How much is read of an answer of Junction's: little about one thing, more where it lists, and never all that is sent.

use std::time::Duration;

use domain::junction::{
    Environment, JunctionId,
    orders::{address::VisitAddress, seen::SeenAddress},
};
use empego_gateway::{
    tls::trusting_this_machine,
    upstream::{
        junction::{Call, CallContext, JunctionClient, JunctionError, Meaning},
        wire::Settings,
    },
};
use serde_json::json;

use crate::helpers::{
    junction::{PATIENT, TEAM, account_at},
    peer::{Peer, answer},
};

/// Makes a call of an upstream that answers with this JSON.
async fn made<T>(call: &Call<T>, body: String) -> Result<T, Meaning> {
    let upstream = Peer::start(move |_, connection| answer(connection, "200 OK", "", &body));
    let client = JunctionClient::new(Settings::default(), trusting_this_machine().unwrap()).unwrap();
    let context = CallContext {
        token: None,
        trace: None,
        within: Duration::from_secs(20),
    };
    let made = client.make(&account_at(upstream.address), call, context).await;
    made.map_err(|error| match error {
        JunctionError::Answered { meaning, .. } => meaning,
        JunctionError::NoAnswer(no_answer) => panic!("{no_answer:?}"),
    })
}

/// This many days of 12 slots, with keys of 400 characters.
fn slots(days: usize) -> String {
    let slot = json!({
        "booking_key": "k".repeat(400), "start": "2026-11-27T02:00:00Z", "end": "2026-11-27T04:00:00Z",
        "expires_at": "2026-11-26T20:00:00Z", "price": 0, "is_priority": false, "num_appointments_available": 1,
    });
    let day = json!({"date": "2026-11-26", "location": null, "slots": vec![slot; 12]});
    json!({"timezone": "America/Phoenix", "slots": vec![day; days]}).to_string()
}

#[actix_web::test]
async fn slots_of_two_weeks_are_read_and_an_answer_without_end_is_not() {
    let seen = SeenAddress {
        first_line: "1 Main St".to_owned(),
        second_line: None,
        city: "Phoenix".to_owned(),
        state: "AZ".to_owned(),
        zip: "85004".to_owned(),
        country: None,
        access_notes: None,
    };
    let address = VisitAddress::of(&seen, Environment::Production).unwrap();
    let availability = Call::availability(&address, None);
    let two_weeks = slots(14);
    assert!(two_weeks.len() > 64 * 1024, "{}", two_weeks.len());
    assert_eq!(made(&availability, two_weeks).await.unwrap().slots.len(), 14 * 12);
    let too_many = slots(200);
    assert!(too_many.len() > 1024 * 1024, "{}", too_many.len());
    assert_eq!(made(&availability, too_many).await.unwrap_err(), Meaning::BadBody);
}

#[actix_web::test]
async fn an_answer_about_one_person_stays_small() {
    let call = Call::get_user(JunctionId::parse(PATIENT).unwrap());
    let user = |note: String| json!({"user_id": PATIENT, "team_id": TEAM, "client_user_id": "p", "note": note});
    let small = user("x".repeat(32 * 1024)).to_string();
    assert!(made(&call, small).await.unwrap().is_some());
    let large = user("x".repeat(64 * 1024)).to_string();
    assert!(matches!(made(&call, large).await, Err(Meaning::BadBody)));
}
