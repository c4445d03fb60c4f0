//! The patient of a launch: a user of the team, at Junction's.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    clinician::{Email, Name},
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    query::patient_id,
    text::{self, Normalization},
};

/// A patient, as the host knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    /// The host's own identifier.
    pub client_user_id: ClientUserId,
    /// What Junction should know beside it. Passed on whenever it is sent, since Junction keeps what it was sent last.
    pub demographics: Option<Box<Demographics>>,
}

/// The host's own identifier of a patient (Junction's `client_user_id`): 1 to 512 visible characters, never rewritten. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientUserId(String);

/// A patient's demographics, as Junction's "Upsert user info" takes them. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Demographics {
    first_name: Name,
    last_name: Name,
    email: Email,
    phone_number: String,
    gender: String,
    dob: String,
    address: Address,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Address {
    first_line: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_line: Option<String>,
    city: String,
    state: String,
    zip: String,
    country: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_notes: Option<String>,
}

impl Patient {
    /// A patient for whom only the identifier was sent.
    #[must_use]
    pub fn known(client_user_id: ClientUserId) -> Self {
        Self {
            client_user_id,
            demographics: None,
        }
    }

    /// Reads a patient from a JSON object.
    pub(super) fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let before = errors.len();
        let mut members = Members::of(raw, place, errors)?;
        let client_user_id = members.required("clientUserId", errors, ClientUserId::parse);
        let inside = members.place("demographics");
        members.forget_null("demographics");
        let demographics = members
            .take("demographics", errors)
            .and_then(|raw| Demographics::parse(raw, &inside, errors));
        members.finish(&["clientUserId", "demographics"], errors);
        (errors.len() == before).then_some(Self {
            client_user_id: client_user_id?,
            demographics: demographics.map(Box::new),
        })
    }
}

impl ClientUserId {
    /// The one way to make one. `.` and `..` are refused: in an address they would be no name but a way.
    ///
    /// # Errors
    /// The rule that the text breaks; never the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        let text = patient_id(text)?;
        if matches!(text.as_str(), "." | "..") {
            return Err(Fault::NotAccepted(
                "Must not be . or .., which cannot be part of an address",
            ));
        }
        Ok(Self(text))
    }
}

impl AsRef<str> for ClientUserId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientUserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientUserId(…)")
    }
}

impl Demographics {
    fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let mut members = Members::of(raw, place, errors)?;
        let first_name = members.required("firstName", errors, Name::parse);
        let last_name = members.required("lastName", errors, Name::parse);
        let email = members.required("email", errors, Email::parse);
        let phone_number = members.required("phoneNumber", errors, |text| line(text, 32));
        let gender = members.required("gender", errors, |text| line(text, 32));
        let dob = members.required("dob", errors, date);
        let inside = members.place("address");
        if !members.has("address") {
            errors.add(&inside, Fault::Required);
        }
        let address = members
            .take("address", errors)
            .and_then(|raw| Address::parse(raw, &inside, errors));
        members.finish(
            &[
                "firstName",
                "lastName",
                "email",
                "phoneNumber",
                "gender",
                "dob",
                "address",
            ],
            errors,
        );
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            email: email?,
            phone_number: phone_number?,
            gender: gender?,
            dob: dob?,
            address: address?,
        })
    }
}

impl Address {
    fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let mut members = Members::of(raw, place, errors)?;
        members.forget_null("secondLine");
        members.forget_null("accessNotes");
        let first_line = members.required("firstLine", errors, |text| text::parse_written(text, 200));
        let second_line = members.parsed("secondLine", errors, |text| text::parse_written(text, 200));
        let city = members.required("city", errors, |text| text::parse_written(text, 100));
        let state = members.required("state", errors, |text| text::parse_written(text, 100));
        let zip = members.required("zip", errors, |text| line(text, 20));
        let country = members.required("country", errors, |text| line(text, 60));
        let access_notes = members.parsed("accessNotes", errors, |text| text::parse_written(text, 1000));
        members.finish(
            &[
                "firstLine",
                "secondLine",
                "city",
                "state",
                "zip",
                "country",
                "accessNotes",
            ],
            errors,
        );
        Some(Self {
            first_line: first_line?,
            second_line,
            city: city?,
            state: state?,
            zip: zip?,
            country: country?,
            access_notes,
        })
    }
}

