//! The settings of the stand-in for Junction.

use serde::Serialize;

/// The settings of the stand-in for Junction.
#[derive(Debug, Clone)]
pub struct JunctionSettings {
    /// The one org it serves.
    pub org_id: String,
    /// The management keys it knows.
    pub management_keys: Vec<String>,
    /// How the org has integrated the app.
    pub integration: JunctionIntegration,
}

/// How an org has integrated the app, as the Management API has it.
#[derive(Debug, Clone, Serialize)]
pub struct JunctionIntegration {
    /// The subdomain that the app is at.
    pub slug: String,
    /// How the app may be shown.
    pub modalities: Vec<String>,
    /// The pages that may embed it.
    pub origin_configs: Vec<JunctionOrigin>,
}

/// An origin whose pages may embed the app.
#[derive(Debug, Clone, Serialize)]
pub struct JunctionOrigin {
    /// The origin.
    pub origin: String,
    /// Where browsers are sent whose session has ended.
    pub session_continuation_url: Option<String>,
}

impl Default for JunctionSettings {
    fn default() -> Self {
        Self {
            org_id: "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90".to_owned(),
            management_keys: vec!["mg_simulated".to_owned()],
            integration: JunctionIntegration {
                slug: "my-ehr".to_owned(),
                modalities: vec!["feature_embed".to_owned(), "link_out".to_owned()],
                origin_configs: Vec::new(),
            },
        }
    }
}
