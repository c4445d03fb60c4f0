//! The sessions that embed URLs carry. Each opens once.

use std::collections::BTreeMap;

use uuid::Uuid;

/// What a page shows about its session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) clinician: String,
    pub(super) user_id: Option<String>,
    pub(super) patient: Option<String>,
    pub(super) french: bool,
    /// The endpoint's path after `embeddable/`.
    pub(super) endpoint: String,
}

/// The sessions that were not opened yet, by id.
#[derive(Debug, Default)]
pub(super) struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    /// Keeps a session and returns its id.
    pub(super) fn start(&mut self, session: Session) -> String {
        let id = Uuid::new_v4().simple().to_string();
        self.0.insert(id.clone(), session);
        id
    }

    /// Opens a session: it is gone afterwards.
    pub(super) fn open(&mut self, id: &str) -> Option<Session> {
        self.0.remove(id)
    }
}
