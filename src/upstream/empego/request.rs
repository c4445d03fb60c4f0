//! One call, and what may be shown of it. Pure.

use std::fmt::{self, Write as _};

use url::Url;

use crate::upstream::wire::{HeaderMap, HeaderName, HeaderValue};

pub(super) const API_KEY: HeaderName = HeaderName::from_static("api-key");
pub(super) const TENANT_KEY: HeaderName = HeaderName::from_static("x-tenant-key");

/// One call, ready to be sent. Its URL has parameters and its headers have keys, so `Debug` shows neither.
pub struct Outgoing {
    /// Where to.
    pub url: Url,
    /// All headers that are ours to set.
    pub headers: HeaderMap,
}

/// A call as it may be shown to a person who must not see the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRequest {
    /// Where it would go.
    pub url: String,
    /// Its headers; in the place of a key stands the name of a shell's variable.
    pub headers: Vec<(String, String)>,
    /// The same call for a shell whose variables hold the keys.
    pub curl: String,
}

impl Outgoing {
    /// What may be shown of it.
    #[must_use]
    pub fn shown(&self) -> ShownRequest {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), shown_value(name, value)))
            .collect();
        let mut curl = format!("curl -sS {}", quoted(self.url.as_str()));
        for (name, value) in &headers {
            // Double quotes leave a variable to the shell; nothing else that is sent means anything inside them.
            let _written = write!(curl, " -H \"{name}: {value}\"");
        }
        ShownRequest {
            url: self.url.to_string(),
            headers,
            curl,
        }
    }
}

/// Keys are the only values that are not the caller's own.
fn shown_value(name: &HeaderName, value: &HeaderValue) -> String {
    if *name == API_KEY {
        "$EMPEGO_API_KEY".to_owned()
    } else if *name == TENANT_KEY {
        "$EMPEGO_TENANT_KEY".to_owned()
    } else {
        value.to_str().unwrap_or_default().to_owned()
    }
}

/// A text that a shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Outgoing(…)")
    }
}
