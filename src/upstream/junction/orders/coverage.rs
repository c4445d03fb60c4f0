//! Whether, and how, phlebotomists come to a ZIP code.

use domain::junction::orders::seen::{Coverage, CoverageProvider, Tier};
use serde_json::Value;

use super::fields::{Fields, json};
use crate::upstream::junction::answer::{Read, Unexpected};

pub(super) fn coverage(status: u16, body: &[u8]) -> Read<Coverage> {
    if status != 200 {
        return Err(Unexpected);
    }
    let body = json(body)?;
    let phlebotomy = Fields::needed(&body)?.object("phlebotomy").ok_or(Unexpected)?;
    Ok(Coverage {
        is_served: phlebotomy.flag("is_served").ok_or(Unexpected)?,
        providers: phlebotomy.list("providers").iter().filter_map(provider).collect(),
    })
}

fn provider(value: &Value) -> Option<CoverageProvider> {
    let fields = Fields::of(value)?;
    // The schema has the first name, and every example the second.
    let tiers = fields.value("service_types").or_else(|| fields.value("tier"));
    let tiers = match tiers {
        Some(Value::Array(tiers)) => tiers.iter().filter_map(Value::as_str).map(Tier::read).collect(),
        Some(Value::String(tier)) => vec![Tier::read(tier)],
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    Some(CoverageProvider {
        name: fields.text("name")?,
        tiers,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tiers_are_read_by_both_of_their_names() {
        let rows = [
            (
                json!({"service_types": ["appointment-ready"]}),
                vec![Tier::Ready],
                "as the schema has it",
            ),
            (
                json!({"tier": ["appointment-request", "walk-in"]}),
                vec![Tier::Request, Tier::Other],
                "as examples",
            ),
            (json!({"tier": "appointment-ready"}), vec![Tier::Ready], "one alone"),
            (
                json!({"service_types": null, "tier": ["appointment-ready"]}),
                vec![Tier::Ready],
                "null in one",
            ),
            (json!({}), vec![], "neither"),
        ];
        for (mut provider, tiers, reason) in rows {
            provider["name"] = "getlabs".into();
            let body = json!({"zip_code": "85004", "phlebotomy": {"is_served": true, "providers": [provider, 5]}});
            let read = coverage(200, body.to_string().as_bytes()).unwrap();
            assert!(read.is_served, "{reason}");
            assert_eq!(read.providers.len(), 1, "{reason}");
            assert_eq!(read.providers[0].tiers, tiers, "{reason}");
        }
    }

    #[test]
    fn whether_a_zip_is_served_must_be_said() {
        for body in [
            json!({}),
            json!({"phlebotomy": {}}),
            json!({"phlebotomy": {"is_served": "yes"}}),
            json!([]),
        ] {
            assert!(coverage(200, body.to_string().as_bytes()).is_err(), "{body}");
        }
        let none = json!({"phlebotomy": {"is_served": false}});
        assert!(!coverage(200, none.to_string().as_bytes()).unwrap().is_served);
        assert!(coverage(404, none.to_string().as_bytes()).is_err());
    }
}
