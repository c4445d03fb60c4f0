//! What each body may hold, and what is wrong with others.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::junction::tests::{id, mistakes};

fn read<T>(body: &Value, parse: impl Fn(Native<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let body = body.to_string();
    parse(Native {
        body: body.as_bytes(),
        ..Native::default()
    })
}

fn here(request: Native<'_>) -> Result<Arrangement, Refusal> {
    visit(request, Environment::Production)
}

fn slots_here(request: Native<'_>) -> Result<SlotsQuery, Refusal> {
    slots(request, Environment::Production)
}

fn address(first_line: &str) -> Value {
    json!({"firstLine": first_line, "city": "Phoenix", "state": "AZ", "zip": "85004"})
}

/// The refusal of a body of one kind, if it is refused.
type Reader = fn(&Value) -> Option<Refusal>;

/// What reads a body, the body, and the errors in it.
type Row<'a> = (Reader, Value, &'a [(&'a str, &'a str)]);

const COVERAGE: Reader = |body| read(body, coverage).err();
const SEARCH: Reader = |body| read(body, search).err();
const SLOTS: Reader = |body| read(body, slots_here).err();
const VISIT: Reader = |body| read(body, here).err();
const RESCHEDULE: Reader = |body| read(body, reschedule).err();
const CANCEL_VISIT: Reader = |body| read(body, cancel_visit).err();
const CANCEL_ORDER: Reader = |body| read(body, cancel_order).err();
const SIMULATE: Reader = |body| read(body, simulate).err();

#[test]
fn each_body_is_read_with_all_its_errors() {
    let reason = id(5).to_string();
    let rows: &[Row<'_>] = &[
        (COVERAGE, json!({"zip": "85004-1234", "lab": "sonora_quest"}), &[]),
        (COVERAGE, json!({"zip": "85004", "lab": null}), &[]),
        (
            COVERAGE,
            json!({"zip": "850041234", "lab": "Quest!"}),
            &[("/zip", "malformed"), ("/lab", "malformed")],
        ),
        (COVERAGE, json!({}), &[("/zip", "required")]),
        (SEARCH, json!({"patient": {"clientUserId": "patient-1"}}), &[]),
        (SEARCH, json!({}), &[("/patient", "required")]),
        (SEARCH, json!({"patient": {}}), &[("/patient/clientUserId", "required")]),
        (
            SEARCH,
            json!({"patient": {"clientUserId": "a", "dob": "x"}}),
            &[("/patient/*", "unknown")],
        ),
        (SLOTS, json!({}), &[]),
        (
            SLOTS,
            json!({"from": "2026-11-27", "address": address("1 Main St")}),
            &[],
        ),
        (SLOTS, json!({"from": "tomorrow"}), &[("/from", "malformed")]),
        (VISIT, json!({"slot": "sealed", "notes": "Ring."}), &[]),
        (
            VISIT,
            json!({"provider": "phlebfinders", "address": address("1 Main St")}),
            &[],
        ),
        (VISIT, json!({"provider": "phlebfinders", "slot": null}), &[]),
        (
            VISIT,
            json!({"provider": "phlebfinders", "slot": "sealed"}),
            &[("/provider", "not_accepted")],
        ),
        (
            VISIT,
            json!({"slot": "sealed", "address": address("1 Main St")}),
            &[("/address", "not_accepted")],
        ),
        (VISIT, json!({}), &[("/slot", "required")]),
        (
            VISIT,
            json!({"slot": "", "notes": "a\tb"}),
            &[("/slot", "empty"), ("/notes", "not_accepted")],
        ),
        (VISIT, json!({"slot": "a".repeat(4097)}), &[("/slot", "too_long")]),
        (VISIT, json!({"provider": "Get Labs"}), &[("/provider", "malformed")]),
        (RESCHEDULE, json!({"slot": "sealed"}), &[]),
        (
            RESCHEDULE,
            json!({"provider": "getlabs"}),
            &[("/slot", "required"), ("/*", "unknown")],
        ),
        (
            CANCEL_VISIT,
            json!({"reasonId": reason, "notes": "Moved.", "acceptLateFee": true}),
            &[],
        ),
        (
            CANCEL_VISIT,
            json!({"notes": "é".repeat(1001), "acceptLateFee": "yes"}),
            &[
                ("/reasonId", "required"),
                ("/notes", "too_long"),
                ("/acceptLateFee", "wrong_type"),
            ],
        ),
        (CANCEL_ORDER, json!({}), &[]),
        (CANCEL_ORDER, json!({"acceptLateFee": false}), &[]),
        (CANCEL_ORDER, json!({"clinician": {}}), &[("/*", "unknown")]),
        (SIMULATE, json!({}), &[]),
        (
            SIMULATE,
            json!({"finalStatus": "No Show", "delaySecs": -1, "interpretation": "bad", "resultTypes": ["numeric", "x", 7]}),
            &[
                ("/finalStatus", "malformed"),
                ("/interpretation", "bad_value"),
                ("/delaySecs", "malformed"),
                ("/resultTypes/1", "bad_value"),
                ("/resultTypes/2", "wrong_type"),
            ],
        ),
    ];
    for (read, body, expected) in rows {
        let refusal = read(body);
        let found = refusal.as_ref().map(mistakes).unwrap_or_default();
        assert_eq!(found, *expected, "{body}");
        let reason = refusal.map(|refusal| refusal.reason);
        assert_eq!(
            reason,
            (!expected.is_empty()).then_some(Reason::FieldsAtFault),
            "{body}"
        );
    }
}

