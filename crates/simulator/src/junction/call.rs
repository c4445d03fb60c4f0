//! What one call of either API says.

use serde_json::Value;
use url::form_urlencoded;

use super::{fields, id::Id, operation::Arguments, refused::Refused};

/// One call.
pub(super) struct Call<'a> {
    pub(super) arguments: Arguments,
    pub(super) query: &'a str,
    /// None if it is absent, no JSON, or not said to be JSON.
    pub(super) body: Option<Value>,
    pub(super) management_key: Option<&'a str>,
    pub(super) bearer: Option<&'a str>,
    pub(super) idempotency_key: Option<&'a str>,
    /// Whether a failure may be kept for those who repeat the call.
    pub(super) keeps_failures: bool,
    /// A booking waits for its confirmation, whatever the caller says.
    pub(super) stays_pending: bool,
    /// Whose dashboard URLs are given out.
    pub(super) host: String,
}

impl Call<'_> {
    /// An id in the path.
    pub(super) fn id(&self, name: &str) -> Result<Id, Refused> {
        fields::parameter("path", name, self.argument(name), fields::id)
    }

    /// Any text in the path.
    pub(super) fn argument(&self, name: &str) -> &str {
        self.arguments.get(name).map_or("", String::as_str)
    }

    /// All values of a parameter of the query.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = String> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(move |(stated, _)| stated == name)
            .map(|(_, value)| value.into_owned())
    }
}
