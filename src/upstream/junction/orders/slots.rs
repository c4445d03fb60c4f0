//! Times at which a phlebotomist could come. Junction sorts them into days, without saying of which time zone: the days are
//! dropped.

use domain::junction::orders::seen::{SeenSlot, SeenSlots};
use serde_json::Value;

use super::fields::{Fields, json};
use crate::upstream::junction::answer::{Read, Unexpected};

pub(in crate::upstream::junction) fn slots(status: u16, body: &[u8]) -> Read<SeenSlots> {
    if status != 200 {
        return Err(Unexpected);
    }
    let body = json(body)?;
    let fields = Fields::needed(&body)?;
    let days = fields.value("slots").and_then(Value::as_array).ok_or(Unexpected)?;
    let slots = days.iter().filter_map(Fields::of).flat_map(|day| day.list("slots"));
    Ok(SeenSlots {
        zone: fields.text("timezone"),
        // What has no time or price that can be read is not offered.
        slots: slots.filter_map(slot).collect(),
    })
}

fn slot(value: &Value) -> Option<SeenSlot> {
    let fields = Fields::of(value)?;
    Some(SeenSlot {
        booking_key: fields.text("booking_key"),
        start: fields.time("start")?,
        end: fields.time("end")?,
        expires: fields.time("expires_at"),
        price: fields.number("price")?,
        is_priority: fields.flag("is_priority").unwrap_or(false),
        // It would not be listed if there were none.
        left: fields.integer("num_appointments_available").unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_of_all_days_are_read_as_they_are() {
        let body = json!({"timezone": "America/Phoenix", "slots": [
            {"date": "2026-11-26", "location": null, "slots": [
                {"booking_key": "k1", "start": "2026-11-27T02:00:00Z", "end": "2026-11-27T04:00:00Z",
                    "expires_at": "2026-11-26T20:00:00", "price": 35.0, "is_priority": true,
                    "num_appointments_available": 2},
                {"booking_key": "no price", "start": "2026-11-27T02:00:00Z", "end": "2026-11-27T04:00:00Z"},
                {"booking_key": "no time", "start": "soon", "end": "2026-11-27T04:00:00Z", "price": 0},
            ]},
            "no day",
            {"date": "2026-11-27", "slots": [
                {"booking_key": null, "start": "2026-11-28T02:00:00+00:00", "end": "2026-11-28T04:00:00Z", "price": 0},
            ]},
        ]});
        let read = slots(200, body.to_string().as_bytes()).unwrap();
        assert_eq!(read.zone.as_deref(), Some("America/Phoenix"));
        let [first, second] = &read.slots[..] else {
            panic!("{} slots", read.slots.len())
        };
        assert_eq!(first.booking_key.as_deref(), Some("k1"));
        assert_eq!(first.expires.unwrap().to_string(), "2026-11-26T20:00:00Z");
        assert_eq!(
            (first.price.to_string().as_str(), first.is_priority, first.left),
            ("35.0", true, 2)
        );
        assert_eq!(
            (second.booking_key.as_deref(), second.expires, second.left),
            (None, None, 1)
        );
        assert_eq!(second.start.to_string(), "2026-11-28T02:00:00Z");
    }

    #[test]
    fn a_zone_may_be_missing_and_slots_may_not() {
        let none = slots(200, br#"{"timezone":null,"slots":[]}"#).unwrap();
        assert_eq!((none.zone, none.slots.len()), (None, 0));
        for body in ["{}", "[]", r#"{"slots":{}}"#, "null", "<html>"] {
            assert!(slots(200, body.as_bytes()).is_err(), "{body}");
        }
    }
}
