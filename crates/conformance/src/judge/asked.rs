//! What was asked, as far as an answer must agree with it.

use crate::{redact::Redactor, report::Suite};

/// What an answer must agree with besides its row.
pub(crate) struct Asked<'a> {
    pub(crate) suite: Suite,
    /// The paths that an error may repeat.
    pub(crate) paths: [String; 2],
    pub(crate) request_id: Option<&'a str>,
    /// For whom the endpoint's page is made.
    pub(crate) audience: &'static str,
    pub(crate) redactor: &'a Redactor,
}
