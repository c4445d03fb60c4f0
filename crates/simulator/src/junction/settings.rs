//! The settings of the stand-in for Junction.

/// The settings of the stand-in for Junction.
#[derive(Debug, Clone)]
pub struct JunctionSettings {
    /// The one org it serves.
    pub org_id: String,
    /// The management keys it knows.
    pub management_keys: Vec<String>,
}

impl Default for JunctionSettings {
    fn default() -> Self {
        Self {
            org_id: "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90".to_owned(),
            management_keys: vec!["mg_simulated".to_owned()],
        }
    }
}
