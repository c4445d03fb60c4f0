//! Moments, as the APIs write them.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A moment, written in UTC with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Moment(Timestamp);

impl Moment {
    /// By the machine's clock, which nothing moves.
    pub(super) fn real() -> Self {
        Self(Timestamp::now())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    pub(super) fn plus(self, seconds: i64) -> Self {
        self.moved(SignedDuration::from_secs(seconds))
    }

    pub(super) fn later(self, milliseconds: u64) -> Self {
        let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
        self.moved(SignedDuration::from_millis(milliseconds))
    }

    /// Stays within the years that can be written.
    pub(super) fn moved(self, by: SignedDuration) -> Self {
        let bound = if by.is_negative() {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        Self(self.0.checked_add(by).unwrap_or(bound))
    }

    /// From the other moment to this one.
    pub(super) fn since(self, other: Self) -> SignedDuration {
        self.0.duration_since(other.0)
    }

    /// The day in UTC.
    pub(super) fn day(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }

    /// This hour and minute in UTC of a day.
    pub(super) fn at(day: Date, hour: i8, minute: i8) -> Option<Self> {
        let time = day.at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).ok()?;
        Some(Self(time.timestamp()))
    }

    /// Whole seconds since 1970.
    pub(super) fn as_second(self) -> i64 {
        self.0.as_second()
    }
}

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a moment with an offset from UTC")
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        format!("{:.6}", moment.0)
    }
}
