//! Objects of texts in JSON. Nearly all texts are written as they are, and to see that takes a fraction of looking for escapes byte by
//! byte.

/// An object that is being written.
#[derive(Debug)]
pub struct Members<'a> {
    to: &'a mut Vec<u8>,
    is_first: bool,
}

/// Writes an object.
pub fn object(to: &mut Vec<u8>, write: impl FnOnce(&mut Members<'_>)) {
    to.push(b'{');
    write(&mut Members { to, is_first: true });
    to.push(b'}');
}

impl Members<'_> {
    /// Writes a text. Names here and below are words of ours, which need no escapes.
    pub fn text(&mut self, name: &str, value: &str) {
        push(self.begin(name), value);
    }

    /// Writes a text if there is one.
    pub fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// Writes a list of texts.
    pub fn texts(&mut self, name: &str, values: &[&str]) {
        let to = self.begin(name);
        to.push(b'[');
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                to.push(b',');
            }
            push(to, value);
        }
        to.push(b']');
    }

    /// Writes a whole number.
    pub fn number(&mut self, name: &str, value: u64) {
        self.begin(name).extend_from_slice(value.to_string().as_bytes());
    }

    /// Writes an object inside.
    pub fn object(&mut self, name: &str, write: impl FnOnce(&mut Members<'_>)) {
        object(self.begin(name), write);
    }

    fn begin(&mut self, name: &str) -> &mut Vec<u8> {
        let before: &[u8] = if self.is_first { b"\"" } else { b",\"" };
        self.is_first = false;
        self.to.extend_from_slice(before);
        self.to.extend_from_slice(name.as_bytes());
        self.to.extend_from_slice(b"\":");
        self.to
    }
}

/// Whether JSON writes a text as it is, between quotation marks.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    // To the end whatever it finds, so that many bytes are looked at together.
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    !text.bytes().fold(false, |found, byte| found | is_escaped(byte))
}

/// A text with its quotation marks.
fn push(to: &mut Vec<u8>, text: &str) {
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
    use serde_json::json;

    use super::*;

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[ -~]{0,20}", "[\"\\\\\n\u{1f}\u{7f}é]{0,4}"]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_what_was_meant(
            text in any_text(), absent in prop::option::of(any_text()), list in prop::collection::vec(any_text(), 0..3), number: u64,
        ) {
            let mut written = Vec::new();
            object(&mut written, |members| {
                members.text("text", &text);
                members.optional("absent", absent.as_deref());
                members.texts("list", &list.iter().map(String::as_str).collect::<Vec<_>>());
                members.number("number", number);
                members.object("inside", |inside| inside.text("text", &text));
                members.object("empty", |_nothing| {});
            });
            let mut expected = json!({ "text": text, "list": list, "number": number, "inside": { "text": text }, "empty": {} });
            if let Some(absent) = absent {
                expected["absent"] = absent.into();
            }
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&written).unwrap(), expected);
        }

        #[test]
        fn a_text_is_written_as_serde_writes_it(text in any_text()) {
            let mut written = Vec::new();
            push(&mut written, &text);
            prop_assert_eq!(written, serde_json::to_vec(&text).unwrap());
        }
    }
}
