//! Whose service is called.

/// A vendor whose app is embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Empego.
    Empego,
    /// Junction.
    Junction,
}

impl Vendor {
    /// Every vendor.
    pub const ALL: &[Self] = &[Self::Empego, Self::Junction];

    /// As in the error body's `upstream.name`, the log and the metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empego => "empego",
            Self::Junction => "junction",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empego => "Empego",
            Self::Junction => "Junction",
        }
    }
}
