//! Junction's own identifiers.

use std::fmt;

use uuid::Uuid;

use crate::{fault::Fault, placeholder::is_placeholder};

/// Junction's identifier of a team, a member, a user (a patient) or an order. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct JunctionId(Uuid);

impl JunctionId {
    /// Reads a UUID in its usual form of 36 characters, in any case. Braces, `urn:uuid:` and bare digits are refused. The
    /// nil UUID is what an id is before it is filled in.
    ///
    /// # Errors
    /// [`Fault::Malformed`], or [`Fault::Placeholder`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let id = (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten();
        if is_placeholder(text) || id.is_some_and(|id| id.is_nil()) {
            return Err(Fault::Placeholder);
        }
        id.map(Self)
            .ok_or(Fault::Malformed("a UUID such as 11f81012-9519-11ee-8c99-0244cd4cfa84"))
    }

    /// The id that a store kept; none if it is nil.
    #[must_use]
    pub fn of(uuid: Uuid) -> Option<Self> {
        (!uuid.is_nil()).then_some(Self(uuid))
    }

    /// As a store keeps it.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

/// In lower case.
impl fmt::Display for JunctionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

impl fmt::Debug for JunctionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JunctionId(…)")
    }
}
