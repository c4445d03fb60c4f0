//! The body of an order's creation.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    catalogue::{self, AT_HOME, LabTest, Marker, WALK_IN},
    reading,
};
use crate::junction::{
    fields::{self, Fields, Read},
    id::Id,
    refused::Refused,
};

/// An order that is asked for.
pub(in crate::junction) struct Wanted {
    pub(in crate::junction) user: Id,
    pub(in crate::junction) tests: Vec<Id>,
    pub(in crate::junction) creator: Option<Id>,
    /// What the order shows of its creation.
    pub(in crate::junction) placed: Map<String, Value>,
    method: Option<String>,
    add_on: Option<Map<String, Value>>,
    questions: Vec<i64>,
}

const METHODS: &[&str] = &["testkit", WALK_IN, AT_HOME, "on_site_collection"];
const BILLING: &[&str] = &[
    "client_bill",
    "commercial_insurance",
    "patient_bill_passthrough",
    "patient_bill",
];
const CONSENTS: &[&str] = &[
    "terms-of-use",
    "telehealth-informed-consent",
    "mobile-terms-and-conditions",
    "notice-of-privacy-practices",
    "privacy-policy",
    "hipaa-authorization",
];

type Reader<T> = fn(&Value) -> Read<T>;
type Text = Reader<String>;

