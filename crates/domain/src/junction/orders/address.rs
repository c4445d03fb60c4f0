//! Where the patient is visited: one address for the order and for its visit, though Junction names its members differently
//! in each.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{
    findings::{Findings, Rule},
    house_number::{self, NoDoor},
    notes::Notes,
    seen::SeenAddress,
    zip::Zip,
};
use crate::{
    fault::Fault,
    json::{Members, Raw},
    junction::Environment,
    reason::Reason,
    text,
};

/// The one country where phlebotomists visit patients.
const COUNTRY: &str = "US";

/// The members of an address.
const NAMES: &[&str] = &[
    "firstLine",
    "secondLine",
    "city",
    "state",
    "zip",
    "country",
    "accessNotes",
];

/// An address in the United States, kept as it was written. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitAddress {
    first_line: String,
    second_line: Option<String>,
    city: String,
    state: String,
    zip: Zip,
    access_notes: Option<Notes>,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A phlebotomist comes there, in this environment.
    Visit(Environment),
    /// Mail; a post office box will do.
    Contact,
}

impl VisitAddress {
    /// Reads an address from a JSON object.
    pub(super) fn parse(raw: Raw<'_>, place: &str, purpose: Purpose, findings: &mut Findings) -> Option<Self> {
        let errors = &mut findings.errors;
        let mut members = Members::of(raw, place, errors)?;
        for name in ["secondLine", "country", "accessNotes"] {
            members.forget_null(name);
        }
        let first_line = members.required("firstLine", errors, |text| text::parse_written(text, 200));
        let second_line = members.parsed("secondLine", errors, |text| text::parse_written(text, 200));
        let city = members.required("city", errors, |text| text::parse_written(text, 100));
        let state = members.required("state", errors, state);
        let zip = members.required("zip", errors, Zip::parse);
        members.parsed("country", errors, |text| country(&text));
        let access_notes = members.parsed("accessNotes", errors, Notes::parse);
        let first_place = members.place("firstLine");
        members.finish(NAMES, errors);
        if let (Some(line), Purpose::Visit(environment)) = (&first_line, purpose)
            && let Err(fault) = check_door(line, environment)
        {
            findings.breaks(Rule::Address, first_place, fault);
        }
        Some(Self {
            first_line: first_line?,
            second_line,
            city: city?,
            state: state?,
            zip: zip?,
            access_notes,
        })
    }

    /// The address of an order that was read, for its visit.
    ///
    /// # Errors
    /// [`Reason::AddressNotComplete`], also of one that breaks a rule of form.
    pub fn of(seen: &SeenAddress, environment: Environment) -> Result<Self, Reason> {
        let SeenAddress {
            first_line,
            second_line,
            city,
            state: of_state,
            zip,
            country: of_country,
            access_notes,
        } = seen.clone();
        let is_sent = |text: &String| !text.trim().is_empty();
        let read = || {
            of_country
                .as_deref()
                .is_none_or(is_here)
                .then_some(())
                .ok_or(Fault::BadValue(COUNTRY))?;
            check_door(&first_line, environment)?;
            Ok::<_, Fault>(Self {
                first_line: text::parse_written(first_line, 200)?,
                second_line: second_line.filter(is_sent),
                city: text::parse_written(city, 100)?,
                state: state(of_state)?,
                zip: Zip::parse(zip)?,
                access_notes: access_notes.filter(is_sent).map(Notes::parse).transpose()?,
            })
        };
        read().map_err(|_names_no_field_of_the_request| Reason::AddressNotComplete)
    }

    /// Its ZIP code.
    #[must_use]
    pub const fn zip(&self) -> &Zip {
        &self.zip
    }

    /// As orders have it.
    #[must_use]
    pub fn of_order(&self) -> Value {
        let mut members = self.shared();
        members.insert("zip".to_owned(), self.zip.as_ref().into());
        members.insert("country".to_owned(), COUNTRY.into());
        members.into()
    }

    /// As visits, and the search for their times, have it.
    #[must_use]
    pub fn of_visit(&self) -> Value {
        let mut members = self.shared();
        members.insert("zip_code".to_owned(), self.zip.as_ref().into());
        members.into()
    }

