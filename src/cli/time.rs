//! Times as people write them, and as they read them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The first moment that counts: of a day in UTC, or as it is written.
pub(super) fn from(text: &str) -> Result<Timestamp, String> {
    parse(text, false)
}

/// The first moment that no longer counts: a day counts to its end.
pub(super) fn to(text: &str) -> Result<Timestamp, String> {
    parse(text, true)
}

fn parse(text: &str, is_end: bool) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let day: Option<Date> = text.parse().ok();
    let day = day.and_then(|day| if is_end { day.tomorrow().ok() } else { Some(day) });
    let begin = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    let begin = begin.ok_or("must be a day such as 2026-11-26, or a time such as 2026-11-26T14:00:00Z")?;
    Ok(begin.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::shown;

    #[test]
    fn a_day_begins_at_midnight_and_ends_at_the_next() {
        assert_eq!(shown(from("2026-11-26").unwrap()), "2026-11-26 00:00:00Z");
        assert_eq!(shown(to("2026-11-26").unwrap()), "2026-11-27 00:00:00Z");
        assert_eq!(shown(to("2026-11-26T14:00:00-05:00").unwrap()), "2026-11-26 19:00:00Z");
        assert!(from("yesterday").is_err() && to("2026-13-01").is_err());
    }
}
