//! Webhooks: where a team's events go, how they are signed and repeated, and what goes wrong with them on demand.

pub(in crate::junction) mod control;
pub(crate) mod deliver;
pub(super) mod endpoint;
pub(super) mod management;
pub(super) mod message;
pub(super) mod outbox;
pub(super) mod settings;
mod signature;
