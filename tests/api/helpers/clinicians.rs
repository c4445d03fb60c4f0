//! The clinician of openapi.yaml's examples, and variations.

use serde_json::{Value, json};

/// A complete profile.
pub(crate) fn alice() -> Value {
    json!({
        "userId": "new_user_456", "firstName": "Dr. Alice", "lastName": "Johnson",
        "email": "alice.johnson@clinic.com", "licenseNumber": "MD789123", "preferredLanguage": "EN",
    })
}

/// The same without some members.
pub(crate) fn without(mut clinician: Value, names: &[&str]) -> Value {
    for name in names {
        clinician.as_object_mut().unwrap().remove(*name).unwrap();
    }
    clinician
}

/// The same with one member changed or added.
pub(crate) fn with(mut clinician: Value, name: &str, value: impl Into<Value>) -> Value {
    clinician.as_object_mut().unwrap().insert(name.to_owned(), value.into());
    clinician
}
