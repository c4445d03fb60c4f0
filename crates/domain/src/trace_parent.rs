//! The place of a launch in a caller's trace: the header `traceparent` of W3C's Trace Context.

use std::fmt;

/// The header.
pub const NAME: &str = "traceparent";

/// Trace id, parent id, flags: hexadecimal numbers that say nothing about a person. Whatever else a caller traces with
/// (`tracestate`, baggage) may hold anything, so it goes no further.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceParent([u8; LENGTH]);

/// The length of version 00.
const LENGTH: usize = 55;

impl TraceParent {
    /// Reads the header's values. An invalid one is no error and starts no trace, as the specification has it.
    #[must_use]
    pub fn read(values: &[&[u8]]) -> Option<Self> {
        let [value] = values else { return None };
        // Later versions may append to what version 00 has.
        let (known, more) = value.split_first_chunk::<LENGTH>()?;
        let parts: Vec<_> = known.split(|byte| *byte == b'-').collect();
        let [version, trace_id, parent_id, flags] = parts[..] else {
            return None;
        };
        let is_hex = |part: &[u8], length: usize| {
            part.len() == length && part.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_some_id = |part: &[u8]| part.iter().any(|byte| *byte != b'0');
        let is_valid = is_hex(version, 2)
            && is_hex(trace_id, 32)
            && is_hex(parent_id, 16)
            && is_hex(flags, 2)
            && is_some_id(trace_id)
            && is_some_id(parent_id);
        let ends_well = match version {
            b"ff" => false,
            b"00" => more.is_empty(),
            _ => more.first().is_none_or(|byte| *byte == b'-'),
        };
        let mut parent = Self(*known);
        if let Some(version) = parent.0.first_chunk_mut::<2>() {
            *version = *b"00";
        }
        (is_valid && ends_well).then_some(parent)
    }

    /// As it is passed on, in version 00.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for TraceParent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TraceParent(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn read(values: &[&str]) -> Option<String> {
        let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
        TraceParent::read(&values).map(|parent| parent.as_str().to_owned())
    }

    #[test]
    fn only_a_valid_one_is_passed_on() {
        let later = VALID.replacen("00-", "cc-", 1);
        let rows: &[(&[&str], bool, &str)] = &[
            (&[VALID], true, "the specification's example"),
            (&[&later], true, "a later version of the same length"),
            (
                &[&format!("{later}-what-the-future-brings")],
                true,
                "a later version with more",
            ),
            (&[&format!("{later}.")], false, "a later version that runs on"),
            (&[&format!("{VALID}-more")], false, "version 00 has no more"),
            (&[&VALID.replacen("00-", "ff-", 1)], false, "the forbidden version"),
            (&[&VALID.to_uppercase()], false, "upper case"),
            (
                &[&VALID.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32))],
                false,
                "no trace",
            ),
            (
                &[&VALID.replace("00f067aa0ba902b7", &"0".repeat(16))],
                false,
                "no parent",
            ),
            (&[&VALID.replace("4b", "zz")], false, "not hexadecimal"),
            (&[&VALID.replacen('-', "", 1)], false, "too short"),
            (&[VALID, VALID], false, "two"),
            (&[], false, "none"),
        ];
        for (values, valid, reason) in rows {
            assert_eq!(read(values), valid.then(|| VALID.to_owned()), "{reason}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_reads_the_same_again(text in "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.{0,9})?") {
            if let Some(once) = read(&[&text]) {
                prop_assert_eq!(read(&[&once]), Some(once));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let _either_way = TraceParent::read(&[&bytes]);
        }
    }
}
