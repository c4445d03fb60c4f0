//! A tenant's side at Empego.

use std::sync::Arc;

use domain::{empego::TenantRules, vendor::Vendor};
use secrecy::SecretString;

use super::upstream::Upstream;
use crate::{resilience::CallGuard, upstream::empego::Account};

/// An API key of Empego's, with its policy.
#[derive(Debug)]
pub struct EmpegoTenant {
    /// What its launches are held against.
    pub rules: TenantRules,
    /// How it is called.
    pub account: Account,
    /// The account's own tenant key, to hold a caller's `X-Tenant-Key` against.
    pub tenant_key: Option<SecretString>,
    /// Its calls: paused while they fail, repeated where that is safe. They outlast a changed configuration.
    pub calls: Arc<CallGuard>,
}

impl EmpegoTenant {
    pub(super) fn upstreams(&self) -> [Upstream<'_>; 1] {
        [Upstream {
            vendor: Vendor::Empego,
            api: "embeddable",
            paused: "its upstream failed repeatedly, so its launches are paused",
            calls: &self.calls,
        }]
    }
}
