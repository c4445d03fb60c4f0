//! What there is to read of an answer. Pure.

use std::time::{Duration, SystemTime};

use super::body::Body;

/// The longest message that is passed on, in characters.
const MAX_MESSAGE: usize = 512;

/// The longest time that a caller is asked to wait.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The parts of an answer that mean something.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// When to come back, if it says so.
    pub come_back: Option<ComeBack<'a>>,
    /// The body.
    pub body: Body<&'a [u8]>,
}

/// What an answer says about coming back.
#[derive(Debug, Clone, Copy)]
pub struct ComeBack<'a> {
    /// `Retry-After`.
    pub after: &'a str,
    /// When the answer was sent: by the upstream's own clock, or by ours if it states no time.
    pub sent_at: SystemTime,
}

impl Answer<'_> {
    /// When the upstream asks to come back, if it does: at most an hour. Seconds, or a date; one that has passed is now.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let ComeBack { after, sent_at } = self.come_back?;
        let text = after.trim();
        let after = match text.parse() {
            Ok(secs) => Duration::from_secs(secs),
            Err(_a_date_then) => {
                let date = httpdate::parse_http_date(text).ok()?;
                date.duration_since(sent_at).unwrap_or(Duration::ZERO)
            }
        };
        Some(after.min(MAX_RETRY_AFTER))
    }

    /// As much of an upstream's message as is passed on.
    #[must_use]
    pub fn shortened(message: &str) -> String {
        message.chars().take(MAX_MESSAGE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_kept_within_reason() {
        let rows = [
            (Some("7"), Some(7), "seconds"),
            (Some("0"), Some(0), "at once"),
            (Some("999999"), Some(3600), "too long to wait"),
            (Some("Thu, 01 Jan 1970 00:01:30 GMT"), Some(90), "a date"),
            (
                Some("Wed, 31 Dec 1969 23:59:00 GMT"),
                None,
                "a date that this calendar does not have",
            ),
            (Some("Fri, 31 Dec"), None, "neither"),
            (Some("-1"), None, "neither"),
            (None, None, "nothing"),
        ];
        for (value, secs, reason) in rows {
            let answer = Answer {
                status: 503,
                come_back: value.map(|after| ComeBack {
                    after,
                    sent_at: SystemTime::UNIX_EPOCH,
                }),
                body: Body::Read(b""),
            };
            assert_eq!(answer.retry_after(), secs.map(Duration::from_secs), "{reason}");
        }
        let late = Answer {
            status: 429,
            come_back: Some(ComeBack {
                after: "Thu, 01 Jan 1970 00:01:30 GMT",
                sent_at: SystemTime::UNIX_EPOCH + Duration::from_secs(100),
            }),
            body: Body::TooLarge,
        };
        assert_eq!(late.retry_after(), Some(Duration::ZERO), "a date that has passed");
    }
}
