//! A tenant's side at Junction.

use std::{sync::Arc, time::Duration};

use domain::junction::JunctionRules;
use tokio::sync::Mutex;

use crate::{
    resilience::CallGuard,
    upstream::junction::{Account, Known, Tokens},
};

/// How long ids are remembered: a member or patient who is removed at Junction is asked for by an old id for no longer.
const REMEMBERED: Duration = Duration::from_mins(10);

/// A tenant's organisation at Junction.
#[derive(Debug)]
pub struct Organisation {
    /// What its launches are held against.
    pub rules: JunctionRules,
    /// How it is called.
    pub account: Account,
    /// What outlasts a changed configuration.
    pub memory: Arc<Memory>,
}

/// What was learned of an organisation, and how it is; shared by all workers.
#[derive(Debug)]
pub struct Memory {
    /// Ids.
    pub known: Known,
    /// Tokens of its teams.
    pub tokens: Tokens,
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
            management_calls: CallGuard::default(),
            team_calls: CallGuard::default(),
            binding: Mutex::default(),
        }
    }
}
