//! What is ordered, beside for whom and where.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};

use super::{
    fields::{date, integers, objects, texts, unique},
    physician::Physician,
    words::{Billing, ConsentType},
};
use crate::{
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    junction::{JunctionId, orders::notes::Notes},
    text::{self, Normalization},
};

/// The most tests, markers or diagnoses of one order.
const MAX_ITEMS: usize = 50;

/// The most answers of one order: a test may ask several questions.
const MAX_ANSWERS: usize = 200;

/// The members that [`Contents`] reads.
pub(super) const NAMES: [&str; 12] = [
    "tests",
    "addOnMarkers",
    "labAccountId",
    "physician",
    "billing",
    "icdCodes",
    "consents",
    "aoeAnswers",
    "priority",
    "clinicalNotes",
    "activateBy",
    "passthrough",
];

/// What is ordered. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Contents {
    tests: Vec<JunctionId>,
    add_on_markers: Option<Vec<i64>>,
    lab_account: Option<JunctionId>,
    physician: Option<Physician>,
    billing: Billing,
    icd_codes: Option<Vec<String>>,
    consents: Option<Vec<Consent>>,
    aoe_answers: Option<Vec<Answer>>,
    priority: Option<bool>,
    clinical_notes: Option<Notes>,
    activate_by: Option<Date>,
    passthrough: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
struct Consent {
    kind: ConsentType,
    version: Option<String>,
    at: Option<Timestamp>,
}

/// An answer to a question at order entry. Its ids need 64 bits.
#[derive(Clone, PartialEq, Eq)]
struct Answer {
    marker: i64,
    question: i64,
    text: String,
}

impl Contents {
    /// Takes what is ordered out of the body.
    pub(super) fn take(members: &mut Members<'_>, errors: &mut FieldErrors) -> Option<Self> {
        for name in NAMES {
            members.forget_null(name);
        }
        let tests = tests(members, errors);
        let markers = members.list("addOnMarkers", MAX_ITEMS, errors);
        let add_on_markers = markers.map(|items| integers(items, errors));
        let lab_account = members.parsed("labAccountId", errors, |text| JunctionId::parse(&text));
        let physician = members
            .take("physician", errors)
            .and_then(|raw| Physician::parse(raw, "/physician", errors));
        let billing = members.parsed("billing", errors, Billing::read);
        let icd_codes = members.list("icdCodes", MAX_ITEMS, errors);
        let icd_codes = icd_codes.and_then(|items| unique(items, errors, icd_code));
        let consents = objects(members, "consents", MAX_ITEMS, errors, Consent::parse);
        let aoe_answers = objects(members, "aoeAnswers", MAX_ANSWERS, errors, Answer::parse);
        let priority = members.boolean("priority", errors);
        let clinical_notes = members.parsed("clinicalNotes", errors, Notes::parse);
        let activate_by = members.parsed("activateBy", errors, |text| date(&text));
        let passthrough = members.parsed("passthrough", errors, |text| text::parse_written(text, 1000));
        Some(Self {
            tests: tests?,
            add_on_markers,
            lab_account,
            physician,
            billing: billing.unwrap_or(Billing::Client),
            icd_codes,
            consents,
            aoe_answers,
            priority,
            clinical_notes,
            activate_by,
            passthrough,
        })
    }

    /// As orders have it.
    pub(super) fn to_junction(&self) -> Map<String, Value> {
        let tests: Vec<_> = self.tests.iter().map(ToString::to_string).collect();
        let mut order_set = Map::new();
        order_set.insert("lab_test_ids".to_owned(), tests.into());
        if let Some(markers) = &self.add_on_markers {
            order_set.insert("add_on".to_owned(), json!({"marker_ids": markers}));
        }
        let each = |consents: &Vec<Consent>| consents.iter().map(Consent::to_junction).collect::<Value>();
        let every = |answers: &Vec<Answer>| answers.iter().map(Answer::to_junction).collect::<Value>();
        let members = [
            ("order_set", Some(order_set.into())),
            ("lab_account_id", self.lab_account.map(|id| id.to_string().into())),
            ("physician", self.physician.as_ref().map(Physician::to_junction)),
            ("billing_type", Some(self.billing.as_str().into())),
            ("icd_codes", self.icd_codes.clone().map(Value::from)),
            ("consents", self.consents.as_ref().map(each)),
            ("aoe_answers", self.aoe_answers.as_ref().map(every)),
            ("priority", self.priority.map(Value::from)),
            (
                "clinical_notes",
                self.clinical_notes.as_ref().map(|notes| notes.as_ref().into()),
            ),
            ("activate_by", self.activate_by.map(|date| date.to_string().into())),
            ("passthrough", self.passthrough.clone().map(Value::from)),
        ];
        let members = members.into_iter();
        members
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Contents(…)")
    }
}

