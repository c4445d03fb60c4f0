//! Junction's own ids.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A UUID in the form that Junction's OpenAPI document asks for: with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Id(Uuid);

impl Id {
    /// One that nothing has.
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        let hyphenated = id.as_hyphenated().to_string();
        hyphenated.eq_ignore_ascii_case(text).then_some(Self(id))
    }
}

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a UUID with hyphens")
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.to_string()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
