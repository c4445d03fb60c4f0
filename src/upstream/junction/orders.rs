//! At-home phlebotomy: what is asked about orders, visits and results, and what is read of what comes back, all pure.
//! `calls` and `scheduling` have the constructors, and each other file reads one kind of answer into the types of `domain`. Junction's own
//! examples leave out members that its documents require, so a reader needs only what the gateway cannot do without.

mod calls;
mod catalogue;
mod coverage;
mod fields;
pub(super) mod order;
mod page;
mod results;
mod scheduling;
pub(super) mod slots;
pub(super) mod visit;

pub use page::Page;

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::{Map, Value};

    use super::{catalogue, coverage, order, results, slots, visit};

    /// Every member that a reader looks at.
    const NAMES: [&str; 24] = [
        "order",
        "orders",
        "id",
        "team_id",
        "user_id",
        "created_at",
        "events",
        "last_event",
        "details",
        "data",
        "status",
        "slots",
        "start",
        "end",
        "price",
        "phlebotomy",
        "providers",
        "name",
        "results",
        "metadata",
        "missing_results",
        "sample_information",
        "markers",
        "aoe",
    ];

    const TEXTS: [&str; 8] = [
        "",
        "84d96c03-6b1c-4226-ad8f-ef44a6bc08af",
        "2026-11-26T10:00:00",
        "2026-11-26",
        "9999-99-99T99:99:99Z",
        "é2026-11-26",
        "appointment-ready",
        "completed.at_home_phlebotomy.corrected",
    ];

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            select(&TEXTS[..]).prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            let members = vec((select(&NAMES[..]), inner.clone()), 0..6);
            let object = members.prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect::<Map<_, _>>())
            });
            prop_oneof![vec(inner, 0..4).prop_map(Value::from), object]
        })
    }

    /// Whether each reader took it: none may panic.
    fn readers(body: &[u8]) -> [bool; 9] {
        [
            order::found(200, body).is_ok(),
            order::listed(200, body).is_ok(),
            visit::found(200, body).is_ok(),
            visit::reasons(200, body).is_ok(),
            slots::slots(200, body).is_ok(),
            coverage::coverage(200, body).is_ok(),
            catalogue::lab_tests(200, body).is_ok(),
            catalogue::markers(200, body).is_ok(),
            results::read(200, body).is_ok(),
        ]
    }

    proptest! {
        #[test]
        fn any_json_is_read_without_a_panic(body in json()) {
            let read = readers(body.to_string().as_bytes());
            prop_assert!(body.is_object() || body.is_array() || read == [false; 9]);
        }

        #[test]
        fn anything_else_is_read_as_nothing(body in any::<Vec<u8>>()) {
            prop_assume!(serde_json::from_slice::<Value>(&body).is_err());
            prop_assert_eq!(readers(&body), [false; 9]);
        }
    }
}
