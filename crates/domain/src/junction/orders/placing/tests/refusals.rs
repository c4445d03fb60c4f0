//! What is refused, where, and in which order of importance.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What is changed in a complete order, the refusal, the places it names, and what the row is an example of.
type Row<'a> = (&'a [(&'a str, Value)], Option<(Reason, &'a [&'a str])>, &'a str);

#[test]
fn each_rule_has_its_code_and_names_its_field() {
    use Reason::{AddressNotComplete, FieldsAtFault, NameNotForRequisition, PatientUnder18};
    const FIRST: &str = "/patient/demographics/firstName";
    const LAST: &str = "/patient/demographics/lastName";
    const PHONE: &str = "/patient/demographics/phoneNumber";
    const DOB: &str = "/patient/demographics/dob";
    const LINE: &str = "/address/firstLine";
    let proxy = json!({
        "firstName": "Ann", "lastName": "Roy", "phoneNumber": "+16025550124",
        "address": {"firstLine": "1 Main St", "city": "Phoenix", "state": "AZ", "zip": "85004"},
    });
    let rows: &[Row<'_>] = &[
        (&[], None, "nothing"),
        (
            &[(FIRST, json!("Élodie"))],
            Some((NameNotForRequisition, &[FIRST])),
            "an accent",
        ),
        (
            &[(FIRST, json!("Élodie")), (LAST, json!("O’Connor"))],
            Some((NameNotForRequisition, &[FIRST, LAST])),
            "both names",
        ),
        (&[(FIRST, json!(""))], Some((FieldsAtFault, &[FIRST])), "an empty name"),
        (
            &[(LAST, json!("a".repeat(51)))],
            Some((NameNotForRequisition, &[LAST])),
            "a long name",
        ),
        (
            &[(LINE, json!("West Lincoln Street"))],
            Some((AddressNotComplete, &[LINE])),
            "no house number",
        ),
        (
            &[(DOB, json!("2009-11-26"))],
            Some((PatientUnder18, &[DOB])),
            "17 years old",
        ),
        (
            &[
                (DOB, json!("2009-11-26")),
                ("/patient/demographics/medicalProxy", proxy),
            ],
            Some((PatientUnder18, &[DOB])),
            "17 years old, with a proxy",
        ),
        (
            &[(DOB, json!("2008-11-27"))],
            Some((PatientUnder18, &[DOB])),
            "18 tomorrow",
        ),
        (
            &[(DOB, json!("2008-11-26"))],
            None,
            "18 today, where it is still today everywhere",
        ),
        (&[(DOB, json!("2008-02-30"))], Some((FieldsAtFault, &[DOB])), "no date"),
        (
            &[(PHONE, json!("(602) 555-0123"))],
            Some((FieldsAtFault, &[PHONE])),
            "a number as people write it",
        ),
        (&[(PHONE, json!("+15551234567"))], None, "a number of tests"),
        (
            &[
                (DOB, json!("2012-01-01")),
                (LINE, json!("PO Box 7")),
                (FIRST, json!("José")),
            ],
            Some((NameNotForRequisition, &[FIRST, DOB, LINE])),
            "all three: the name is reported first",
        ),
        (
            &[(DOB, json!("2012-01-01")), (LINE, json!("PO Box 7"))],
            Some((AddressNotComplete, &[DOB, LINE])),
            "age and address: the address is reported first",
        ),
        (
            &[
                (DOB, json!("2012-01-01")),
                (FIRST, json!("José")),
                ("/billing", json!("cash")),
            ],
            Some((FieldsAtFault, &[FIRST, DOB, "/billing"])),
            "an error of form beside them",
        ),
    ];
    for (changes, expected, reason) in rows {
        let refusal = read(&with(changes)).err();
        let found = refusal.as_ref().map(|refusal| {
            let places: Vec<_> = refusal.errors.iter().map(|error| error.field.as_str()).collect();
            (refusal.reason, places)
        });
        let expected = expected.map(|(reason, places)| (reason, places.to_vec()));
        assert_eq!(found, expected, "{reason}");
    }
}

#[test]
fn the_form_of_each_member_is_checked() {
    let rows: &[(&str, Value, &str, &str)] = &[
        ("/tests", json!([]), "/tests", "required"),
        ("/tests", json!("x"), "/tests", "wrong_type"),
        ("/tests", json!(["x"]), "/tests/0", "malformed"),
        (
            "/tests",
            json!([id(1).to_string(), id(1).to_string()]),
            "/tests/1",
            "repeated",
        ),
        ("/tests", json!(vec![id(1).to_string(); 51]), "/tests", "too_many"),
        ("/addOnMarkers", json!([1.5]), "/addOnMarkers/0", "wrong_type"),
        ("/addOnMarkers", json!(["7"]), "/addOnMarkers/0", "wrong_type"),
        ("/labAccountId", json!("7"), "/labAccountId", "malformed"),
        (
            "/physician",
            json!({"firstName": "A", "lastName": "B", "npi": "123"}),
            "/physician/npi",
            "malformed",
        ),
        (
            "/physician",
            json!({"firstName": "A", "lastName": "B"}),
            "/physician/npi",
            "required",
        ),
        (
            "/physician",
            json!({"firstName": "A", "lastName": "B", "npi": "0123456789", "signatureImage": {}}),
            "/physician/*",
            "unknown",
        ),
        ("/icdCodes", json!(["sugar"]), "/icdCodes/0", "malformed"),
        ("/icdCodes", json!([7]), "/icdCodes/0", "wrong_type"),
        ("/consents", json!([{"type": "all"}]), "/consents/0/type", "bad_value"),
        (
            "/consents",
            json!([{"type": "terms-of-use", "at": "today"}]),
            "/consents/0/at",
            "malformed",
        ),
        (
            "/aoeAnswers",
            json!([{"markerId": 1, "questionId": 9_223_372_036_854_775_808_u64, "answer": "x"}]),
            "/aoeAnswers/0/questionId",
            "wrong_type",
        ),
        (
            "/aoeAnswers",
            json!([{"markerId": 1, "answer": "x"}]),
            "/aoeAnswers/0/questionId",
            "required",
        ),
        ("/priority", json!("yes"), "/priority", "wrong_type"),
        ("/clinicalNotes", json!("é".repeat(1001)), "/clinicalNotes", "too_long"),
        ("/clinicalNotes", json!("a\tb"), "/clinicalNotes", "not_accepted"),
        ("/activateBy", json!("24/12/2026"), "/activateBy", "malformed"),
        ("/healthInsurance", json!({}), "/*", "unknown"),
        (
            "/patient/demographics/householdSize",
            json!(-1),
            "/patient/demographics/householdSize",
            "malformed",
        ),
        (
            "/patient/demographics/gender",
            json!("f"),
            "/patient/demographics/gender",
            "bad_value",
        ),
        (
            "/patient/demographics/address",
            json!({}),
            "/patient/demographics/*",
            "unknown",
        ),
        (
            "/patient/demographics",
            Value::Null,
            "/patient/demographics",
            "wrong_type",
        ),
    ];
    for (pointer, value, place, code) in rows {
        let refusal = read(&with(&[(pointer, value.clone())])).unwrap_err();
        assert_eq!(refusal.reason, Reason::FieldsAtFault, "{pointer} {value}");
        assert_eq!(mistakes(&refusal), [(*place, *code)], "{pointer} {value}");
    }
    let refusal = read(&json!({})).unwrap_err();
    let required = [
        ("/patient", "required"),
        ("/address", "required"),
        ("/tests", "required"),
    ];
    assert_eq!(mistakes(&refusal), required);
}

#[test]
fn the_sandbox_accepts_its_own_address_and_nothing_else_more() {
    let rows = [
        ("West Lincoln Street", None, "its own"),
        ("PO Box 7", Some(Reason::AddressNotComplete), "a box"),
    ];
    for (line, expected, reason) in rows {
        let body = with(&[("/address/firstLine", json!(line))]);
        let refusal = read_in(&body, None, Environment::Sandbox).err();
        assert_eq!(refusal.map(|refusal| refusal.reason), expected, "{reason}");
    }
}

/// A value of JSON that could stand anywhere.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{0,8}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

/// Every place of a complete order.
const PLACES: &[&str] = &[
    "/clinician",
    "/team",
    "/patient",
    "/patient/clientUserId",
    "/patient/demographics",
    "/patient/demographics/firstName",
    "/patient/demographics/dob",
    "/patient/demographics/medicalProxy",
    "/patient/demographics/householdSize",
    "/address",
    "/address/firstLine",
    "/address/zip",
    "/tests",
    "/addOnMarkers",
    "/physician",
    "/icdCodes",
    "/consents",
    "/aoeAnswers",
    "/priority",
    "/activateBy",
    "/surprise",
];

proptest! {
    #[test]
    fn whatever_stands_in_an_order_is_read_or_named(at in 0..PLACES.len(), value in anything()) {
        match read(&with(&[(PLACES[at], value)])) {
            Ok(placing) => {
                let planned = plan(placing, &rules()).map(|plan| plan.to_junction(id(1), id(2)));
                prop_assert!(planned.is_ok_and(|body| body.is_object()) || matches!(PLACES[at], "/clinician" | "/team"));
            }
            Err(refusal) => {
                prop_assert_ne!(refusal.reason, Reason::Defect);
                prop_assert!(!refusal.errors.is_empty());
            }
        }
    }

    #[test]
    fn any_bytes_are_refused_and_not_a_defect(body in any::<Vec<u8>>()) {
        let request = Native { body: &body, ..Native::default() };
        let refusal = parse(request, None, Environment::Production, NOW.parse().unwrap()).err();
        prop_assert!(refusal.is_some_and(|refusal| refusal.reason != Reason::Defect));
    }
}
