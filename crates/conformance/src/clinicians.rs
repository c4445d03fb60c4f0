//! The clinicians that the matrix names, all invented.

/// Every value in the clinicians below: reports show none of them. The addresses are from a reserved domain.
pub(super) const PERSONAL: &[&str] = &[
    "conformance-id-only",
    "conformance-partial",
    "conformance-complete",
    "conformance-nobody",
    "Zoé-Conformité",
    "Épreuve-Synthétique",
    "zoe.epreuve@conformance.example",
    "CONFORMANCE-0042",
];

pub(super) const ID_ONLY: &str = r#"{"userId":"conformance-id-only"}"#;
/// Never sent but as one that may be unknown, so that it stays unknown where partial profiles are refused.
pub(super) const PARTIAL: &str =
    r#"{"userId":"conformance-partial","firstName":"Zoé-Conformité","licenseNumber":"CONFORMANCE-0042"}"#;
pub(super) const COMPLETE: &str = r#"{"userId":"conformance-complete","firstName":"Zoé-Conformité","lastName":"Épreuve-Synthétique","email":"zoe.epreuve@conformance.example","licenseNumber":"CONFORMANCE-0042","preferredLanguage":"FR"}"#;
// The complete clinician again, who is known by the time that these are sent.
pub(super) const KNOWN_ID_ONLY: &str = r#"{"userId":"conformance-complete"}"#;
pub(super) const KNOWN_PARTIAL: &str = r#"{"userId":"conformance-complete","firstName":"Zoé-Conformité"}"#;

/// Never sent with more than this, so that Junction goes on knowing no such member.
pub(super) const NOBODY: &str = r#"{"userId":"conformance-nobody"}"#;

// Clinicians that cannot be used. None holds a `userId` that a more lenient reader could make a user of.
pub(super) const LATIN_1: &[u8] = b"{\"userId\":\"\",\"firstName\":\"Zo\xe9\"}";
pub(super) const NOT_JSON: &str = r#"{"userId":"","#;
pub(super) const NO_USER_ID: &str = "{}";
pub(super) const UNKNOWN_FIELD: &str = r#"{"nickname":"-"}"#;
pub(super) const DUPLICATE: &str = r#"{"userId":"","userId":""}"#;
pub(super) const WRONG_TYPE: &str = r#"{"userId":{}}"#;
pub(super) const EVERY_MISTAKE: &str =
    r#"{"userId":"","firstName":[],"email":"-","preferredLanguage":"DE","nickname":"-"}"#;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_value_of_a_clinician_is_known_as_personal() {
        for clinician in [ID_ONLY, PARTIAL, COMPLETE, KNOWN_PARTIAL, KNOWN_ID_ONLY, NOBODY] {
            let members: BTreeMap<String, Value> = serde_json::from_str(clinician).unwrap();
            for (name, value) in members {
                let is_known = name == "preferredLanguage" || PERSONAL.contains(&value.as_str().unwrap());
                assert!(is_known, "{name}");
            }
        }
    }
}
