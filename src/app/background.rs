//! What goes on beside the launches.

pub(super) mod reload;
