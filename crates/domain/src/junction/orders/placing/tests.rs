//! Whole orders: what is read, what is refused, and what is sent.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::junction::tests::{id, mistakes, rules, token, token_for};

const NOW: &str = "2026-11-26T15:00:00Z";

fn complete() -> Value {
    json!({
        "clinician": {"userId": "u"},
        "team": {"integrationTeamId": "t"},
        "patient": {
            "clientUserId": "patient-1",
            "demographics": {
                "firstName": "Zoe", "lastName": "O'Connor", "email": "zoe@example.com", "phoneNumber": "+16025550123",
                "gender": "female", "dob": "1986-03-09",
            },
        },
        "address": {
            "firstLine": "1 Main St", "secondLine": "Apt 4", "city": "Phoenix", "state": "AZ", "zip": "85004-1234",
            "accessNotes": "Ring twice.\nDog.",
        },
        "tests": ["11f81012-9519-11ee-8c99-0244cd4cfa84"],
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut body = complete();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    body
}

fn read_in(body: &Value, vouched: Option<&Vouched>, environment: Environment) -> Result<Placing, Refusal> {
    let body = body.to_string();
    let request = Native {
        body: body.as_bytes(),
        ..Native::default()
    };
    parse(request, vouched, environment, NOW.parse().unwrap())
}

fn read(body: &Value) -> Result<Placing, Refusal> {
    read_in(body, None, Environment::Production)
}

fn sent(body: &Value) -> Value {
    plan(read(body).unwrap(), &rules()).unwrap().to_junction(id(1), id(2))
}

#[test]
fn the_least_order_is_sent_with_what_junction_requires() {
    assert_eq!(
        sent(&complete()),
        json!({
            "user_id": id(1).to_string(),
            "creator_member_id": id(2).to_string(),
            "collection_method": "at_home_phlebotomy",
            "billing_type": "client_bill",
            "order_set": {"lab_test_ids": ["11f81012-9519-11ee-8c99-0244cd4cfa84"]},
            "patient_details": {
                "first_name": "Zoe", "last_name": "O'Connor", "email": "zoe@example.com",
                "phone_number": "+16025550123", "gender": "female", "dob": "1986-03-09",
            },
            "patient_address": {
                "first_line": "1 Main St", "second_line": "Apt 4", "city": "Phoenix", "state": "AZ",
                "zip": "85004-1234", "country": "US", "access_notes": "Ring twice.\nDog.",
            },
        })
    );
}

#[test]
fn everything_that_may_be_sent_reaches_junction_unchanged() {
    let more = [
        ("/patient/demographics/race", json!("asian")),
        ("/patient/demographics/ethnicity", json!("non_hispanic")),
        ("/patient/demographics/sexualOrientation", json!("dont_know")),
        ("/patient/demographics/genderIdentity", json!("genderqueer")),
        ("/patient/demographics/householdIncome", json!(42000)),
        ("/patient/demographics/householdSize", json!(3)),
        (
            "/patient/demographics/medicalProxy",
            json!({
                "firstName": "Élodie", "lastName": "Roy", "phoneNumber": "+16025550124", "email": "e@example.com",
                "address": {"firstLine": "PO Box 7", "city": "Phoenix", "state": "AZ", "zip": "02134"},
            }),
        ),
        ("/addOnMarkers", json!([7, 9_007_199_254_740_993_i64])),
        ("/labAccountId", json!("11f81012-9519-11ee-8c99-0244cd4cfa85")),
        (
            "/physician",
            json!({"firstName": "José", "lastName": "Paz", "npi": "0123456789", "licensedStates": ["AZ", "WI"]}),
        ),
        ("/billing", json!("patient_bill")),
        ("/icdCodes", json!(["E11.9", "I10"])),
        (
            "/consents",
            json!([
                {"type": "hipaa-authorization", "version": "1.1", "at": "2026-11-26T10:00:00-05:00"},
                {"type": "terms-of-use"},
            ]),
        ),
        (
            "/aoeAnswers",
            json!([{"markerId": 7, "questionId": 1_234_567_890_251_i64, "answer": "Oui, à jeun"}]),
        ),
        ("/priority", json!(true)),
        ("/clinicalNotes", json!("Hard stick.\nUse the left arm.")),
        ("/activateBy", json!("2026-12-24")),
        ("/passthrough", json!("visit=17")),
    ];
    let body = sent(&with(&more));
    let rows = [
        ("/patient_details/race", json!("asian")),
        ("/patient_details/ethnicity", json!("non_hispanic")),
        ("/patient_details/sexual_orientation", json!("dont_know")),
        ("/patient_details/gender_identity", json!("genderqueer")),
        ("/patient_details/household_income", json!(42000)),
        ("/patient_details/household_size", json!(3)),
        (
            "/patient_details/medical_proxy",
            json!({
                "first_name": "Élodie", "last_name": "Roy", "phone_number": "+16025550124", "email": "e@example.com",
                "address": {"first_line": "PO Box 7", "city": "Phoenix", "state": "AZ", "zip": "02134", "country": "US"},
            }),
        ),
        (
            "/order_set/add_on",
            json!({"marker_ids": [7, 9_007_199_254_740_993_i64]}),
        ),
        ("/lab_account_id", json!("11f81012-9519-11ee-8c99-0244cd4cfa85")),
        (
            "/physician",
            json!({"first_name": "José", "last_name": "Paz", "npi": "0123456789", "licensed_states": ["AZ", "WI"]}),
        ),
        ("/billing_type", json!("patient_bill")),
        ("/icd_codes", json!(["E11.9", "I10"])),
        (
            "/consents",
            json!([
                {"consentType": "hipaa-authorization", "version": "1.1", "timeOfConsent": "2026-11-26T15:00:00Z"},
                {"consentType": "terms-of-use"},
            ]),
        ),
        (
            "/aoe_answers",
            json!([{"marker_id": 7, "question_id": 1_234_567_890_251_i64, "answer": "Oui, à jeun"}]),
        ),
        ("/priority", json!(true)),
        ("/clinical_notes", json!("Hard stick.\nUse the left arm.")),
        ("/activate_by", json!("2026-12-24")),
        ("/passthrough", json!("visit=17")),
    ];
    for (pointer, expected) in rows {
        assert_eq!(body.pointer(pointer), Some(&expected), "{pointer}");
    }
    let text = body.to_string();
    assert!(text.contains(r#""question_id":1234567890251"#), "{text}");
    for retired in [
        "unit",
        "health_insurance",
        "lab_test_id\"",
        "signature_image",
        "receiver_name",
    ] {
        assert!(!text.contains(&format!("\"{retired}")), "{retired}");
    }
}

#[test]
fn null_means_the_same_as_not_being_there() {
    let nulls: Vec<_> = contents::NAMES
        .iter()
        .filter(|name| **name != "tests")
        .map(|name| (format!("/{name}"), Value::Null))
        .collect();
    let nulls: Vec<_> = nulls
        .iter()
        .map(|(pointer, value)| (pointer.as_str(), value.clone()))
        .collect();
    assert_eq!(sent(&with(&nulls)), sent(&complete()));
}

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

#[test]
fn a_token_says_who_orders_and_for_whom() {
    let body = || {
        let mut body = complete();
        let members = body.as_object_mut().unwrap();
        members.remove("clinician");
        members.remove("team");
        body
    };
    let decided = |body: &Value, vouched: Option<&Vouched>| {
        let placing = read_in(body, vouched, Environment::Production)?;
        plan(placing, &rules()).map_err(|refusal| refusal.reason.into())
    };
    let reason =
        |body: &Value, vouched: Option<&Vouched>| decided(body, vouched).err().map(|refusal: Refusal| refusal.reason);
    let rows = [
        (body(), Some(token("t")), None, "the token's clinician and team"),
        (
            body(),
            Some(token_for("t", Some("patient-1"))),
            None,
            "the token's patient",
        ),
        (
            body(),
            Some(token_for("t", Some("patient-2"))),
            Some(Reason::OtherPatient),
            "another patient",
        ),
        (
            body(),
            Some(token_for("t", None)),
            Some(Reason::TokenNamesNoPatient),
            "a token that should name one",
        ),
        (
            complete(),
            Some(token("t")),
            Some(Reason::ClinicianBesideToken),
            "a clinician beside the token's",
        ),
        (
            with(&[("/team/integrationTeamId", json!("u"))])
                .as_object()
                .map(|body| {
                    let mut body = body.clone();
                    body.remove("clinician");
                    body.into()
                })
                .unwrap(),
            Some(token("t")),
            Some(Reason::OtherTeam),
            "another team",
        ),
        (body(), None, Some(Reason::NobodyStated), "neither token nor clinician"),
    ];
    for (body, vouched, expected, why) in &rows {
        assert_eq!(reason(body, vouched.as_ref()), *expected, "{why}");
    }
    let plan = decided(&body(), Some(&token("t"))).unwrap();
    assert_eq!(plan.account.clinician_place, "/token");
    let placing = read(&complete()).unwrap();
    let named = placing.named();
    assert_eq!(
        (named.clinician.as_deref(), named.patient.as_deref()),
        (Some("u"), Some("patient-1"))
    );
}

#[test]
fn nothing_of_a_patient_is_shown() {
    let shown = format!("{:?}", plan(read(&complete()).unwrap(), &rules()).unwrap());
    for text in ["Zoe", "Connor", "602555", "1986", "Main", "85004", "Ring", "patient-1"] {
        assert!(!shown.contains(text), "{shown}");
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
