//! How a page should show what it embeds.

/// Attributes for the iframe that shows an embed URL. Neither vendor documents any; the bare origin is a
/// safe referrer, and the one that Junction's app derives the embedding page from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// `referrerpolicy`.
    pub referrer_policy: String,
    /// `allow`.
    pub allow: Option<String>,
    /// `sandbox`.
    pub sandbox: Option<String>,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            referrer_policy: "strict-origin".to_owned(),
            allow: None,
            sandbox: None,
        }
    }
}
