//! Visits of the embedded app: allowed by a dashboard URL that opens once, remembered by the browser that opened it.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::{
    feature::{Environment, Feature, Modality},
    id::Id,
};

/// How long a dashboard URL can be opened. Junction does not say.
pub(super) const LIFETIME: Duration = Duration::from_mins(5);

/// Who does what for which team.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) member: Id,
    pub(super) team: Id,
    pub(super) feature: Feature,
    pub(super) modality: Modality,
    pub(super) environment: Environment,
}

/// All visits, each by the secret that its holder shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Visits {
    /// How many dashboard URLs there ever were.
    pub(super) urls: u64,
    /// By the session of a URL that was not opened yet.
    waiting: BTreeMap<String, (Visit, Instant)>,
    /// Member and team, by a browser's cookie.
    browsers: BTreeMap<String, (Id, Id)>,
    /// By the key that a page shows when it does something.
    pages: BTreeMap<String, Visit>,
}

impl Visits {
    /// Allows a visit, and returns the session of its URL.
    pub(super) fn allow(&mut self, visit: Visit, now: Instant) -> String {
        self.urls += 1;
        let session = Id::new().to_string();
        self.waiting.insert(session.clone(), (visit, now));
        session
    }

    /// Opens a URL: it cannot be opened again.
    pub(super) fn open(&mut self, session: &str, now: Instant) -> Option<Visit> {
        let (visit, allowed) = self.waiting.remove(session)?;
        (now.saturating_duration_since(allowed) < LIFETIME).then_some(visit)
    }

    /// Remembers the browser of a visit, and returns its cookie.
    pub(super) fn remember_browser(&mut self, visit: Visit) -> String {
        let cookie = Id::new().to_string();
        self.browsers.insert(cookie.clone(), (visit.member, visit.team));
        cookie
    }

    /// The member and the team whose browser has this cookie.
    pub(super) fn of_browser(&self, cookie: &str) -> Option<(Id, Id)> {
        self.browsers.get(cookie).copied()
    }

    /// Remembers a page of a visit, and returns its key.
    pub(super) fn remember_page(&mut self, visit: Visit) -> String {
        let key = Id::new().to_string();
        self.pages.insert(key.clone(), visit);
        key
    }

    /// The visit of the page that has this key.
    pub(super) fn of_page(&self, key: &str) -> Option<Visit> {
        self.pages.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_opens_once_and_not_late() {
        let mut visits = Visits::default();
        let visit = Visit {
            member: Id::new(),
            team: Id::new(),
            feature: Feature::TeamPanels,
            modality: Modality::LinkOut,
            environment: Environment::Sandbox,
        };
        let allowed = Instant::now();
        let [early, late] = [visits.allow(visit, allowed), visits.allow(visit, allowed)];
        assert!(visits.open(&early, allowed).is_some());
        assert!(visits.open(&early, allowed).is_none(), "it was opened");
        assert!(visits.open(&late, allowed + LIFETIME).is_none(), "its time is over");
        assert!(visits.open(&late, allowed).is_none(), "trying spends it");
        assert_eq!(visits.urls, 2);
    }
}
