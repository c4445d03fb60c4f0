//! One tenant's calls to its upstream: paused while it fails, repeated where that is safe and within the budget.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable as _};
use domain::clinician::UserId;
use tokio::time::{Instant, sleep};

use super::{
    breaker::{Breaker, BreakerState, CircuitOpen, Health},
    budget::RetryBudget,
    deadline::Deadline,
};

/// A call is repeated twice at most: after 50 ms, then 100 ms, each with up to as much again added by chance.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(50))
    .with_factor(2.0)
    .with_max_times(2)
    .with_jitter();

/// Breaker and budget of one tenant, shared by all workers: a tenant's trouble is its own.
#[derive(Debug)]
pub struct CallGuard {
    breaker: Breaker,
    budget: RetryBudget,
    /// Calls that were made because of an earlier one's outcome, ever.
    repeated: AtomicU64,
}

/// What the outcome of a call says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// About the upstream.
    pub health: Health,
    /// About retrying.
    pub retry: Retry,
}

/// Whether the same call may be made again. A call creates users and sessions: only one that cannot have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not by us.
    No,
    /// After a moment: it was never sent.
    Soon,
    /// After this time, as the upstream asked.
    After(Duration),
}

/// Why there is no outcome to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallError<E> {
    /// Calls are paused.
    CircuitOpen(CircuitOpen),
    /// The last call failed so.
    Failed(E),
}

impl Default for CallGuard {
    fn default() -> Self {
        Self {
            breaker: Breaker::default(),
            budget: RetryBudget::new(),
            repeated: AtomicU64::new(0),
        }
    }
}

impl CallGuard {
    /// Calls on behalf of `person`, and calls again where `verdict` allows, the deadline leaves time and the budget has one
    /// left.
    ///
    /// # Errors
    /// How the last call failed, or that none may be made.
    pub async fn make<T, E>(
        &self,
        deadline: &Deadline,
        person: Option<&UserId>,
        call: impl AsyncFn() -> Result<T, E>,
        verdict: impl Fn(&E) -> Verdict,
    ) -> Result<T, CallError<E>> {
        self.budget.deposit();
        let is_first = Cell::new(true);
        let once = || async {
            let pass = self.breaker.pass(Instant::now()).map_err(CallError::CircuitOpen)?;
            if !is_first.replace(false) {
                self.repeated.fetch_add(1, Ordering::Relaxed);
            }
            let outcome = call().await;
            let health = match &outcome {
                Ok(_) => Health::Healthy,
                Err(error) => verdict(error).health,
            };
            pass.report(health, person, Instant::now());
            outcome.map_err(CallError::Failed)
        };
        once.retry(PAUSES)
            .sleep(sleep)
            .adjust(|error, pause| {
                let retry = match error {
                    CallError::CircuitOpen(_) => Retry::No,
                    CallError::Failed(error) => verdict(error).retry,
                };
                let wait = match retry {
                    Retry::No => return None,
                    Retry::Soon => pause?,
                    // Not all of them in the same moment.
                    Retry::After(asked) => asked + pause?,
                };
                (deadline.leaves_time_after(wait) && self.budget.withdraw()).then_some(wait)
            })
            .await
    }

    /// What the breaker does at the moment.
    #[must_use]
    pub fn breaker(&self) -> BreakerState {
        self.breaker.at(Instant::now())
    }

