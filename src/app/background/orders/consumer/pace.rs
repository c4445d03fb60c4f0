//! When an order is read again that could not be read well. Pure.

use std::time::Duration;

/// After a reading that is older than what is known: one of Junction's copies catches up.
const OLDER: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(10), Duration::from_mins(1)];

/// The first wait after a failure: twice as long each time, up to the longest.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(15);

/// How often an order is looked for that Junction does not know: for a day.
const LOOKED_FOR: u32 = 100;

/// Whether to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// After this time.
    Again(Duration),
    /// Often enough.
    Enough,
}

/// After this many readings of which the last was too old.
pub(super) fn after_older(attempts: u32) -> Pace {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    OLDER.get(at).map_or(Pace::Enough, |wait| Pace::Again(*wait))
}

/// After this many failures.
pub(super) fn after_failure(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST.saturating_mul(1 << doublings).min(LONGEST)
}

/// After this many times that Junction did not know the order.
pub(super) fn after_missing(attempts: u32) -> Pace {
    if attempts < LOOKED_FOR {
        Pace::Again(after_failure(attempts))
    } else {
        Pace::Enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_reading_is_repeated_three_times() {
        let waits: Vec<_> = (1..=5).map(after_older).collect();
        let again = |secs| Pace::Again(Duration::from_secs(secs));
        assert_eq!(waits, [again(2), again(10), again(60), Pace::Enough, Pace::Enough]);
    }

    #[test]
    fn failures_are_repeated_more_and_more_slowly() {
        let waits: Vec<_> = [0, 1, 2, 3, 9, 10, 1000]
            .map(|attempts| after_failure(attempts).as_secs())
            .to_vec();
        assert_eq!(waits, [2, 2, 4, 8, 512, 900, 900]);
    }

    #[test]
    fn an_order_that_junction_does_not_know_is_looked_for_for_a_day() {
        let waited: Duration = (1..=LOOKED_FOR)
            .map(|attempts| match after_missing(attempts) {
                Pace::Again(wait) => wait,
                Pace::Enough => Duration::ZERO,
            })
            .sum();
        assert!(
            (Duration::from_hours(22)..Duration::from_hours(26)).contains(&waited),
            "{waited:?}"
        );
        assert_eq!(after_missing(LOOKED_FOR), Pace::Enough);
    }
}
