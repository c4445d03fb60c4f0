//! Watches a connection's bytes for request targets with a fragment.
//!
//! A request target has no fragment (RFC 9112, section 3.2). The HTTP library accepts one and drops it without a word:
//! `patientKey=MRN#42` would arrive as `patientKey=MRN`, which is another patient. Only the bytes still show it.

use memchr::{memchr, memrchr};

/// Reads the bytes of one direction of a connection, line by line, and keeps nothing of them.
///
/// It does not know where heads end and bodies begin, so a body cannot hide a request line behind it. A header line is
/// none, whatever its value looks like.
#[derive(Debug, Default)]
pub(super) struct FragmentWatch {
    line: Line,
    has_seen_fragment: bool,
}

/// The line that is being read: its last two words, as far as they matter.
#[derive(Debug, Default)]
struct Line {
    label: Label,
    /// The word before the one that is being read.
    before: Word,
    word: Word,
}

/// Whether a line begins like a header: a name, then a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Label {
    #[default]
    Empty,
    Name,
    Header,
    Other,
}

#[derive(Debug, Clone, Copy, Default)]
struct Word {
    length: usize,
    has_fragment: bool,
    /// How many bytes of `HTTP/1.0` or `HTTP/1.1` it has so far, and nothing else.
    version: usize,
}

const VERSION: &[u8] = b"HTTP/1.";

/// With the digit behind it.
const VERSION_LENGTH: usize = VERSION.len() + 1;

impl FragmentWatch {
    /// Reads on.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        if self.line.has_fragment() || memchr(b'#', bytes).is_some() {
            self.read_each(bytes);
        } else {
            self.read_without_fragment(bytes);
        }
    }

    fn read_each(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => {
                    self.has_seen_fragment |= self.line.is_request_line_with_fragment();
                    self.line = Line::default();
                }
                b'\r' => {}
                byte => self.line.read(*byte),
            }
        }
    }

    /// Without a `#` so far, no line that ends in these bytes has a fragment: only what begins the next one matters.
    fn read_without_fragment(&mut self, bytes: &[u8]) {
        let (ended, line) = after_last(b'\n', bytes);
        if ended {
            self.line = Line::default();
        }
        self.line.read_without_fragment(line);
    }

    /// Whether a request line with a fragment has come.
    pub(super) fn has_seen_fragment(&self) -> bool {
        self.has_seen_fragment
    }
}

/// What comes after the last of these bytes, and whether there is one.
fn after_last(byte: u8, bytes: &[u8]) -> (bool, &[u8]) {
    match memrchr(byte, bytes).and_then(|at| bytes.get(at + 1..)) {
        Some(after) => (true, after),
        None => (false, bytes),
    }
}

impl Line {
    /// Reads a part of the line that has no `#`. Of its words only the last may end up beside one, and only its beginning
    /// tells whether it is a version.
    fn read_without_fragment(&mut self, bytes: &[u8]) {
        let mut visible = bytes.iter().filter(|byte| **byte != b'\r');
        while !self.label.is_known()
            && let Some(byte) = visible.next()
        {
            self.label = self.label.after(*byte);
        }
        let (is_another, word) = after_last(b' ', bytes);
        if is_another {
            self.before = Word::default();
            self.word = Word::default();
        }
        let mut visible = word.iter().filter(|byte| **byte != b'\r');
        while !self.word.is_longer_than_a_version()
            && let Some(byte) = visible.next()
        {
            self.word.read(*byte);
        }
    }

    fn read(&mut self, byte: u8) {
        self.label = self.label.after(byte);
        if byte == b' ' {
            self.before = std::mem::take(&mut self.word);
            return;
        }
        self.word.read(byte);
    }

    fn has_fragment(&self) -> bool {
        self.word.has_fragment || self.before.has_fragment
    }

    fn is_request_line_with_fragment(&self) -> bool {
        let ends_with_version = self.word.version == self.word.length && self.word.length == VERSION_LENGTH;
        self.label != Label::Header && ends_with_version && self.before.has_fragment
    }
}