impl fmt::Debug for Demographics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Demographics(…)")
    }
}

fn line(text: String, max: usize) -> Result<String, Fault> {
    text::parse(text, max, Normalization::Keep)
}

/// A date as ISO 8601 and Junction write it, that the calendar has.
fn date(text: String) -> Result<String, Fault> {
    let is_date = text.len() == 10 && text.parse::<Date>().is_ok();
    is_date
        .then_some(text)
        .ok_or(Fault::Malformed("a date such as 1986-03-09"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::junction::tests::demographics;

    fn complete() -> Value {
        json!({"clientUserId": "patient-1", "demographics": demographics()})
    }

    fn read(patient: &Value) -> Result<Patient, Vec<(String, &'static str)>> {
        let mut errors = FieldErrors::default();
        let patient = Patient::parse(
            Raw::parse(patient.to_string().as_bytes()).unwrap(),
            "/patient",
            &mut errors,
        );
        let errors: Vec<_> = errors
            .into_vec()
            .into_iter()
            .map(|e| (e.field, e.fault.code()))
            .collect();
        patient.ok_or(errors)
    }

    #[test]
    fn demographics_are_sent_as_junction_names_them() {
        let patient = read(&complete()).unwrap();
        let sent = serde_json::to_value(patient.demographics.unwrap()).unwrap();
        let expected = json!({
            "first_name": "Zoé", "last_name": "Roy", "email": "zoe.roy@example.com", "phone_number": "+14155550123",
            "gender": "female", "dob": "1986-03-09",
            "address": {"first_line": "1 Main St", "city": "Phoenix", "state": "AZ", "zip": "85004", "country": "US"},
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn each_broken_rule_is_reported_at_its_place() {
        let rows: &[(&str, Value, &str, &str)] = &[
            ("/clientUserId", Value::Null, "/patient/clientUserId", "wrong_type"),
            ("/clientUserId", "".into(), "/patient/clientUserId", "empty"),
            ("/clientUserId", "..".into(), "/patient/clientUserId", "not_accepted"),
            ("/clientUserId", "a\nb".into(), "/patient/clientUserId", "bad_character"),
            (
                "/demographics/dob",
                "1986-02-30".into(),
                "/patient/demographics/dob",
                "malformed",
            ),
            (
                "/demographics/dob",
                "19860309".into(),
                "/patient/demographics/dob",
                "malformed",
            ),
            (
                "/demographics/email",
                "zoe".into(),
                "/patient/demographics/email",
                "bad_email",
            ),
            (
                "/demographics/address/zip",
                85004.into(),
                "/patient/demographics/address/zip",
                "wrong_type",
            ),
            (
                "/demographics/address",
                "1 Main St".into(),
                "/patient/demographics/address",
                "wrong_type",
            ),
        ];
        for (pointer, value, place, code) in rows {
            let mut patient = complete();
            *patient.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(
                read(&patient),
                Err(vec![((*place).to_owned(), *code)]),
                "{pointer} {value}"
            );
        }
        let required: Vec<_> = read(&json!({"demographics": {"address": {}}})).unwrap_err();
        assert_eq!(required.len(), 12, "{required:?}");
        assert!(required.iter().all(|(_, code)| *code == "required"), "{required:?}");
    }

    #[test]
    fn nothing_of_a_patient_is_in_debug() {
        let shown = format!("{:?}", read(&complete()).unwrap());
        for text in ["patient-1", "Zo", "Roy", "415555", "1986", "Main"] {
            assert!(!shown.contains(text), "{shown}");
        }
    }
}
