//! Which of what is remembered is being looked up again: each at one time once, few at a time, and none again soon after it
//! failed. Pure: time comes in as an argument.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    clinician::UserId,
    junction::{JunctionId, TeamRef},
};
use tokio::time::Instant;

/// How many are in flight at most, of one organization: launches need its connections more.
const AT_ONCE: usize = 4;

/// How long nothing that failed is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// How many that failed are kept in mind; beyond that, none is begun.
const MOST: usize = 100;

/// Something that is remembered and ages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Aging {
    /// The id of a team.
    Team(TeamRef),
    /// That a member may act for a team.
    Member(UserId, JunctionId),
    /// A team's token.
    Token(JunctionId),
}

/// What is being looked up again of one organization, shared by all workers.
#[derive(Debug, Default)]
pub struct Refreshes(Mutex<HashMap<Aging, State>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    InFlight,
    NotBefore(Instant),
}

/// One of them, which no other looks up until this is dropped.
#[derive(Debug)]
pub struct Refresh {
    /// What is looked up.
    pub of: Aging,
    among: Arc<Refreshes>,
    not_before: Option<Instant>,
}

impl Refreshes {
    /// Begins to look something up again. None if that is in flight, has failed of late, or if there are enough in flight.
    #[must_use]
    pub fn begin(self: &Arc<Self>, of: Aging, now: Instant) -> Option<Refresh> {
        let mut all = self.all();
        all.retain(|_, state| match state {
            State::InFlight => true,
            State::NotBefore(then) => now < *then,
        });
        let in_flight = all.values().filter(|state| **state == State::InFlight).count();
        if all.contains_key(&of) || in_flight >= AT_ONCE || all.len() >= MOST {
            return None;
        }
        all.insert(of.clone(), State::InFlight);
        drop(all);
        Some(Refresh {
            of,
            among: Arc::clone(self),
            not_before: None,
        })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Aging, State>> {
        // Each change is made in one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Refresh {
    /// It could not be looked up at `now`, and is not tried again for a while.
    pub fn failed(&mut self, now: Instant) {
        self.not_before = Some(now + PAUSE);
    }
}

impl Drop for Refresh {
    fn drop(&mut self) {
        let mut all = self.among.all();
        match self.not_before {
            Some(then) => all.insert(self.of.clone(), State::NotBefore(then)),
            None => all.remove(&self.of),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: usize) -> Aging {
        let team = JunctionId::parse("11111111-1111-4111-8111-111111111111").unwrap();
        Aging::Member(UserId::parse(name.to_string()).unwrap(), team)
    }

    #[test]
    fn each_is_looked_up_once_at_a_time() {
        let (refreshes, now) = (Arc::new(Refreshes::default()), Instant::now());
        let first = refreshes.begin(member(1), now).unwrap();
        assert!(refreshes.begin(member(1), now).is_none());
        drop(first);
        assert!(refreshes.begin(member(1), now).is_some());
    }

    #[test]
    fn few_are_looked_up_at_once() {
        let (refreshes, now) = (Arc::new(Refreshes::default()), Instant::now());
        let mut in_flight: Vec<_> = (0..9).filter_map(|name| refreshes.begin(member(name), now)).collect();
        assert_eq!(in_flight.len(), AT_ONCE);
        in_flight.pop();
        assert!(refreshes.begin(member(8), now).is_some());
    }

    #[test]
    fn what_failed_is_left_alone_for_a_while() {
        let (refreshes, now) = (Arc::new(Refreshes::default()), Instant::now());
        refreshes.begin(member(1), now).unwrap().failed(now);
        assert!(
            refreshes
                .begin(member(1), now + PAUSE - Duration::from_secs(1))
                .is_none()
        );
        assert!(refreshes.begin(member(2), now).is_some(), "others are not");
        assert!(refreshes.begin(member(1), now + PAUSE).is_some());
    }

    #[test]
    fn after_many_failures_nothing_is_begun_until_the_pause_is_over() {
        let (refreshes, now) = (Arc::new(Refreshes::default()), Instant::now());
        for name in 0..MOST {
            refreshes.begin(member(name), now).unwrap().failed(now);
        }
        assert!(refreshes.begin(member(MOST), now).is_none());
        assert!(refreshes.begin(member(MOST), now + PAUSE).is_some());
    }
}
