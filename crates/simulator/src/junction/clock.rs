//! The clock of orders and visits: real time, and how far it was moved from there.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::moment::Moment;

/// A clock that goes as fast as the machine's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    ahead: SignedDuration,
}

/// What `PUT /__sim/clock` takes: one of the two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Move {
    advance_secs: Option<i64>,
    now: Option<Moment>,
}

impl Clock {
    pub(super) fn now(self) -> Moment {
        Moment::real().moved(self.ahead)
    }

    /// Moves it; nothing comes back unless exactly one of the two is there.
    pub(super) fn turn(&mut self, by: &Move) -> Option<()> {
        match (by.advance_secs, by.now) {
            (Some(seconds), None) => self.advance(seconds),
            (None, Some(now)) => self.ahead = now.since(Moment::real()),
            (None, None) | (Some(_), Some(_)) => return None,
        }
        Some(())
    }

    pub(super) fn advance(&mut self, seconds: i64) {
        self.ahead = self.ahead.saturating_add(SignedDuration::from_secs(seconds));
    }

    pub(super) fn ahead_secs(self) -> i64 {
        self.ahead.as_secs()
    }

    pub(super) fn shown(self) -> Value {
        json!({"now": self.now(), "aheadSecs": self.ahead_secs()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(by: Value) -> Option<Clock> {
        let mut clock = Clock::default();
        clock.turn(&serde_json::from_value(by).unwrap()).map(|()| clock)
    }

    #[test]
    fn a_clock_is_moved_by_seconds_or_to_a_moment_and_by_nothing_else() {
        assert_eq!(turned(json!({"advanceSecs": 90})).unwrap().ahead.as_secs(), 90);
        let at = "2027-03-14T08:00:00Z";
        let clock = turned(json!({"now": at})).unwrap();
        assert!(clock.now() >= Moment::parse(at).unwrap());
        assert!(turned(json!({})).is_none());
        assert!(turned(json!({"advanceSecs": 1, "now": at})).is_none());
    }
}
