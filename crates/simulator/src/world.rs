//! What a simulator remembers, shared by all its pages.

use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use super::{
    empego::{journal::Entry, session::Sessions, user::Users},
    fault::Fault,
    junction::{settings::JunctionSettings, state::Junction},
    settings::Partial,
};

/// What all its pages share.
pub(super) struct World {
    pub(super) address: SocketAddr,
    pub(super) api_keys: Vec<String>,
    pub(super) partial: Partial,
    pub(super) junction: JunctionSettings,
    pub(super) state: Mutex<State>,
    pub(super) staged: Mutex<Staged>,
}

/// What changes.
#[derive(Default)]
pub(super) struct State {
    pub(super) users: Users,
    pub(super) sessions: Sessions,
    pub(super) journal: Vec<Entry>,
    pub(super) fault: Option<Fault>,
    pub(super) junction: Junction,
}

/// A demo's scene.
#[derive(Default)]
pub(super) struct Staged {
    pub(super) page_origin: Option<String>,
    pub(super) key_set: Option<Value>,
    pub(super) users: Users,
    pub(super) junction: Junction,
}

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn staged(&self) -> MutexGuard<'_, Staged> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
