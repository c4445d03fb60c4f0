//! One thing that is wrong with what was sent.

use serde::Serialize;
use serde_json::Value;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Issue {
    pub(super) loc: Vec<Value>,
    msg: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Issue {
    /// About the value itself; the code that holds the value adds its place.
    pub(super) fn new(kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: Vec::new(),
            msg: msg.into(),
            kind,
        }
    }

    /// The same, seen from one step further out.
    pub(super) fn below(mut self, step: impl Into<Value>) -> Self {
        self.loc.insert(0, step.into());
        self
    }
}
