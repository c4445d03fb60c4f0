//! Whole orders: what is read, what is refused, and what is sent.

mod refusals;

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
