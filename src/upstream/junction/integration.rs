//! How an organization has integrated Junction's app, as Junction's own configuration says. Pure.

use domain::junction::JunctionCall;
use serde::Deserialize;

use super::{answer::json_if_ok, call::Call};

/// What Junction has of an organization's integration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Integration {
    /// The subdomain that the app is at.
    pub slug: String,
    /// How the app may be shown, in Junction's words.
    pub modalities: Vec<String>,
    /// The pages that may embed it.
    #[serde(rename = "origin_configs")]
    pub origins: Vec<EmbedOrigin>,
}

/// One origin whose pages may embed the app.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EmbedOrigin {
    /// The origin, as it was registered.
    pub origin: String,
    /// Where browsers are sent whose session has ended, if anywhere.
    pub session_continuation_url: Option<String>,
}

impl Call<Integration> {
    /// The integration of the organization. Changes nothing.
    #[must_use]
    pub fn get_configuration() -> Self {
        Self::new(JunctionCall::GetConfiguration, json_if_ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::junction::answer::{Read, Unexpected};

    fn integration(status: u16, body: &[u8]) -> Read<Integration> {
        (Call::get_configuration().read)(status, body)
    }

    #[test]
    fn a_configuration_is_read_with_and_without_continuation() {
        let body = br#"{"slug": "my-ehr", "modalities": ["feature_embed"], "origin_configs": [
            {"origin": "https://ehr.example", "session_continuation_url": null},
            {"origin": "https://other.example"}, {"origin": "https://third.example", "session_continuation_url": "https://g/c"}
        ]}"#;
        let read = integration(200, body).unwrap();
        let continued: Vec<_> = read
            .origins
            .iter()
            .map(|one| one.session_continuation_url.as_deref())
            .collect();
        assert_eq!((read.slug.as_str(), read.modalities.len()), ("my-ehr", 1));
        assert_eq!(continued, [None, None, Some("https://g/c")]);
    }

    #[test]
    fn what_is_not_a_configuration_is_not_read() {
        let rows: [(u16, &[u8], &str); 3] = [
            (404, b"{}", "another status"),
            (200, b"<p>", "no JSON"),
            (200, br#"{"slug": "my-ehr"}"#, "incomplete"),
        ];
        for (status, body, reason) in rows {
            assert_eq!(integration(status, body), Err(Unexpected), "{reason}");
        }
    }
}
