//! A tenant's side at Junction.

use std::{sync::Arc, time::Duration};

use domain::{junction::TenantRules, vendor::Vendor};
use tokio::sync::Mutex;

use super::{upstream::Upstream, webhook::Webhook};
use crate::{
    resilience::CallGuard,
    upstream::junction::{Account, Catalogue, Known, Refreshes, Tokens},
};

/// How long ids are remembered without being confirmed: a member or patient who is removed at Junction is asked for by an old id
/// for no longer.
const REMEMBERED: Duration = Duration::from_mins(10);

/// An organization at Junction, and what may be launched in it.
#[derive(Debug)]
pub struct JunctionTenant {
    /// What its launches are held against.
    pub rules: TenantRules,
    /// How it is called.
    pub account: Account,
    /// What outlasts a changed configuration.
    pub memory: Arc<Memory>,
    /// Where its teams' events come in.
    pub webhooks: Vec<Webhook>,
}

impl JunctionTenant {
    pub(super) fn upstreams(&self) -> [Upstream<'_>; 2] {
        let of = |api, paused, calls| Upstream {
            vendor: Vendor::Junction,
            api,
            paused,
            calls,
        };
        [
            of(
                "management",
                "Junction's management API failed repeatedly, so launches that need it are paused",
                &self.memory.management_calls,
            ),
            of(
                "team",
                "Junction's teams' API failed repeatedly, so launches that need it are paused",
                &self.memory.team_calls,
            ),
        ]
    }
}

/// What the gateway has learned of an organization, and how healthy its APIs are; shared by all workers.
#[derive(Debug)]
pub struct Memory {
    /// Ids.
    pub known: Known,
    /// Tokens of its teams.
    pub tokens: Tokens,
    /// What of both is being looked up again.
    pub refreshes: Arc<Refreshes>,
    /// What can be ordered, and where.
    pub catalogue: Catalogue,
    /// Calls of the Management API: paused while they fail, repeated where that is safe.
    pub management_calls: CallGuard,
    /// The same of the teams' API, whose trouble is its own.
    pub team_calls: CallGuard,
    /// Held while a member's teams are read and written, so that no two launches overwrite each other's.
    pub binding: Mutex<()>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            known: Known::during(REMEMBERED),
            tokens: Tokens::default(),
            refreshes: Arc::default(),
            catalogue: Catalogue::default(),
            management_calls: CallGuard::default(),
            team_calls: CallGuard::default(),
            binding: Mutex::default(),
        }
    }
}
