//! The operator's pages.

pub(super) mod health;
pub(super) mod own_host;
