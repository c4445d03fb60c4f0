//! Pauses a tenant's calls while its upstream fails, so that no caller waits for a response that will not come.
//!
//! Closed: calls pass, and the last ten seconds are watched. Open: nothing passes for five seconds. Half open: one call
//! passes as a probe, and decides. Time comes in as an argument; nothing in here waits.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::clinician::UserId;
use tokio::time::Instant;

/// How many seconds back outcomes count.
const WINDOW_SECS: usize = 10;

/// So few calls say nothing: a quiet tenant's breaker stays closed.
const MIN_CALLS: u32 = 10;

/// How long nothing passes once it is open.
const PAUSE: Duration = Duration::from_secs(5);

/// How soon to retry while a probe is in flight.
const WHILE_PROBING: Duration = Duration::from_secs(1);

/// One tenant's breaker, shared by all workers.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug)]
enum State {
    Closed(Box<Window>),
    Open { until: Instant },
    HalfOpen { is_probing: bool },
}

/// What a breaker does at the moment, for people and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// One call passes, to see.
    HalfOpen,
    /// Nothing passes.
    Open,
}

impl BreakerState {
    /// Whether no call passes.
    #[must_use]
    pub fn is_open(self) -> bool {
        self == Self::Open
    }
}

/// How the upstream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It responded, whatever it said.
    Healthy,
    /// It did not answer, or said that it is broken.
    Failing,
    /// This call did not find out.
    Unknown,
}

/// Nothing passes; the caller may come back after this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitOpen {
    /// How long to stay away. At most the pause.
    pub retry_after: Duration,
}

/// Leave to make one call. Dropped without a report, as when the caller has gone, it leaves no trace.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
}

impl Default for State {
    fn default() -> Self {
        Self::Closed(Box::default())
    }
}

