//! When a delivery that failed is tried again. Pure.

use std::time::Duration;

/// How long after each failure: three days and more in all, so that a weekend is survived.
const STEPS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// How much sooner or later, so that what failed together is not tried again together.
const SPREAD: f64 = 0.2;

/// The longest time for which an endpoint that is busy gets nothing at all.
const LONGEST_REST: Duration = Duration::from_mins(5);

/// How long to wait after this many failures; none if that was the last try. `asked` is how long the endpoint wants to be left
/// alone: it counts as far as the next step. `chance` is between 0 and 1.
pub(super) fn wait(failures: u32, asked: Option<Duration>, chance: f64) -> Option<Duration> {
    let at = usize::try_from(failures).ok()?.checked_sub(1)?;
    let step = *STEPS.get(at)?;
    let longest = STEPS.get(at + 1).copied().unwrap_or(step);
    let spread = step.mul_f64((1.0 - SPREAD) + 2.0 * SPREAD * chance.clamp(0.0, 1.0));
    Some(asked.map_or(spread, |asked| asked.clamp(spread, longest.max(spread))))
}

/// How long an endpoint that is busy gets nothing at all.
pub(super) fn rest(asked: Option<Duration>) -> Duration {
    let [first, ..] = STEPS;
    asked.unwrap_or(first).clamp(first, LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_failure_waits_longer_until_the_last() {
        let waits: Vec<_> = (0..12)
            .map(|failures| wait(failures, None, 0.5).map(|wait| wait.as_secs()))
            .collect();
        let minute = 60;
        let hour = 60 * minute;
        assert_eq!(
            waits,
            [
                None,
                Some(5),
                Some(5 * minute),
                Some(30 * minute),
                Some(2 * hour),
                Some(5 * hour),
                Some(10 * hour),
                Some(14 * hour),
                Some(20 * hour),
                Some(24 * hour),
                None,
                None
            ]
        );
    }

    #[test]
    fn chance_moves_a_try_by_a_fifth() {
        assert_eq!(wait(1, None, 0.0), Some(Duration::from_secs(4)));
        assert_eq!(wait(1, None, 1.0), Some(Duration::from_secs(6)));
    }

    #[test]
    fn what_the_endpoint_asks_for_counts_up_to_the_next_step() {
        let rows = [
            (1, 1, 5, "no sooner than the step"),
            (1, 60, 60, "between the two"),
            (1, 3600, 300, "no later than the next step"),
            (9, 999_999, 24 * 60 * 60, "the last one"),
        ];
        for (failures, asked, expected, reason) in rows {
            let waited = wait(failures, Some(Duration::from_secs(asked)), 0.5);
            assert_eq!(waited, Some(Duration::from_secs(expected)), "{reason}");
        }
    }

    #[test]
    fn a_busy_endpoint_rests_for_seconds_to_minutes() {
        let rows = [(None, 5), (Some(0), 5), (Some(90), 90), (Some(3600), 300)];
        for (asked, expected) in rows {
            assert_eq!(rest(asked.map(Duration::from_secs)), Duration::from_secs(expected));
        }
    }

    proptest! {
        #[test]
        fn no_wait_is_outside_its_step(failures in 1_u32..9, asked: Option<u32>, chance in -1.0..2.0_f64) {
            let asked = asked.map(|asked| Duration::from_secs(asked.into()));
            let waited = wait(failures, asked, chance).unwrap();
            let at = usize::try_from(failures - 1).unwrap();
            prop_assert!(waited >= STEPS[at].mul_f64(0.8) && waited <= STEPS[at + 1].max(STEPS[at].mul_f64(1.2)));
        }
    }
}