#[test]
fn an_address_that_no_one_can_visit_has_its_own_code() {
    let body = json!({"provider": "phlebfinders", "address": address("PO Box 7")});
    for refusal in [
        read(&body, here).unwrap_err(),
        read(&json!({"address": address("Main St")}), slots_here).unwrap_err(),
    ] {
        assert_eq!(refusal.reason, Reason::AddressNotComplete);
        assert_eq!(mistakes(&refusal), [("/address/firstLine", "not_accepted")]);
    }
    let sandbox = |request: Native<'_>| slots(request, Environment::Sandbox);
    assert!(read(&json!({"address": address("West Lincoln Street")}), sandbox).is_ok());
}

#[test]
fn nothing_sent_means_no_fee_and_no_flags() {
    assert!(!read(&json!({}), cancel_order).unwrap().accepts_late_fee);
    assert!(
        read(&json!({"acceptLateFee": true}), cancel_order)
            .unwrap()
            .accepts_late_fee
    );
    assert_eq!(read(&json!({}), simulate).unwrap().flags(), None);
    let body = json!({
        "finalStatus": "completed.at_home_phlebotomy.completed", "delaySecs": 5, "interpretation": "critical",
        "resultTypes": ["numeric", "comment"], "hasMissingResults": true,
    });
    let simulation = read(&body, simulate).unwrap();
    assert_eq!(simulation.delay_secs, Some(5));
    assert_eq!(
        simulation.final_status.as_deref(),
        Some("completed.at_home_phlebotomy.completed")
    );
    let flags =
        json!({"interpretation": "critical", "result_types": ["numeric", "comment"], "has_missing_results": true});
    assert_eq!(simulation.flags(), Some(flags));
}

#[test]
fn what_people_wrote_is_not_shown() {
    let body = json!({"provider": "phlebfinders", "address": address("1 Main St"), "notes": "Ring for Zoe."});
    let shown = format!("{:?}", read(&body, here).unwrap());
    assert!(!shown.contains("Main") && !shown.contains("Zoe"), "{shown}");
    let shown = format!("{:?}", read(&json!({"slot": "sealed-key"}), here).unwrap());
    assert!(!shown.contains("sealed-key"), "{shown}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_defect(bytes in any::<Vec<u8>>()) {
        let request = || Native { body: &bytes, ..Native::default() };
        let refusals = [
            coverage(request()).err(),
            search(request()).err(),
            slots_here(request()).err(),
            here(request()).err(),
            reschedule(request()).err(),
            cancel_visit(request()).err(),
            cancel_order(request()).err(),
            simulate(request()).err(),
        ];
        prop_assert!(refusals.iter().flatten().all(|refusal| refusal.reason != Reason::Defect));
    }

    #[test]
    fn any_values_are_read_without_a_defect(
        name in prop::sample::select(vec![
            "zip", "lab", "patient", "from", "address", "slot", "provider", "notes", "reasonId", "acceptLateFee",
            "finalStatus", "delaySecs", "resultTypes",
        ]),
        value in prop_oneof![
            Just(Value::Null), any::<bool>().prop_map(Value::from), any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from), Just(json!([])), Just(json!([null, 1, "x"])), Just(json!({})),
        ],
    ) {
        let body = json!({name: value});
        for read in [COVERAGE, SEARCH, SLOTS, VISIT, RESCHEDULE, CANCEL_VISIT, CANCEL_ORDER, SIMULATE] {
            prop_assert!(read(&body).is_none_or(|refusal| refusal.reason != Reason::Defect));
        }
    }
}