    /// The place without how to get to its door, so that it can be told whether another address is the same place.
    #[must_use]
    pub fn place(&self) -> Vec<u8> {
        let second_line = self.second_line.as_deref();
        json!([self.first_line, second_line, self.city, self.state, self.zip.as_ref()])
            .to_string()
            .into_bytes()
    }

    fn shared(&self) -> Map<String, Value> {
        let members = [
            ("first_line", Some(self.first_line.as_str())),
            ("second_line", self.second_line.as_deref()),
            ("city", Some(&self.city)),
            ("state", Some(&self.state)),
            ("access_notes", self.access_notes.as_ref().map(AsRef::as_ref)),
        ];
        let members = members.into_iter();
        members
            .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
            .collect()
    }
}

impl fmt::Debug for VisitAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("VisitAddress(…)")
    }
}

/// The one address that the sandbox serves in its first area has no house number.
pub(super) fn check_door(first_line: &str, environment: Environment) -> Result<(), Fault> {
    match (house_number::check(first_line), environment) {
        (Ok(()), _) | (Err(NoDoor::NoNumber), Environment::Sandbox) => Ok(()),
        (Err(NoDoor::NoNumber), Environment::Production) => Err(Fault::NotAccepted(
            "A phlebotomist needs a house number, such as 1 Main St",
        )),
        (Err(NoDoor::MailOnly), _) => Err(Fault::NotAccepted(
            "A post office box or General Delivery cannot be visited: send the address where the patient is",
        )),
    }
}

/// Two capitals, as Junction has it. Which states there are is Junction's to say.
pub(super) fn state(text: String) -> Result<String, Fault> {
    let is_state = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_state
        .then_some(text)
        .ok_or(Fault::Malformed("a state in two capital letters, such as AZ"))
}

/// Whether an order that was read is for this country. Orders of other origin write it in other ways.
fn is_here(country: &str) -> bool {
    let here = ["", COUNTRY, "USA", "United States", "United States of America"];
    here.iter().any(|one| one.eq_ignore_ascii_case(country.trim()))
}

