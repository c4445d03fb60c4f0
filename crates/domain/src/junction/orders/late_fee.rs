//! When cancelling a visit is not refunded any more.

use jiff::{SignedDuration, Timestamp};

use crate::reason::Reason;

/// How long before a visit that is.
const NOTICE: SignedDuration = SignedDuration::from_hours(24);

/// Refuses a late cancellation, unless the request accepts the fee.
///
/// # Errors
/// [`Reason::VisitWithinADay`].
pub fn check(start: Option<Timestamp>, now: Timestamp, accepts: bool) -> Result<(), Reason> {
    if is_late(start, now) && !accepts {
        Err(Reason::VisitWithinADay)
    } else {
        Ok(())
    }
}

/// Whether a visit begins in less than 24 hours, or has begun. One without a time does not.
#[must_use]
pub fn is_late(start: Option<Timestamp>, now: Timestamp) -> bool {
    start.is_some_and(|start| start.duration_since(now) < NOTICE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_a_day_before_the_visit_is_late() {
        let now: Timestamp = "2026-11-26T15:00:00Z".parse().unwrap();
        let rows = [
            (Some("2026-11-27T14:59:00Z"), true, "23 h 59 min"),
            (Some("2026-11-27T15:00:00Z"), false, "24 h to the second"),
            (Some("2026-11-27T14:59:59.999Z"), true, "a millisecond less"),
            (Some("2026-11-27T15:01:00Z"), false, "24 h 1 min"),
            (Some("2026-11-26T14:00:00Z"), true, "an hour ago"),
            (None, false, "a requested visit without a time"),
        ];
        for (start, expected, reason) in rows {
            let start = start.map(|text| text.parse().unwrap());
            assert_eq!(is_late(start, now), expected, "{reason}");
            assert_eq!(check(start, now, false).is_err(), expected, "{reason}");
            assert_eq!(check(start, now, true), Ok(()), "{reason}");
        }
    }
}
