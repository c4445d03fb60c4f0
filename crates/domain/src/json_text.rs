//! Texts in JSON. Nearly all are written as they are, and to see that takes a fraction of looking for escapes byte by byte.

/// Whether JSON writes a text as it is, between quotation marks.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    // To the end whatever it finds, so that many bytes are looked at together.
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    !text.bytes().fold(false, |found, byte| found | is_escaped(byte))
}

/// Writes a text with its quotation marks.
pub(crate) fn push(to: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        to.push(b'"');
        to.extend_from_slice(text.as_bytes());
        to.push(b'"');
    } else {
        // Memory takes every byte.
        let _cannot_fail = serde_json::to_writer(to, text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_written_as_serde_writes_it(text in prop_oneof![any::<String>(), "[ -~]{0,20}", "[\"\\\\\n\u{1f}\u{7f}é]{0,4}"]) {
            let mut written = Vec::new();
            push(&mut written, &text);
            prop_assert_eq!(written, serde_json::to_vec(&text).unwrap());
        }
    }
}