fn country(text: &str) -> Result<(), Fault> {
    (text == COUNTRY).then_some(()).ok_or(Fault::BadValue(COUNTRY))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Value {
        json!({
            "firstLine": "1 Main St", "secondLine": "Apt 4", "city": "Phoenix", "state": "AZ", "zip": "85004-1234",
            "country": "US", "accessNotes": "Ring twice.\nDog.",
        })
    }

    /// Why an address is refused, and where.
    type Refused = (Reason, Vec<(String, &'static str)>);

    /// A member, its value, the place and code of the error, and what it is an example of.
    type Row<'a> = (&'a str, Value, Option<(&'a str, &'a str)>, &'a str);

    fn read(address: &Value, purpose: Purpose) -> Result<VisitAddress, Refused> {
        let mut findings = Findings::default();
        let address = address.to_string();
        let raw = Raw::parse(address.as_bytes()).unwrap();
        let address = VisitAddress::parse(raw, "/address", purpose, &mut findings);
        findings.refusal().map_err(|refusal| {
            let errors = refusal.errors.into_iter();
            (
                refusal.reason,
                errors.map(|error| (error.field, error.fault.code())).collect(),
            )
        })?;
        Ok(address.unwrap())
    }

    const HERE: Purpose = Purpose::Visit(Environment::Production);

    #[test]
    fn order_and_visit_have_the_same_address_by_other_names() {
        let address = read(&complete(), HERE).unwrap();
        assert_eq!(
            address.of_order(),
            json!({
                "first_line": "1 Main St", "second_line": "Apt 4", "city": "Phoenix", "state": "AZ",
                "zip": "85004-1234", "country": "US", "access_notes": "Ring twice.\nDog.",
            })
        );
        assert_eq!(
            address.of_visit(),
            json!({
                "first_line": "1 Main St", "second_line": "Apt 4", "city": "Phoenix", "state": "AZ",
                "zip_code": "85004-1234", "access_notes": "Ring twice.\nDog.",
            })
        );
        assert_eq!(address.zip().area(), "85004");
    }

    #[test]
    fn each_member_keeps_its_rule() {
        let long = "é".repeat(1001);
        let rows: &[Row<'_>] = &[
            ("zip", "85004".into(), None, "five digits"),
            ("zip", "02134".into(), None, "a zero in front"),
            (
                "zip",
                "850041234".into(),
                Some(("/address/zip", "malformed")),
                "nine without a dash",
            ),
            ("zip", 85004.into(), Some(("/address/zip", "wrong_type")), "a number"),
            (
                "state",
                "az".into(),
                Some(("/address/state", "malformed")),
                "lower case",
            ),
            (
                "state",
                "Arizona".into(),
                Some(("/address/state", "malformed")),
                "a name",
            ),
            ("country", Value::Null, None, "no country"),
            (
                "country",
                "USA".into(),
                Some(("/address/country", "bad_value")),
                "another spelling",
            ),
            (
                "country",
                "CA".into(),
                Some(("/address/country", "bad_value")),
                "another country",
            ),
            ("secondLine", Value::Null, None, "no unit"),
            (
                "secondLine",
                "".into(),
                Some(("/address/secondLine", "empty")),
                "an empty unit",
            ),
            (
                "accessNotes",
                long.into(),
                Some(("/address/accessNotes", "too_long")),
                "too long a note",
            ),
            (
                "unit",
                "4".into(),
                Some(("/address/*", "unknown")),
                "a name that Junction has retired",
            ),
        ];
        for (name, value, expected, reason) in rows {
            let mut address = complete();
            address[*name] = value.clone();
            let expected = expected.map(|(place, code)| (Reason::FieldsAtFault, vec![(place.to_owned(), code)]));
            assert_eq!(read(&address, HERE).err(), expected, "{reason}");
        }
    }

    #[test]
    fn only_the_sandbox_and_mail_need_no_house_number() {
        let sandbox = Purpose::Visit(Environment::Sandbox);
        let rows = [
            ("West Lincoln Street", sandbox, true, "the sandbox's own address"),
            ("West Lincoln Street", HERE, false, "the same in production"),
            ("West Lincoln Street", Purpose::Contact, true, "the same for mail"),
            ("PO Box 7", sandbox, false, "a box in the sandbox"),
            ("PO Box 7", HERE, false, "a box in production"),
            ("PO Box 7", Purpose::Contact, true, "a box for mail"),
        ];
        for (line, purpose, expected, reason) in rows {
            let mut address = complete();
            address["firstLine"] = line.into();
            let refused = (!expected).then(|| {
                let errors = vec![("/address/firstLine".to_owned(), "not_accepted")];
                (Reason::AddressNotComplete, errors)
            });
            assert_eq!(read(&address, purpose).err(), refused, "{reason}");
        }
    }

    #[test]
    fn the_address_of_an_order_is_the_one_that_was_sent() {
        let sent = read(&complete(), HERE).unwrap();
        let seen = SeenAddress {
            first_line: "1 Main St".to_owned(),
            second_line: Some("Apt 4".to_owned()),
            city: "Phoenix".to_owned(),
            state: "AZ".to_owned(),
            zip: "85004-1234".to_owned(),
            country: None,
            access_notes: Some("Ring twice.\nDog.".to_owned()),
        };
        let of = |seen: &SeenAddress| VisitAddress::of(seen, Environment::Production);
        assert_eq!(of(&seen), Ok(sent.clone()));
        let elsewhere = SeenAddress {
            second_line: Some("Apt 5".to_owned()),
            ..seen.clone()
        };
        assert_ne!(of(&elsewhere).unwrap().place(), sent.place());
        let other_door = SeenAddress {
            access_notes: Some(String::new()),
            second_line: Some(String::new()),
            ..seen.clone()
        };
        assert_eq!(of(&other_door).unwrap().of_visit().get("second_line"), None);
        for broken in [
            SeenAddress {
                first_line: "PO Box 7".to_owned(),
                ..seen.clone()
            },
            SeenAddress {
                zip: "85004 1234".to_owned(),
                ..seen.clone()
            },
            SeenAddress {
                country: Some("CA".to_owned()),
                ..seen.clone()
            },
        ] {
            assert_eq!(of(&broken), Err(Reason::AddressNotComplete));
        }
    }
}
