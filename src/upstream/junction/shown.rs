//! A call that was announced and not made, as far as it may be shown. Pure.

use domain::junction::{Announced, Id, Target};

use super::{
    account::{Account, MANAGEMENT_KEY},
    row::{Api, Row},
};
use crate::upstream::wire::header::AUTHORIZATION;

/// A call as it may be shown to a person who must not see the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCall {
    /// Its method.
    pub method: String,
    /// Where it would go; what is not known yet stands in braces.
    pub url: String,
    /// How it proves who asks; in the place of a key or token stands the name of a shell's variable.
    pub credential: (String, &'static str),
}

impl Account {
    /// What may be shown of a call.
    #[must_use]
    pub fn shown(&self, call: &Announced) -> ShownCall {
        let row = Row::of(call.call);
        let known = match &call.target {
            Target::Organization | Target::Id(Id::From(_)) => None,
            Target::Id(Id::Known(id)) => Some(id.to_string()),
            Target::Patient(reference) => Some(reference.as_ref().to_owned()),
        };
        let url = match known {
            Some(value) => self.address(row.api, &row.path_of(&[&value])).to_string(),
            None => self.template(&row),
        };
        ShownCall {
            method: row.method.to_string(),
            url,
            credential: match row.api {
                Api::Management => (MANAGEMENT_KEY.to_string(), "$JUNCTION_MANAGEMENT_KEY"),
                Api::Team => (AUTHORIZATION.to_string(), "Bearer $JUNCTION_TEAM_TOKEN"),
            },
        }
    }

    /// The address with braces as they are, which an address proper cannot have.
    fn template(&self, row: &Row) -> String {
        let base = self.address(row.api, &[]);
        format!("{}/{}", base.as_str().trim_end_matches('/'), row.path.join("/"))
    }
}
