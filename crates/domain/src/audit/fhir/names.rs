//! Whom a record is about, by name.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What was sealed in a record, opened: it is read as it was sealed, as JSON. Its `Debug` would show it, so there is none.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Names {
    /// Who acts.
    #[serde(default)]
    pub clinician: Option<String>,
    /// Whose chart it is.
    #[serde(default)]
    pub patient: Option<String>,
    /// What else is named, by the same words as in the record's `subjects`.
    #[serde(flatten)]
    pub subjects: BTreeMap<String, String>,
}
