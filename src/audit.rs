//! The audit trail, as others read it.

pub mod export;
mod forward;

pub use forward::{ForwardError, Outgoing, Pending};
