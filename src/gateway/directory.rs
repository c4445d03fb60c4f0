//! Who may call, and for which tenant: built once from the configuration, read by every launch.

use std::sync::Arc;

use crate::{
    domain::{
        refusal::Code,
        rules::{IntentGrants, TenantRules, Upstream401},
    },
    empego::Account,
    identity::{Credential, HostKeys},
    resilience::TenantSeats,
};

/// One Empego API key with its policy.
#[derive(Debug)]
pub struct Tenant {
    /// Its name in logs and metrics.
    pub id: String,
    /// What its launches are held against.
    pub rules: TenantRules,
    /// Its account at Empego.
    pub account: Account,
    /// The account's own tenant key, to hold a caller's `X-Tenant-Key` against.
    pub tenant_key: Option<secrecy::SecretString>,
    /// Its places for launches under way.
    pub seats: TenantSeats,
}

/// One calling EHR.
#[derive(Debug)]
pub struct Host {
    /// Its name in logs and metrics.
    pub id: String,
    /// The intents it may state.
    pub intents: IntentGrants,
    /// How Empego's 401 is passed on to it.
    pub upstream_401: Upstream401,
    /// Whether it sees Empego's own messages.
    pub explain: bool,
}

/// An authenticated host, with the tenant that is its own whatever the request says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who calls.
    pub host: Arc<Host>,
    /// For whom.
    pub tenant: Arc<Tenant>,
}

/// Every host and its tenant.
#[derive(Debug, Default)]
pub struct Directory {
    keys: HostKeys,
    callers: Vec<Caller>,
}

impl Directory {
    /// Adds a host under its keys.
    pub fn insert(&mut self, caller: Caller, keys: impl IntoIterator<Item = crate::domain::host_key::KeyDigest>) {
        for key in keys {
            self.keys.insert(key, self.callers.len());
        }
        self.callers.push(caller);
    }

    /// The host that a credential proves.
    ///
    /// # Errors
    /// [`Code::HostUnauthenticated`], whatever the reason.
    pub fn authenticate(&self, credential: &Credential) -> Result<Caller, Code> {
        let Credential::Key(digest) = credential;
        let caller = self.keys.host_of(*digest).and_then(|at| self.callers.get(at));
        caller.cloned().ok_or(Code::HostUnauthenticated)
    }
}