impl Word {
    fn read(&mut self, byte: u8) {
        self.has_fragment |= byte == b'#';
        let fits = match VERSION.get(self.length) {
            Some(expected) => byte == *expected,
            None => self.length == VERSION.len() && byte.is_ascii_digit(),
        };
        self.version += usize::from(fits && self.version == self.length);
        self.length = self.length.saturating_add(1);
    }

    fn is_longer_than_a_version(self) -> bool {
        self.length > VERSION_LENGTH
    }
}

impl Label {
    /// Whether nothing that comes later in the line changes it.
    fn is_known(self) -> bool {
        match self {
            Self::Empty | Self::Name => false,
            Self::Header | Self::Other => true,
        }
    }

    fn after(self, byte: u8) -> Self {
        let is_token = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        match self {
            Self::Empty | Self::Name if is_token => Self::Name,
            Self::Name if byte == b':' => Self::Header,
            Self::Header => Self::Header,
            Self::Empty | Self::Name | Self::Other => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sees(bytes: &[&[u8]]) -> bool {
        let mut watch = FragmentWatch::default();
        for bytes in bytes {
            watch.read(bytes);
        }
        watch.has_seen_fragment()
    }

    #[test]
    fn a_fragment_is_seen_in_request_lines_alone() {
        let rows: &[(&str, bool, &str)] = &[
            ("GET /a?patientKey=MRN#42&locale=fr HTTP/1.1\r\n", true, "in the query"),
            ("GET /a#b?c=d HTTP/1.1\r\n", true, "in the path"),
            ("GET /a# HTTP/1.1\r\n", true, "an empty one"),
            (
                "GET /a#b HTTP/1.1\n",
                true,
                "a line feed alone, which the library takes too",
            ),
            ("GET /a#b HTTP/1.0\r\n", true, "the older version"),
            ("\r\n\r\nGET /a#b HTTP/1.1\r\n", true, "after empty lines"),
            ("GET http://x.test/a#b HTTP/1.1\r\n", true, "a whole URL"),
            (
                "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /a#b HTTP/1.1\r\n",
                true,
                "the second request",
            ),
            ("{\"a\": \"b c\"}GET /a#b HTTP/1.1\r\n", true, "right behind a body"),
            ("GET /a?b=%23 HTTP/1.1\r\n", false, "escaped"),
            (
                "GET /a HTTP/1.1\r\nReferer: /b#c HTTP/1.1\r\n",
                false,
                "a header that looks like one",
            ),
            ("GET /a HTTP/1.1\r\nX: #\r\n\r\n{\"a\":\"#\"}\n", false, "elsewhere"),
            ("GET /a#b", false, "not there yet"),
        ];
        for (bytes, expected, reason) in rows {
            assert_eq!(sees(&[bytes.as_bytes()]), *expected, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_are_cut(bytes in "[#A ]{0,9}GET /[a#]{0,3}( HTTP/1\\.1)?\r?\n[a:# ]{0,9}\n?", at: prop::sample::Index) {
            let bytes = bytes.as_bytes();
            let (first, second) = bytes.split_at(at.index(bytes.len()));
            prop_assert_eq!(sees(&[bytes]), sees(&[first, second]));
        }

        /// The short way comes to the same as reading byte by byte.
        #[test]
        fn nor_how_many_come_at_once(bytes in "([#A ]{0,5}( HTTP/1\\.1)?\r?\n){0,4}[a:# ]{0,9}( ?H?T?T?P?/?1?\\.?\r?1?)?", then in "[#a ]{0,3}( ?HT?T?P?/?1?\\.?1?\r?\n)?") {
            let mut one_by_one = FragmentWatch::default();
            one_by_one.read_each(bytes.as_bytes());
            one_by_one.read_each(then.as_bytes());
            prop_assert_eq!(sees(&[bytes.as_bytes(), then.as_bytes()]), one_by_one.has_seen_fragment());
        }

        #[test]
        fn every_request_line_with_a_fragment_is_seen_whatever_came_before(
            before in prop::collection::vec(any::<u8>(), 0..40),
            target in "/[!-~]{0,20}#[!-~]{0,20}",
        ) {
            let line = format!("GET {target} HTTP/1.1\r\n");
            prop_assert!(sees(&[&before, b"\n", line.as_bytes()]));
        }
    }
}
