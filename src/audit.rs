//! The audit trail, as others read it.

pub mod export;
