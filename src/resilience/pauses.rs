//! How long to wait before what failed is tried again, for as long as it fails.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// From a second to a minute, each twice as long as the one before and up to as much again by chance: what failed together
/// is not tried again together.
const GROWING: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_secs(1))
    .with_max_delay(LONGEST)
    .with_factor(2.0)
    .without_max_times()
    .with_jitter();

const LONGEST: Duration = Duration::from_mins(1);

/// The pauses between tries, without an end.
#[derive(Debug)]
pub struct Pauses(ExponentialBackoff);

impl Default for Pauses {
    fn default() -> Self {
        Self(GROWING.build())
    }
}

impl Pauses {
    /// The next one, or as long as was asked for if that is longer.
    pub fn next(&mut self, asked: Option<Duration>) -> Duration {
        let pause = self.0.next().unwrap_or(LONGEST);
        asked.map_or(pause, |asked| asked.max(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_never_end() {
        let mut pauses = Pauses::default();
        for (at, least) in [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].into_iter().enumerate() {
            let pause = pauses.next(None);
            assert!(pause >= Duration::from_secs(least), "{at}: {pause:?}");
            assert!(pause <= LONGEST * 2, "{at}: {pause:?}");
        }
    }

    #[test]
    fn a_longer_pause_that_was_asked_for_is_kept() {
        let hour = Duration::from_hours(1);
        assert_eq!(Pauses::default().next(Some(hour)), hour);
        assert!(Pauses::default().next(Some(Duration::ZERO)) >= Duration::from_secs(1));
    }
}
