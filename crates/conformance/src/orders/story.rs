//! What the run has learned of its order so far, and the bodies that it sends. Pure.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{clinicians::COMPLETE, settings::Settings};

/// An id that Junction gave to no order.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// Visits are booked so far ahead that cancelling them costs nothing.
const AHEAD: SignedDuration = SignedDuration::from_hours(72);

/// A time that a visit can be booked for.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) sealed: String,
    pub(super) starts_at: String,
}

/// What is known by now.
pub(super) struct Story {
    /// The idempotency key of this run's one order.
    pub(super) key: String,
    pub(super) order: Option<String>,
    pub(super) test: Option<String>,
    pub(super) slots: Vec<Slot>,
    pub(super) reason: Option<String>,
    pub(super) patient: String,
    team: String,
    began: Timestamp,
}

impl Story {
    pub(super) fn begin(settings: &Settings, now: Timestamp) -> Self {
        Self {
            key: format!("conformance-{}", Uuid::new_v4()),
            order: None,
            test: None,
            slots: Vec::new(),
            reason: None,
            patient: settings.patient.clone(),
            team: settings.junction.team.clone(),
            began: now,
        }
    }

    /// A path, with the order in the place of `{id}`; none while there is no order.
    pub(super) fn path(&self, template: &str) -> Option<String> {
        let known = template.replace("{unknown}", UNKNOWN);
        if known.contains("{id}") {
            Some(known.replace("{id}", self.order.as_deref()?))
        } else {
            Some(known)
        }
    }

    /// The order's body.
    pub(super) fn placing(&self) -> Option<Value> {
        let mut body = json!({
            "clinician": serde_json::from_str::<Value>(COMPLETE).ok()?,
            "patient": {
                "clientUserId": self.patient,
                "demographics": {
                    "firstName": "Conformance", "lastName": "Test", "email": "zoe.epreuve@conformance.example",
                    "phoneNumber": "+16025550123", "gender": "unknown", "dob": "1986-03-09",
                },
            },
            "address": {"firstLine": "West Lincoln Street", "city": "Phoenix", "state": "AZ", "zip": "85004"},
            "tests": [self.test.as_deref()?],
        });
        if !self.team.is_empty() {
            set(&mut body, &["team"], json!({"integrationTeamId": self.team}));
        }
        Some(body)
    }

    /// The same, with another value in one place.
    pub(super) fn placing_with(&self, place: &[&str], value: Value) -> Option<Value> {
        let mut body = self.placing()?;
        set(&mut body, place, value);
        Some(body)
    }

    /// The birthday of a patient who is 17.
    pub(super) fn birthday_of_a_minor(&self) -> String {
        let today = self.began.to_zoned(TimeZone::UTC).date();
        Date::new(today.year().saturating_sub(17), 1, 1)
            .unwrap_or(today)
            .to_string()
    }

    /// Takes two times that can be booked, far ahead where there are such.
    pub(super) fn take_slots(&mut self, body: &Value) -> Result<(), &'static str> {
        let days = body.get("days").and_then(Value::as_array).ok_or("days")?;
        let slots = days.iter().filter_map(|day| day.get("slots")?.as_array()).flatten();
        let slots: Vec<_> = slots
            .filter_map(|slot| {
                let sealed = slot.get("slot")?.as_str()?.to_owned();
                let starts_at = slot.get("startsAt")?.as_str()?.to_owned();
                let is_ahead = starts_at.parse::<Timestamp>().ok()?.duration_since(self.began) > AHEAD;
                is_ahead.then_some(Slot { sealed, starts_at })
            })
            .collect();
        self.slots = slots.into_iter().take(2).collect();
        if self.slots.len() == 2 {
            Ok(())
        } else {
            Err("two slots more than three days ahead")
        }
    }

    /// Takes a test that asks nothing.
    pub(super) fn take_test(&mut self, body: &Value) -> Result<(), &'static str> {
        const WANTED: &str = "a test without required questions";
        let tests = body.get("tests").and_then(Value::as_array).ok_or(WANTED)?;
        let asks = |test: &Value| {
            let markers = test.get("markers").and_then(Value::as_array).into_iter().flatten();
            let mut questions = markers
                .filter_map(|marker| marker.get("questions")?.as_array())
                .flatten();
            questions.any(|question| question.get("required") == Some(&Value::Bool(true)))
        };
        let test = tests.iter().find(|test| !asks(test)).ok_or(WANTED)?;
        self.test = test.get("testId").and_then(Value::as_str).map(str::to_owned);
        self.test.as_ref().map(|_| ()).ok_or(WANTED)
    }
}

/// Sets a member, creating what is on the way to it.
fn set(body: &mut Value, place: &[&str], value: Value) {
    let Some((name, rest)) = place.split_first() else {
        *body = value;
        return;
    };
    if !body.is_object() {
        *body = Value::Object(Map::new());
    }
    if let Value::Object(object) = body {
        set(object.entry(*name).or_insert(Value::Null), rest, value);
    }
}
