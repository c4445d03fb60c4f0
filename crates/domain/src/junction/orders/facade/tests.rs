use serde_json::{Value, json};

use super::*;
use crate::reason::Reason;

const ID: &str = "00000000-0000-4000-8000-000000000001";

fn order() -> Value {
    json!({
        "user_id": ID,
        "patient_details": {"first_name": "Zoe", "last_name": "O'Connor", "dob": "1986-03-09", "gender": "female",
            "phone_number": "+16025550123", "email": "zoe@example.com"},
        "patient_address": {"receiver_name": "", "first_line": "1 Main St", "city": "Phoenix", "state": "AZ",
            "zip": "85004-1234", "country": "US", "access_notes": null},
        "order_set": {"lab_test_ids": [ID]}, "clinical_notes": null, "a_member_of_tomorrow": [1],
    })
}

fn address() -> Value {
    json!({"first_line": "1 Main St", "second_line": "", "city": "Phoenix", "state": "AZ", "zip_code": "85004"})
}

fn read(kind: Kind, query: &[(&'static str, String)], body: &str) -> Result<Wanted, Refusal> {
    let sent = Sent {
        values: &[ID.to_owned()],
        query,
        body: body.as_bytes(),
    };
    let now = "2026-11-26T15:00:00Z".parse().unwrap();
    kind.read(sent, Environment::Production, now, FieldErrors::default())
}

fn refused(kind: Kind, body: &str) -> (Reason, Vec<String>) {
    let refusal = read(kind, &[], body).unwrap_err();
    let fields = refusal.errors.into_iter().map(|error| error.field);
    (refusal.reason, fields.collect())
}

#[test]
fn what_no_rule_is_about_is_left_alone() {
    let wanted = read(Kind::NewOrder, &[], &order().to_string()).unwrap();
    let Wanted::NewOrder(SentOrder { user, zip }) = &wanted else {
        panic!("{wanted:?}");
    };
    assert_eq!((user.to_string().as_str(), zip.area()), (ID, "85004"));
    assert_eq!(wanted.named().patient.as_deref(), Some(ID));
    let booking = json!({"booking_key": "k", "appointment_notes": "", "async_confirmation": true}).to_string();
    assert!(matches!(read(Kind::Booking, &[], &booking), Ok(Wanted::Booking(_, key)) if key.as_ref() == "k"));
    assert!(matches!(
        read(Kind::Slots, &[], &address().to_string()),
        Ok(Wanted::Slots(_))
    ));
}

#[test]
fn each_request_names_whom_it_is_about() {
    let order = |kind| {
        let body = json!({"booking_key": "k"}).to_string();
        let wanted = read(kind, &[], &body).unwrap();
        let subjects = wanted.named().subjects;
        let subjects = subjects.iter().map(|(subject, id)| (subject.as_str(), id.to_string()));
        subjects.collect::<Vec<_>>()
    };
    for kind in [
        Kind::Order,
        Kind::Booking,
        Kind::OrderCancellation,
        Kind::ResultsPdf,
        Kind::Simulation,
    ] {
        assert_eq!(order(kind), [("order", ID.to_owned())], "{kind:?}");
    }
    assert_eq!(order(Kind::Catalogue), []);
    let user = read(Kind::User, &[], "").unwrap();
    assert_eq!(user.named().patient.as_deref(), Some(ID));
}

#[test]
fn an_order_that_the_laboratory_would_refuse_is_refused() {
    let rows = [
        (
            "/patient_details/first_name",
            json!("Élodie"),
            Reason::NameNotForRequisition,
        ),
        ("/patient_details/dob", json!("2009-01-01"), Reason::PatientUnder18),
        ("/patient_details/dob", json!("soon"), Reason::FieldsAtFault),
        (
            "/patient_details/phone_number",
            json!("(602) 555-0123"),
            Reason::FieldsAtFault,
        ),
        (
            "/patient_address/first_line",
            json!("PO Box 7"),
            Reason::AddressNotComplete,
        ),
        ("/patient_address/zip", json!("850041234"), Reason::FieldsAtFault),
        ("/patient_address/state", json!("Arizona"), Reason::FieldsAtFault),
        (
            "/patient_address/access_notes",
            json!("x".repeat(1001)),
            Reason::FieldsAtFault,
        ),
        ("/clinical_notes", json!("x".repeat(1001)), Reason::FieldsAtFault),
        ("/collection_method", json!("testkit"), Reason::FieldsAtFault),
        ("/user_id", json!("zoe"), Reason::FieldsAtFault),
        ("/patient_details", json!([]), Reason::FieldsAtFault),
    ];
    for (place, value, reason) in rows {
        let mut body = order();
        let (object, name) = place.rsplit_once('/').unwrap();
        body.pointer_mut(object).unwrap()[name] = value;
        assert_eq!(
            refused(Kind::NewOrder, &body.to_string()),
            (reason, vec![place.to_owned()])
        );
    }
}

#[test]
fn a_member_that_a_rule_is_about_must_be_there_once() {
    let twice = order().to_string().replace(r#""dob":"#, r#""dob":"2015-01-01","dob":"#);
    assert_eq!(
        refused(Kind::NewOrder, &twice),
        (Reason::FieldsAtFault, vec!["/patient_details/dob".to_owned()])
    );
    let whole = refused(Kind::NewOrder, "{}").1;
    assert_eq!(whole, ["/user_id", "/patient_details", "/patient_address"]);
    for (kind, body, places) in [
        (Kind::Booking, "{}", &["/booking_key"][..]),
        (Kind::Request, "{}", &["/provider", "/address"]),
        (
            Kind::VisitCancellation,
            r#"{"notes": 7}"#,
            &["/notes", "/cancellation_reason_id"],
        ),
        (Kind::NewUser, "[]", &[""]),
        (Kind::UserInfo, "{", &[""]),
    ] {
        assert_eq!(refused(kind, body).1, places, "{kind:?}");
    }
}

/// A query, and whether it is for one user; none if it is refused.
type Row = (&'static [(&'static str, &'static str)], Option<bool>);

#[test]
fn orders_are_listed_for_one_user_or_by_their_ids() {
    let rows: [Row; 5] = [
        (&[("user_id", ID)], Some(true)),
        (&[("order_ids", ID), ("order_ids", ID)], Some(false)),
        (&[("page", "1")], None),
        (&[("user_id", "zoe")], None),
        (&[("user_id", ID), ("user_id", ID)], None),
    ];
    for (query, expected) in rows {
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let wanted = read(Kind::Orders, &query, "").ok();
        let found = wanted.map(|wanted| matches!(wanted, Wanted::Orders(Some(_))));
        assert_eq!(found, expected, "{query:?}");
    }
}

#[test]
fn an_area_is_asked_for_by_five_digits() {
    for (zip, is_accepted) in [
        ("85004", true),
        ("85004-1234", false),
        ("8500", false),
        ("abcde", false),
    ] {
        let query = [("zip_code", zip.to_owned())];
        assert_eq!(read(Kind::Area, &query, "").is_ok(), is_accepted, "{zip}");
    }
    assert!(read(Kind::Area, &[], "").is_err());
}