impl Wanted {
    pub(in crate::junction) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let user = fields.required("user_id", fields::id);
        let mut placed = Map::new();
        let required = [
            ("patient_details", details as fn(&mut Fields<'_>) -> Map<String, Value>),
            ("patient_address", address),
        ];
        for (name, read) in required {
            let object = fields.required(name, |value| fields::object(value, |fields| Some(read(fields))));
            placed.extend(object.map(|object| (name.to_owned(), object.into())));
        }
        let plain: [(&str, Text); 5] = [
            ("billing_type", |value| reading::one_of(value, BILLING)),
            ("activate_by", fields::date),
            ("passthrough", fields::text),
            ("clinical_notes", reading::notes),
            ("lab_account_id", |value| fields::id(value).map(String::from)),
        ];
        for (name, read) in plain {
            placed.extend(fields.optional(name, read).map(|text| (name.to_owned(), text.into())));
        }
        let values: [(&str, Reader<Value>); 4] = [
            ("priority", fields::boolean),
            ("physician", physician),
            ("icd_codes", |value| reading::texts(value).map(Value::from)),
            ("consents", consents),
        ];
        for (name, read) in values {
            placed.extend(fields.optional(name, read).map(|value| (name.to_owned(), value)));
        }
        let questions = fields.optional("aoe_answers", |value| {
            let read = fields::list(value, question);
            placed.insert("aoe_answers".to_owned(), value.clone());
            read
        });
        let creator = fields.optional("creator_member_id", fields::id);
        placed.extend(creator.map(|creator| ("creator_member_id".to_owned(), String::from(creator).into())));
        let set = fields.optional("order_set", |value| {
            fields::object(value, |fields| Some(order_set(fields)))
        });
        let one = fields.optional("lab_test_id", fields::id);
        let (mut tests, add_on) = set.unwrap_or_default();
        tests.extend(one);
        Some(Self {
            user: user?,
            tests,
            creator,
            placed,
            method: fields.optional("collection_method", |value| reading::one_of(value, METHODS)),
            add_on,
            questions: questions.unwrap_or_default(),
        })
    }

    /// What goes together, and what is there. The texts of the first five are Junction's.
    pub(in crate::junction) fn check(&self) -> Result<(), Refused> {
        if let Some(add_on) = &self.add_on {
            let has = |name| add_on.get(name).is_some_and(|list| !list.is_null());
            let wrong = match (has("marker_ids"), has("provider_ids")) {
                _ if self.method.is_none() => Some("collection_method must be set if add_on is set"),
                (false, false) => Some("marker_ids or provider_ids must be set in add_on"),
                (true, true) => Some("cannot set both marker_ids and provider_ids in add_on"),
                (true, false) | (false, true) => None,
            };
            if let Some(wrong) = wrong {
                return Err(Refused::BadRequest(wrong));
            }
        }
        let tests: Vec<&LabTest> = self.tests.iter().filter_map(|id| catalogue::find(*id)).collect();
        if tests.len() < self.tests.len() {
            return Err(Refused::NotFound("Lab test not found"));
        }
        let Some(first) = tests.first() else {
            return Err(Refused::BadRequest("lab_test_id or order_set must be set"));
        };
        if tests.iter().any(|test| test.lab.id != first.lab.id) {
            return Err(Refused::BadRequest("cannot order lab_tests from multiple labs"));
        }
        let other_method = |method: &str| tests.iter().any(|test| test.method != method);
        if other_method(self.method.as_deref().unwrap_or(first.method)) {
            return Err(Refused::BadRequest(
                "cannot order lab tests with multiple collection methods",
            ));
        }
        let markers = tests.iter().flat_map(|test| test.markers);
        let mut needed = markers.filter_map(Marker::required_question);
        if needed.any(|id| !self.questions.iter().any(|question| u64::try_from(*question) == Ok(id))) {
            return Err(Refused::BadRequest("Answers to required AOE questions are missing"));
        }
        if self.detail("phone_number").starts_with("+1555") {
            return Err(Refused::BadRequest("Phone number is not correct"));
        }
        Ok(())
    }

    /// Visits are for adults; on which day Junction computes the age, it does not say: here in UTC.
    pub(in crate::junction) fn check_age(&self, today: Date) -> Result<(), Refused> {
        let is_at_home = self
            .tests
            .iter()
            .filter_map(|id| catalogue::find(*id))
            .all(|test| test.method == AT_HOME);
        let birth = self.detail("dob").parse::<Date>();
        let is_minor = birth.is_ok_and(|birth| {
            let age = i32::from(today.year()) - i32::from(birth.year());
            let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
            age - i32::from(!had_birthday) < 18
        });
        if is_at_home && is_minor {
            return Err(Refused::BadRequest(
                "Patient must be at least 18 years old for at-home phlebotomy",
            ));
        }
        Ok(())
    }

    fn detail(&self, name: &str) -> &str {
        let details = self.placed.get("patient_details");
        details
            .and_then(|details| details.get(name)?.as_str())
            .unwrap_or_default()
    }
}

fn details(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut details = Map::new();
    let required: [(&str, Text); 6] = [
        ("first_name", reading::person_name),
        ("last_name", reading::person_name),
        ("dob", fields::date),
        ("gender", |value| {
            reading::one_of(value, &["female", "male", "other", "unknown"])
        }),
        ("phone_number", reading::phone),
        ("email", fields::email),
    ];
    for (name, read) in required {
        details.extend(fields.required(name, read).map(|text| (name.to_owned(), text.into())));
    }
    for name in ["race", "ethnicity", "sexual_orientation", "gender_identity"] {
        details.extend(
            fields
                .optional(name, fields::text)
                .map(|text| (name.to_owned(), text.into())),
        );
    }
    for name in ["household_income", "household_size"] {
        details.extend(
            fields
                .optional(name, reading::integer)
                .map(|number| (name.to_owned(), number.into())),
        );
    }
    let proxy = fields.optional("medical_proxy", |value| fields::object(value, |_| Some(value.clone())));
    details.extend(proxy.map(|proxy| ("medical_proxy".to_owned(), proxy)));
    details
}

fn address(fields: &mut Fields<'_>) -> Map<String, Value> {
    let mut address = Map::new();
    let required: [(&str, Text); 5] = [
        ("first_line", fields::text),
        ("city", fields::text),
        ("state", reading::state),
        ("zip", reading::zip),
        ("country", fields::text),
    ];
    for (name, read) in required {
        address.extend(fields.required(name, read).map(|text| (name.to_owned(), text.into())));
    }
    let optional: [(&str, Text); 4] = [
        ("receiver_name", fields::text),
        ("second_line", fields::text),
        ("access_notes", reading::notes),
        ("phone_number", fields::text),
    ];
    for (name, read) in optional {
        address.extend(fields.optional(name, read).map(|text| (name.to_owned(), text.into())));
    }
    address
}

fn physician(value: &Value) -> Read<Value> {
    fields::object(value, |fields| {
        for name in ["first_name", "last_name", "npi"] {
            fields.required(name, fields::text);
        }
        fields.optional("email", fields::text);
        fields.optional("licensed_states", reading::texts);
        Some(value.clone())
    })
}

fn consents(value: &Value) -> Read<Value> {
    fields::list(value, |value| {
        fields::object(value, |fields| {
            fields.required("consentType", |value| reading::one_of(value, CONSENTS))
        })
    })?;
    Ok(value.clone())
}

/// Which question the answer is to.
fn question(value: &Value) -> Read<i64> {
    fields::object(value, |fields| {
        fields.required("marker_id", reading::integer);
        fields.required("answer", fields::text);
        fields.required("question_id", reading::integer)
    })
}

fn order_set(fields: &mut Fields<'_>) -> (Vec<Id>, Option<Map<String, Value>>) {
    let tests = fields.optional("lab_test_ids", reading::ids);
    let add_on = fields.optional("add_on", |value| {
        fields::object(value, |fields| {
            fields.optional("marker_ids", |value| fields::list(value, reading::integer));
            fields.optional("provider_ids", reading::texts);
            value.as_object().cloned()
        })
    });
    (tests.unwrap_or_default(), add_on)
}
