//! Attributes for the iframe, as both vendors' documents carry them.

use domain::{frame::Frame, json_text::Members};
use serde::Serialize;

/// One member of a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct FrameDocument<'a> {
    referrer_policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<&'a str>,
}

impl<'a> From<&'a Frame> for FrameDocument<'a> {
    fn from(frame: &'a Frame) -> Self {
        Self {
            referrer_policy: &frame.referrer_policy,
            allow: frame.allow.as_deref(),
            sandbox: frame.sandbox.as_deref(),
        }
    }
}

impl FrameDocument<'_> {
    /// The same members, for a document that is written member by member.
    pub(in crate::http) fn write(&self, to: &mut Members<'_>) {
        let Self {
            referrer_policy,
            allow,
            sandbox,
        } = self;
        to.text("referrerPolicy", referrer_policy);
        to.optional("allow", *allow);
        to.optional("sandbox", *sandbox);
    }
}
