//! The operator's pages.

pub(super) mod health;
