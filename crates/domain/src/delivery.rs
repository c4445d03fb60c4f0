//! In which form a host gets an embed URL.

/// What a launch's response has as its `url`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// The vendor's embed URL. Every script of the page that embeds it can read it, session included.
    #[default]
    Url,
    /// An address on the gateway that opens the embed URL once, within seconds.
    Ticket,
}

impl Delivery {
    /// The values, as settings list them.
    pub const VALUES: &str = "url, ticket";

    /// Reads a setting.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "url" => Some(Self::Url),
            "ticket" => Some(Self::Ticket),
            _ => None,
        }
    }
}