    /// How many calls were repeated, ever.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    /// How many would have been if there were a budget left.
    #[must_use]
    pub fn not_repeated(&self) -> u64 {
        self.budget.denied()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    /// Fails with these in turn, then succeeds; the outcome, and after how long each call was made.
    async fn make(
        calls: &CallGuard,
        deadline: Deadline,
        failures: &[Verdict],
    ) -> (Result<(), CallError<Verdict>>, Vec<Duration>) {
        let (begin, left) = (Instant::now(), RefCell::new(failures.iter()));
        let made = RefCell::new(Vec::new());
        let outcome = calls
            .make(
                &deadline,
                None,
                async || {
                    made.borrow_mut().push(begin.elapsed());
                    left.borrow_mut().next().map_or(Ok(()), |verdict| Err(*verdict))
                },
                |verdict| *verdict,
            )
            .await;
        (outcome, made.into_inner())
    }

    fn failing(retry: Retry) -> Verdict {
        Verdict {
            health: Health::Failing,
            retry,
        }
    }

    fn in_a_minute() -> Deadline {
        Deadline::new(Instant::now(), MINUTE, None)
    }

    /// As a tenant with much traffic has it.
    fn with_budget() -> CallGuard {
        let calls = CallGuard::default();
        for _ in 0..100 {
            calls.budget.deposit();
        }
        calls
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_cannot_have_been_carried_out_is_called_again() {
        let second = Duration::from_secs(1);
        let rows: &[(&[Verdict], bool, usize, &str)] = &[
            (&[], true, 1, "it went well at once"),
            (&[failing(Retry::No)], false, 1, "it may have been carried out"),
            (&[failing(Retry::Soon)], true, 2, "never sent"),
            (&[failing(Retry::After(second))], true, 2, "asked to come back"),
            (
                &[failing(Retry::Soon), failing(Retry::No)],
                false,
                2,
                "the second may have been carried out",
            ),
            (&[failing(Retry::Soon); 5], false, 3, "enough is enough"),
            (
                &[failing(Retry::After(MINUTE))],
                false,
                1,
                "asked to come back too late",
            ),
        ];
        for (failures, is_made, expected, reason) in rows {
            let (outcome, made) = make(&with_budget(), in_a_minute(), failures).await;
            assert_eq!(outcome.is_ok(), *is_made, "{reason}");
            assert_eq!(made.len(), *expected, "{reason}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_are_jittered_and_never_shorter_than_the_upstream_asked() {
        let asked = Duration::from_secs(3);
        let (_, made) = make(
            &with_budget(),
            in_a_minute(),
            &[failing(Retry::Soon), failing(Retry::After(asked))],
        )
        .await;
        let [first, second, third] = made[..] else {
            panic!("{made:?}")
        };
        let third = third.abs_diff(second);
        assert!(first.is_zero());
        let range = Duration::from_millis(50)..=Duration::from_millis(101);
        assert!(range.contains(&second), "{second:?}");
        let range = asked + Duration::from_millis(100)..=asked + Duration::from_millis(201);
        assert!(range.contains(&third), "{third:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_budget_nothing_is_called_again() {
        let calls = CallGuard::default();
        let (_, made) = make(&calls, in_a_minute(), &[failing(Retry::Soon)]).await;
        assert_eq!(made.len(), 2, "the quiet tenant's one");
        let (outcome, made) = make(&calls, in_a_minute(), &[failing(Retry::Soon)]).await;
        assert_eq!(outcome, Err(CallError::Failed(failing(Retry::Soon))));
        assert_eq!(made.len(), 1);
        assert_eq!((calls.repeated(), calls.not_repeated()), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_open_the_breaker_and_then_nothing_is_called() {
        let calls = CallGuard::default();
        for _ in 0..10 {
            let (_, made) = make(&calls, in_a_minute(), &[failing(Retry::No)]).await;
            assert_eq!(made.len(), 1);
        }
        let (outcome, made) = make(&calls, in_a_minute(), &[]).await;
        assert!(matches!(outcome, Err(CallError::CircuitOpen(_))), "{outcome:?}");
        assert!(made.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_whose_caller_has_gone_leaves_its_place() {
        let calls = CallGuard::default();
        for _ in 0..10 {
            let (outcome, _) = make(&calls, in_a_minute(), &[failing(Retry::No)]).await;
            assert!(outcome.is_err());
        }
        sleep(Duration::from_secs(5)).await;
        let reached = Cell::new(false);
        let forever = async || {
            reached.set(true);
            sleep(MINUTE).await;
            Ok(())
        };
        let deadline = in_a_minute();
        let gone = calls.make(&deadline, None, forever, |verdict: &Verdict| *verdict);
        assert!(tokio::time::timeout(Duration::from_secs(1), gone).await.is_err());
        assert!(reached.get());
        let (outcome, _) = make(&calls, in_a_minute(), &[]).await;
        assert!(outcome.is_ok());
    }
}
