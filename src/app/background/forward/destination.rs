//! Where the trail is sent.

use crate::{config::AuditForwardConfig, upstream::repository::AuditRepository};

/// A repository, and how it is called.
#[derive(Clone)]
pub(in crate::app) struct Destination {
    pub(super) config: AuditForwardConfig,
    pub(super) repository: AuditRepository,
}
