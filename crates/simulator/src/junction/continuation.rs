//! Where a session is continued.

use serde::{Deserialize, Serialize};
use url::Url;

/// Where a browser is sent that has no session of the app's, if anywhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Option<String>", into = "Option<String>")]
pub(super) struct Continuation(pub(super) Option<Url>);

impl TryFrom<Option<String>> for Continuation {
    type Error = url::ParseError;

    fn try_from(text: Option<String>) -> Result<Self, Self::Error> {
        text.map(|text| Url::parse(&text)).transpose().map(Self)
    }
}

impl From<Continuation> for Option<String> {
    fn from(continuation: Continuation) -> Self {
        continuation.0.map(String::from)
    }
}
