//! Why connections were ended that did not get as far as a request. The HTTP library answers these heads itself, before
//! anything of ours sees them, so they are no attempts, and counted here.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Why a caller was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutOff {
    /// What came is no head of HTTP/1, or it is unclear where its request would end.
    HeadMalformed,
    /// A head was too long, or had too many headers.
    HeadTooLarge,
    /// A head was not complete in time.
    HeadTooSlow,
    /// Of all unfinished heads, it was the first to go.
    HeadsTooMany,
    /// What was sent was not taken in time.
    ResponseTooSlow,
    /// A trusted proxy did not begin with what it must say of a connection, or not in time.
    ProxyHeader,
    /// The handshake of TLS failed: it was none, or one side did not accept the other.
    HandshakeFailed,
    /// The handshake was not complete in time.
    HandshakeTooSlow,
}

/// How often each of them was the reason.
#[derive(Debug, Default)]
pub(super) struct CutOffs([AtomicU64; CutOff::ALL.len()]);

impl CutOff {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::HeadMalformed,
        Self::HeadTooLarge,
        Self::HeadTooSlow,
        Self::HeadsTooMany,
        Self::ResponseTooSlow,
        Self::ProxyHeader,
        Self::HandshakeFailed,
        Self::HandshakeTooSlow,
    ];

    /// As in the metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HeadMalformed => "head_malformed",
            Self::HeadTooLarge => "head_too_large",
            Self::HeadTooSlow => "head_too_slow",
            Self::HeadsTooMany => "heads_too_many",
            Self::ResponseTooSlow => "response_too_slow",
            Self::ProxyHeader => "proxy_header",
            Self::HandshakeFailed => "handshake_failed",
            Self::HandshakeTooSlow => "handshake_too_slow",
        }
    }

    /// What the HTTP library means by an answer that it wrote itself, if one ends these bytes. Such an answer has neither a
    /// body nor what the rim adds to every answer of ours.
    pub(super) fn of_library(written: &[u8]) -> Option<Self> {
        const VERSION: &[u8] = b"HTTP/1.1 ";
        if !written.ends_with(b"\r\n\r\n") {
            return None;
        }
        let begins = written.windows(VERSION.len()).rposition(|window| window == VERSION)?;
        let head = written.get(begins + VERSION.len()..)?;
        if head.windows(OURS.len()).any(|window| window == OURS) {
            return None;
        }
        match head.get(..3)? {
            b"400" => Some(Self::HeadMalformed),
            b"408" => Some(Self::HeadTooSlow),
            b"431" => Some(Self::HeadTooLarge),
            _ => None,
        }
    }
}

/// A header of every answer of ours.
const OURS: &[u8] = b"\r\nx-request-id:";

impl CutOffs {
    /// Counts one.
    pub(super) fn count(&self, reason: CutOff) {
        if let Some(count) = self.0.get(reason as usize) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// How often each was the reason.
    pub(super) fn totals(&self) -> impl Iterator<Item = (CutOff, u64)> {
        CutOff::ALL
            .into_iter()
            .zip(self.0.iter().map(|count| count.load(Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_librarys_responses_are_distinguished_from_ours() {
        let rows: [(&str, Option<CutOff>, &str); 8] = [
            (
                "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
                Some(CutOff::HeadMalformed),
                "malformed",
            ),
            (
                "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n",
                Some(CutOff::HeadTooLarge),
                "too large",
            ),
            (
                "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n",
                Some(CutOff::HeadTooSlow),
                "too slow",
            ),
            (
                "HTTP/1.1 200 OK\r\nx-request-id: a\r\n\r\n{}HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
                Some(CutOff::HeadMalformed),
                "behind an answer of ours",
            ),
            (
                "HTTP/1.1 400 Bad Request\r\nx-request-id: a\r\n\r\n",
                None,
                "ours, to a HEAD",
            ),
            ("HTTP/1.1 400 Bad Request\r\nx-request-id: a\r\n\r\n{}", None, "ours"),
            ("HTTP/1.1 204 No Content\r\n\r\n", None, "no refusal"),
            ("{\"a\":\"b\"}", None, "a body"),
        ];
        for (written, expected, reason) in rows {
            assert_eq!(CutOff::of_library(written.as_bytes()), expected, "{reason}");
        }
    }

    #[test]
    fn each_reason_is_counted_by_itself() {
        let counts = CutOffs::default();
        for reason in CutOff::ALL {
            counts.count(reason);
        }
        assert!(counts.totals().all(|(_, times)| times == 1));
    }
}
