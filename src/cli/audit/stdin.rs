//! A value that is searched for comes from standard input alone: command lines are kept in histories and shown in lists of
//! processes.

use std::io::Read as _;

use crate::cli::exit::Exit;

/// Longer than any id.
const MOST: u64 = 4096;

/// Reads the one value, without the end of its line.
pub(super) fn value(option: &str) -> Result<String, Exit> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MOST).read_to_string(&mut text);
    read.map_err(|error| Exit::usage(format!("{option} -: standard input cannot be read: {error}")))?;
    parse(&text).map_err(|why| Exit::usage(format!("{option} -: the value on standard input {why}")))
}

fn parse(text: &str) -> Result<String, &'static str> {
    let value = text.strip_suffix('\n').unwrap_or(text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    if value.trim().is_empty() {
        Err("is empty")
    } else if value.chars().any(char::is_control) {
        Err("has a control character in it, such as a second line: send one value")
    } else {
        Ok(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_read_as_it_is() {
        let rows = [
            ("patient123", Ok("patient123"), "without an end of line"),
            ("patient123\n", Ok("patient123"), "with one"),
            ("patient123\r\n", Ok("patient123"), "of another system"),
            (" é 1 \n", Ok(" é 1 "), "spaces belong to it"),
            ("", Err("is empty"), "nothing"),
            ("\n", Err("is empty"), "an empty line"),
            ("  \n", Err("is empty"), "only spaces"),
        ];
        for (text, value, reason) in rows {
            assert_eq!(parse(text), value.map(str::to_owned), "{reason}");
        }
        assert!(parse("a\nb\n").unwrap_err().contains("control"));
        assert!(parse("a\0b").unwrap_err().contains("control"));
    }
}
