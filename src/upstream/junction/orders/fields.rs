//! One JSON object, read leniently: what is missing, empty or of another type is not there.

use domain::junction::{
    JunctionId,
    orders::seen::{CollectionMethod, SeenAddress},
};
use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::{Map, Number, Value};

use crate::upstream::junction::answer::{Read, Unexpected};

/// How many characters of a date and time are the date.
const DATE: usize = "2026-11-26".len();

/// An object's members.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

/// A whole body, if it is JSON.
pub(super) fn json(body: &[u8]) -> Read<Value> {
    serde_json::from_slice(body).map_err(|_body_stays_secret| Unexpected)
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The members of something that must be an object.
    pub(super) fn needed(value: &'a Value) -> Read<Self> {
        Self::of(value).ok_or(Unexpected)
    }

    pub(super) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn object(self, name: &str) -> Option<Self> {
        Self::of(self.value(name)?)
    }

    /// The entries of a list; none if there is none.
    pub(super) fn list(self, name: &str) -> &'a [Value] {
        self.value(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// A text. A number in its place is written as Junction wrote it: codes of laboratories look like numbers.
    pub(super) fn text(self, name: &str) -> Option<String> {
        text_of(self.value(name)?)
    }

    pub(super) fn id(self, name: &str) -> Option<JunctionId> {
        JunctionId::parse(self.value(name)?.as_str()?).ok()
    }

    pub(super) fn needed_id(self, name: &str) -> Read<JunctionId> {
        self.id(name).ok_or(Unexpected)
    }

    pub(super) fn integer(self, name: &str) -> Option<i64> {
        self.value(name)?.as_i64()
    }

    pub(super) fn number(self, name: &str) -> Option<Number> {
        self.value(name)?.as_number().cloned()
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    pub(super) fn time(self, name: &str) -> Option<Timestamp> {
        time_of(self.value(name)?.as_str()?)
    }

    /// A date; of a date and time, the date as it is written: converted to another time zone, a birthday moves.
    pub(super) fn date(self, name: &str) -> Option<civil::Date> {
        self.value(name)?.as_str()?.get(..DATE)?.parse().ok()
    }

    pub(super) fn method(self, name: &str) -> Option<CollectionMethod> {
        self.value(name)?.as_str().map(CollectionMethod::read)
    }

    /// An address, if all of it is there that finds a door.
    pub(super) fn address(self, name: &str) -> Option<SeenAddress> {
        let address = self.object(name)?;
        Some(SeenAddress {
            first_line: address.text("first_line")?,
            second_line: address.text("second_line"),
            city: address.text("city")?,
            state: address.text("state")?,
            // Orders and visits name it differently.
            zip: address.text("zip").or_else(|| address.text("zip_code"))?,
            country: address.text("country"),
            access_notes: address.text("access_notes"),
        })
    }
}

/// A text, or a number as it was written.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A time. One without an offset is UTC, as in Junction's examples.
fn time_of(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let time: civil::DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(time).ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_without_an_offset_is_utc() {
        let rows = [
            ("2022-01-01T00:00:00", Some("2022-01-01T00:00:00Z"), "as in an example"),
            ("2022-01-01T00:00:00Z", Some("2022-01-01T00:00:00Z"), "UTC"),
            (
                "2022-01-01T00:00:00+00:00",
                Some("2022-01-01T00:00:00Z"),
                "UTC by offset",
            ),
            (
                "2022-01-01T00:00:00-07:00",
                Some("2022-01-01T07:00:00Z"),
                "another offset",
            ),
            (
                "2022-01-01T00:00:00.123456",
                Some("2022-01-01T00:00:00.123456Z"),
                "with a fraction",
            ),
            ("tomorrow", None, "not a time"),
            ("", None, "nothing"),
        ];
        for (text, expected, reason) in rows {
            let read = time_of(text).map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{reason}");
        }
    }

    #[test]
    fn a_date_of_birth_is_the_day_that_is_written() {
        let rows = [
            ("2008-11-27", Some("2008-11-27"), "a date"),
            ("2008-11-27T00:00:00+00:00", Some("2008-11-27"), "with a time"),
            ("2008-11-27T23:30:00-07:00", Some("2008-11-27"), "a day later in UTC"),
            ("2008-02-29T00:00:00", Some("2008-02-29"), "a leap day"),
            ("2009-02-29", None, "a day that there is not"),
            ("2008-11", None, "too short"),
            ("élodie-11-27", None, "no date"),
        ];
        for (text, expected, reason) in rows {
            let object = json!({"dob": text});
            let read = Fields::of(&object).unwrap().date("dob").map(|date| date.to_string());
            assert_eq!(read.as_deref(), expected, "{reason}");
        }
    }

    #[test]
    fn what_is_missing_empty_or_of_another_type_is_not_there() {
        let object =
            json!({"null": null, "empty": "", "flag": "true", "list": {}, "number": 5, "big": 1_234_567_890_251_i64});
        let fields = Fields::of(&object).unwrap();
        for name in ["absent", "null", "empty"] {
            assert_eq!(fields.text(name), None, "{name}");
        }
        assert_eq!(fields.flag("flag"), None);
        assert!(fields.list("list").is_empty());
        assert_eq!(fields.text("number").as_deref(), Some("5"));
        assert_eq!(fields.integer("big"), Some(1_234_567_890_251));
        let cut = serde_json::from_str(r#"{"sample":"0011545596-0175","id":9223372036854775807}"#).unwrap();
        let fields = Fields::of(&cut).unwrap();
        assert_eq!(fields.text("sample").as_deref(), Some("0011545596-0175"));
        assert_eq!(fields.integer("id"), Some(i64::MAX));
    }

    #[test]
    fn an_address_is_read_by_both_names_of_its_zip() {
        let rows = [
            (json!({"zip": "02134"}), Some("02134"), "an order's"),
            (json!({"zip_code": "85004-1234"}), Some("85004-1234"), "a visit's"),
            (json!({}), None, "neither"),
        ];
        for (mut address, zip, reason) in rows {
            let more = json!({"first_line": "1 Main St", "city": "Phoenix", "state": "AZ", "unit": "4"});
            address
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            let object = json!({"address": address});
            let read = Fields::of(&object).unwrap().address("address");
            assert_eq!(read.as_ref().map(|address| address.zip.as_str()), zip, "{reason}");
        }
    }
}