impl Consent {
    fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let mut members = Members::of(raw, place, errors)?;
        for name in ["version", "at"] {
            members.forget_null(name);
        }
        let kind = members.required("type", errors, ConsentType::read);
        let version = members.parsed("version", errors, |text| text::parse(text, 32, Normalization::Keep));
        let at = members.parsed("at", errors, |text| {
            text.parse()
                .map_err(|_names_the_text| Fault::Malformed("a time such as 2026-11-26T15:00:00Z"))
        });
        members.finish(&["type", "version", "at"], errors);
        Some(Self {
            kind: kind?,
            version,
            at,
        })
    }

    fn to_junction(&self) -> Value {
        let at = self.at.map(|at| at.to_string());
        texts([
            ("consentType", Some(self.kind.as_str())),
            ("version", self.version.as_deref()),
            ("timeOfConsent", at.as_deref()),
        ])
        .into()
    }
}

impl Answer {
    fn parse(raw: Raw<'_>, place: &str, errors: &mut FieldErrors) -> Option<Self> {
        let mut members = Members::of(raw, place, errors)?;
        for name in ["markerId", "questionId"] {
            if !members.has(name) {
                errors.add(members.place(name), Fault::Required);
            }
        }
        let marker = members.integer("markerId", errors);
        let question = members.integer("questionId", errors);
        let answer = members.required("answer", errors, |text| text::parse_written(text, 1000));
        members.finish(&["markerId", "questionId", "answer"], errors);
        Some(Self {
            marker: marker?,
            question: question?,
            text: answer?,
        })
    }

    fn to_junction(&self) -> Value {
        json!({"marker_id": self.marker, "question_id": self.question, "answer": self.text})
    }
}

fn tests(members: &mut Members<'_>, errors: &mut FieldErrors) -> Option<Vec<JunctionId>> {
    if !members.has("tests") {
        errors.add("/tests", Fault::Required);
    }
    let items = members.list("tests", MAX_ITEMS, errors)?;
    if items.is_empty() {
        errors.add("/tests", Fault::Required);
    }
    unique(items, errors, |text| JunctionId::parse(&text))
}

/// A diagnosis, by its form: which codes there are changes each year.
fn icd_code(text: String) -> Result<String, Fault> {
    let (category, rest) = match text.split_once('.') {
        Some((category, rest)) if !rest.is_empty() => (category, rest),
        Some(_) => ("", ""),
        None => text.split_at_checked(3).unwrap_or_default(),
    };
    let is_word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let is_code = category.len() == 3
        && category.starts_with(|first: char| first.is_ascii_uppercase())
        && category.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
        && is_word(category)
        && rest.len() <= 4
        && is_word(rest);
    is_code
        .then_some(text)
        .ok_or(Fault::Malformed("an ICD-10 code such as E11.9"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnosis_has_the_form_of_an_icd_10_code() {
        let rows = [
            ("E11.9", true, "with a dot"),
            ("E119", true, "without"),
            ("I10", true, "a category alone"),
            ("U07.1", true, "a new chapter"),
            ("C4A.0", true, "a letter in the category"),
            ("S72.001A", true, "seven characters"),
            ("e11.9", false, "lower case"),
            ("E11.", false, "a dot alone"),
            ("E11.99999", false, "too long"),
            ("11.9", false, "no letter"),
            ("250.00", false, "the edition before"),
            ("E1", false, "too short"),
            ("É11.9", false, "another letter"),
            ("E11.9.1", false, "two dots"),
            ("", false, "nothing"),
        ];
        for (text, expected, reason) in rows {
            assert_eq!(icd_code(text.to_owned()).is_ok(), expected, "{reason}");
        }
    }
}
