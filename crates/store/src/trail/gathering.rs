//! How long the thread lets records come together before it writes them. Each group costs a sync, whatever its size, and while many
//! launches are in flight their records are about to come. A launch alone does not wait.

use std::time::{Duration, Instant};

/// The longest that a record waits for others.
const LONGEST: Duration = Duration::from_millis(3);

/// How rare records may be before nothing is remembered of how rare: a pause of an hour is one of this.
const RAREST: Duration = Duration::from_millis(4);

/// How much of what was known stays, of four parts, when something new is learnt.
const PARTS_KEPT: u32 = 3;
const PARTS: u32 = 4;

/// How quickly records come.
#[derive(Debug)]
pub(super) struct Pace {
    /// The time from one to the next, on average.
    gap: Duration,
    last: Option<Instant>,
}

/// What to sleep for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gathering {
    /// Until so many wait.
    pub(super) until: usize,
    /// Not longer than this.
    pub(super) at_most: Duration,
}

impl Pace {
    pub(super) const fn new() -> Self {
        Self {
            gap: RAREST,
            last: None,
        }
    }

    /// So many were taken to be written.
    pub(super) fn taken(&mut self, records: usize, now: Instant) {
        let records = u32::try_from(records).unwrap_or(u32::MAX).max(1);
        if let Some(last) = self.last.replace(now) {
            let gap = (now.saturating_duration_since(last) / records).min(RAREST);
            self.gap = (self.gap * PARTS_KEPT + gap) / PARTS;
        }
    }

    /// None came that was waited for: what is in flight takes its time, and is not waited for again until it comes.
    pub(super) const fn none_came(&mut self) {
        self.gap = RAREST;
    }

    /// Which group to sleep for; none if the next record should be written at once.
    ///
    /// Three quarters of all that is in flight are gathered. The others go on while that is written: then neither the disk nor the
    /// processor stands still for long. What is not likely to come in time is not waited for, nor by a thread that has less `patience`
    /// than that takes, because something else is due.
    pub(super) fn gathering(&self, in_flight: usize, patience: Duration) -> Option<Gathering> {
        let likely = LONGEST.as_nanos() / self.gap.as_nanos().max(1);
        let until = (in_flight / 4 * 3).min(usize::try_from(likely).unwrap_or(usize::MAX));
        let together = u32::try_from(until).unwrap_or(u32::MAX);
        let at_most = self.gap.saturating_mul(together).saturating_mul(2).min(LONGEST);
        (until > 1 && at_most <= patience).then_some(Gathering { until, at_most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MICRO: Duration = Duration::from_micros(1);

    /// After many groups that came so quickly.
    fn steady(gap: Duration) -> Pace {
        let mut pace = Pace::new();
        let mut now = Instant::now();
        for _ in 0..100 {
            now += gap * 10;
            pace.taken(10, now);
        }
        pace
    }

    #[test]
    fn what_is_gathered_depends_on_what_is_in_flight_and_on_the_pace() {
        let cases = [
            // A launch alone does not wait, nor do three.
            (10, 0, None),
            (10, 1, None),
            (10, 3, None),
            // Three quarters of all.
            (10, 4, Some((3, 60))),
            (10, 64, Some((48, 960))),
            // Not longer than three milliseconds, nor for what will not come in that time.
            (40, 64, Some((48, 3000))),
            (10, 1000, Some((300, 3000))),
            (100, 64, Some((30, 3000))),
            (1500, 64, Some((2, 3000))),
            // Many in flight, and slow ones.
            (2000, 64, None),
            (4000, 1000, None),
        ];
        for (gap, in_flight, expected) in cases {
            let found = steady(MICRO * gap).gathering(in_flight, LONGEST);
            let found = found.map(|found| (found.until, found.at_most.as_micros()));
            // An average of whole nanoseconds can be one short.
            let close = |(until, at_most): (usize, u128)| (until, at_most.div_ceil(10) * 10);
            assert_eq!(found.map(close), expected, "{gap} µs, {in_flight} in flight");
        }
    }

    #[test]
    fn launches_that_take_longer_than_before_are_waited_for_once() {
        let mut pace = steady(MICRO * 10);
        assert!(pace.gathering(64, LONGEST).is_some());
        pace.none_came();
        assert_eq!(pace.gathering(64, LONGEST), None);
    }

    #[test]
    fn nothing_is_gathered_that_would_put_off_what_is_due() {
        let pace = steady(MICRO * 40);
        assert!(pace.gathering(64, LONGEST).is_some());
        assert_eq!(pace.gathering(64, MICRO * 2999), None);
    }

    #[test]
    fn nothing_is_waited_for_before_anything_is_known() {
        assert_eq!(Pace::new().gathering(1000, LONGEST), None);
    }

    #[test]
    fn after_a_night_a_busy_hour_is_noticed_within_some_groups() {
        let mut pace = steady(MICRO * 10);
        let mut now = Instant::now() + Duration::from_hours(8);
        pace.taken(1, now);
        for _ in 0..20 {
            now += MICRO * 30;
            pace.taken(3, now);
        }
        assert!(
            pace.gathering(64, LONGEST)
                .is_some_and(|gathering| gathering.until > 16)
        );
    }
}
