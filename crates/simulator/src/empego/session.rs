//! The sessions that embed URLs carry. Each opens once.

use std::collections::BTreeMap;

use uuid::Uuid;

/// What a page shows about its session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) clinician: String,
    pub(crate) user_id: Option<String>,
    pub(crate) patient: Option<String>,
    pub(crate) french: bool,
    /// The endpoint's path after `embeddable/`.
    pub(crate) endpoint: String,
}

/// The sessions that were not opened yet, by id.
#[derive(Debug, Default)]
pub(crate) struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    /// Keeps a session and returns its id.
    pub(crate) fn start(&mut self, session: Session) -> String {
        let id = Uuid::new_v4().simple().to_string();
        self.0.insert(id.clone(), session);
        id
    }

    /// Opens a session: it is gone afterwards.
    pub(crate) fn open(&mut self, id: &str) -> Option<Session> {
        self.0.remove(id)
    }
}