impl Breaker {
    /// Asks to make a call.
    ///
    /// # Errors
    /// [`CircuitOpen`] while calls are paused.
    pub(super) fn pass(&self, now: Instant) -> Result<Pass<'_>, CircuitOpen> {
        let mut state = self.state();
        let is_probe = match &mut *state {
            State::Closed(_) => false,
            State::Open { until } if now < *until => {
                return Err(CircuitOpen {
                    retry_after: *until - now,
                });
            }
            State::HalfOpen { is_probing: true } => {
                return Err(CircuitOpen {
                    retry_after: WHILE_PROBING,
                });
            }
            State::Open { .. } | State::HalfOpen { is_probing: false } => {
                *state = State::HalfOpen { is_probing: true };
                true
            }
        };
        Ok(Pass {
            breaker: self,
            is_probe,
        })
    }

    /// What it does at this moment.
    pub(super) fn at(&self, now: Instant) -> BreakerState {
        match &*self.state() {
            State::Closed(_) => BreakerState::Closed,
            State::Open { until } if now < *until => BreakerState::Open,
            // The next call is the probe, whenever it comes.
            State::Open { .. } | State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic between two assignments leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Reports how a call on behalf of `person` went. However often one person's calls go the same way, they count
    /// once: no single person can pause the calls of all.
    pub(super) fn report(self, health: Health, person: Option<&UserId>, now: Instant) {
        let mut state = self.breaker.state();
        match (&mut *state, health) {
            // A call that was in flight when the breaker opened says nothing new.
            (State::Open { .. } | State::HalfOpen { .. }, _) if !self.is_probe => {}
            (_, Health::Unknown) => {}
            (State::Closed(window), Health::Healthy) => window.count(now, person, false),
            (State::Closed(window), Health::Failing) => {
                window.count(now, person, true);
                if window.is_failing(now) {
                    *state = State::Open { until: now + PAUSE };
                }
            }
            (State::Open { .. } | State::HalfOpen { .. }, Health::Healthy) => *state = State::default(),
            (State::Open { .. } | State::HalfOpen { .. }, Health::Failing) => {
                *state = State::Open { until: now + PAUSE };
            }
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe
            && let State::HalfOpen { is_probing } = &mut *self.breaker.state()
        {
            *is_probing = false;
        }
    }
}

/// Outcomes of the last seconds, second by second.
#[derive(Debug, Default)]
struct Window {
    began: Option<Instant>,
    seconds: [Second; WINDOW_SECS],
}

#[derive(Debug, Default)]
struct Second {
    /// Which second since the window began.
    at: u64,
    calls: u32,
    failures: u32,
    /// Whose calls went well in it, and whose failed.
    counted: [HashSet<UserId>; 2],
}

impl Window {
    fn count(&mut self, now: Instant, person: Option<&UserId>, failed: bool) {
        let at = self.second(now);
        if person.is_some_and(|person| self.counts(person, failed, at)) {
            return;
        }
        let place = usize::try_from(at).unwrap_or(usize::MAX) % WINDOW_SECS;
        if let Some(second) = self.seconds.get_mut(place) {
            if second.at != at {
                *second = Second {
                    at,
                    ..Second::default()
                };
            }
            second.calls = second.calls.saturating_add(1);
            second.failures = second.failures.saturating_add(u32::from(failed));
            if let (Some(person), [well, badly]) = (person, &mut second.counted) {
                let counted = if failed { badly } else { well };
                counted.insert(person.clone());
            }
        }
    }

    /// Whether a call of this person's that went the same way is in the window.
    fn counts(&self, person: &UserId, failed: bool, at: u64) -> bool {
        let mut recent = self.recent(at);
        recent.any(
            |Second {
                 counted: [well, badly], ..
             }| if failed { badly } else { well }.contains(person),
        )
    }

    fn recent(&self, at: u64) -> impl Iterator<Item = &Second> {
        let oldest = at.saturating_sub(WINDOW_SECS as u64 - 1);
        self.seconds.iter().filter(move |second| second.at >= oldest)
    }

    /// Whether at least half of enough calls failed.
    fn is_failing(&mut self, now: Instant) -> bool {
        let at = self.second(now);
        let (calls, failures) = self.recent(at).fold((0_u32, 0_u32), |(calls, failures), second| {
            (
                calls.saturating_add(second.calls),
                failures.saturating_add(second.failures),
            )
        });
        calls >= MIN_CALLS && failures >= calls.div_ceil(2)
    }

    fn second(&mut self, now: Instant) -> u64 {
        let began = *self.began.get_or_insert(now);
        now.saturating_duration_since(began).as_secs()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn calls(breaker: &Breaker, now: Instant, health: Health, times: u32) {
        for _ in 0..times {
            breaker.pass(now).unwrap().report(health, None, now);
        }
    }

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::default();
        calls(&breaker, now, Health::Failing, MIN_CALLS);
        assert_eq!(breaker.at(now), BreakerState::Open);
        breaker
    }

    #[test]
    fn it_opens_when_half_of_enough_calls_failed_and_not_before() {
        let now = Instant::now();
        let rows = [
            (0, 9, BreakerState::Closed, "too few to tell"),
            (0, 10, BreakerState::Open, "enough, and all of them"),
            (11, 10, BreakerState::Closed, "fewer than half"),
            (10, 10, BreakerState::Open, "half"),
        ];
        for (healthy, failing, expected, reason) in rows {
            let breaker = Breaker::default();
            calls(&breaker, now, Health::Healthy, healthy);
            calls(&breaker, now, Health::Failing, failing);
            assert_eq!(breaker.at(now), expected, "{reason}");
        }
    }

    #[test]
    fn one_person_counts_once_in_the_window_each_way() {
        let start = Instant::now();
        let person = |id: &str| UserId::parse(id.to_owned()).unwrap();
        let report = |breaker: &Breaker, who: &str, health, now| {
            breaker.pass(now).unwrap().report(health, Some(&person(who)), now);
        };
        let breaker = Breaker::default();
        for at in 0..1000 {
            report(&breaker, "one", Health::Failing, start + SECOND * (at % 3));
        }
        assert_eq!(
            breaker.at(start + SECOND * 3),
            BreakerState::Closed,
            "one person's failures"
        );
        for at in 0..MIN_CALLS - 2 {
            report(&breaker, &format!("other-{at}"), Health::Failing, start + SECOND * 3);
        }
        assert_eq!(
            breaker.at(start + SECOND * 3),
            BreakerState::Closed,
            "with the one's they are one too few"
        );
        for _ in 0..1000 {
            report(&breaker, "one", Health::Healthy, start + SECOND * 3);
        }
        assert_eq!(
            breaker.at(start + SECOND * 3),
            BreakerState::Closed,
            "ten counted, and the one's success hides nobody's failure; the next failure tells"
        );
        report(&breaker, "last", Health::Failing, start + SECOND * 4);
        assert_eq!(breaker.at(start + SECOND * 4), BreakerState::Open);

        let later = Breaker::default();
        for at in 0..u64::from(MIN_CALLS) {
            report(
                &later,
                "one",
                Health::Failing,
                start + SECOND * 10 * u32::try_from(at).unwrap(),
            );
        }
        assert_eq!(
            later.at(start + SECOND * 100),
            BreakerState::Closed,
            "each of its windows has one"
        );
    }

    #[test]
    fn what_says_nothing_opens_nothing() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        calls(&breaker, now, Health::Unknown, 1000);
        calls(&breaker, now, Health::Healthy, 1000);
        assert_eq!(breaker.at(now), BreakerState::Closed);
    }

    #[test]
    fn failures_are_forgotten_after_the_window() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        calls(&breaker, start, Health::Failing, MIN_CALLS - 1);
        let just_inside = start + SECOND * 9;
        let breaker_outside = Breaker::default();
        calls(&breaker_outside, start, Health::Failing, MIN_CALLS - 1);
        calls(&breaker, just_inside, Health::Failing, 1);
        assert_eq!(breaker.at(just_inside), BreakerState::Open);
        calls(&breaker_outside, start + SECOND * 10, Health::Failing, 1);
        assert_eq!(breaker_outside.at(start + SECOND * 10), BreakerState::Closed);
    }

    #[test]
    fn an_open_one_says_when_to_come_back_and_then_lets_one_probe_through() {
        let start = Instant::now();
        let breaker = opened(start);
        assert_eq!(
            breaker.pass(start + SECOND * 2).unwrap_err(),
            CircuitOpen {
                retry_after: SECOND * 3
            }
        );
        let later = start + PAUSE;
        let probe = breaker.pass(later).unwrap();
        assert_eq!(
            breaker.pass(later).unwrap_err(),
            CircuitOpen {
                retry_after: WHILE_PROBING
            }
        );
        assert_eq!(breaker.at(later), BreakerState::HalfOpen);
        probe.report(Health::Healthy, None, later);
        assert_eq!(breaker.at(later), BreakerState::Closed);
        calls(&breaker, later, Health::Failing, MIN_CALLS - 1);
        assert_eq!(breaker.at(later), BreakerState::Closed, "old failures are forgotten");
    }

    #[test]
    fn a_failed_probe_pauses_again_and_a_dropped_one_frees_its_slot() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + PAUSE;
        breaker.pass(later).unwrap().report(Health::Failing, None, later);
        assert!(breaker.pass(later + SECOND).is_err());
        let again = later + PAUSE;
        drop(breaker.pass(again).unwrap());
        let probe = breaker.pass(again).unwrap();
        probe.report(Health::Unknown, None, again);
        assert!(
            breaker.pass(again).is_ok(),
            "a probe that found out nothing leaves its place too"
        );
    }

    #[test]
    fn stragglers_of_before_decide_nothing() {
        let start = Instant::now();
        let breaker = Breaker::default();
        let (healthy, failing) = (breaker.pass(start).unwrap(), breaker.pass(start).unwrap());
        calls(&breaker, start, Health::Failing, MIN_CALLS);
        healthy.report(Health::Healthy, None, start);
        assert_eq!(breaker.at(start), BreakerState::Open);
        let probe = breaker.pass(start + PAUSE).unwrap();
        failing.report(Health::Failing, None, start + PAUSE);
        assert_eq!(breaker.at(start + PAUSE), BreakerState::HalfOpen);
        probe.report(Health::Healthy, None, start + PAUSE);
        assert_eq!(breaker.at(start + PAUSE), BreakerState::Closed);
    }

    proptest! {
        /// Whatever happens, in whatever order, a call passes once the pause is over and no probe is in flight.
        #[test]
        fn it_never_stays_shut(steps in prop::collection::vec((0_u64..4000, 0_u8..4), 0..200)) {
            let breaker = Breaker::default();
            let mut now = Instant::now();
            let mut under_way = Vec::new();
            for (millis, what) in steps {
                now += Duration::from_millis(millis);
                match (what, breaker.pass(now)) {
                    (0, Ok(pass)) => pass.report(Health::Healthy, None, now),
                    (1, Ok(pass)) => pass.report(Health::Failing, None, now),
                    (2, Ok(pass)) => under_way.push(pass),
                    (_, Ok(pass)) => drop(pass),
                    (_, Err(open)) => prop_assert!(open.retry_after <= PAUSE && !open.retry_after.is_zero()),
                }
            }
            drop(under_way);
            prop_assert!(breaker.pass(now + PAUSE).is_ok());
        }
    }
}
