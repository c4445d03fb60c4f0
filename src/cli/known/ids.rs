//! Lists of user ids.

use std::{
    collections::HashSet,
    fmt, fs,
    io::{self, Read as _},
    path::Path,
};

use domain::clinician::UserId;

use crate::cli::exit::Exit;

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One id a line; blank lines are skipped.
    Lines,
    /// CSV without a header.
    Csv,
    /// CSV with one.
    CsvWithHeader,
}

/// Reads a list from a file, or standard input for `-`. An id that is there twice counts once.
///
/// # Errors
/// Every line that is not a user id, by its number; none is repeated.
pub(super) fn read(list: &Path, form: Form) -> Result<Vec<UserId>, Exit> {
    let named = if list.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        list.display().to_string()
    };
    let bytes = contents(list).map_err(|error| Exit::usage(format!("{named}: {error}")))?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let parsed = match form {
        Form::Lines => lines(text),
        Form::Csv => first_column(text, false),
        Form::CsvWithHeader => first_column(text, true),
    };
    let ids = parsed.map_err(|bad| {
        let bad: Vec<_> = bad.iter().map(|line| format!("{named}: {line}")).collect();
        Exit::usage(format!("{}\nnothing was changed", bad.join("\n")))
    })?;
    let mut seen = HashSet::new();
    Ok(ids.into_iter().filter(|id| seen.insert(id.clone())).collect())
}

fn contents(list: &Path) -> io::Result<Vec<u8>> {
    if list.as_os_str() != "-" {
        return fs::read(list);
    }
    let mut contents = Vec::new();
    io::stdin().read_to_end(&mut contents)?;
    Ok(contents)
}

/// A line that is not a user id.
struct BadLine {
    /// From 1.
    number: u64,
    why: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.number, self.why)
    }
}

type Parsed = Result<Vec<UserId>, Vec<BadLine>>;

fn lines(text: &[u8]) -> Parsed {
    let lines = text.split(|byte| *byte == b'\n').zip(1..);
    let lines = lines.map(|(line, number)| (line.strip_suffix(b"\r").unwrap_or(line), number));
    collect(
        lines
            .filter(|(line, _)| !line.is_empty())
            .map(|(line, number)| (number, id(line))),
    )
}

fn first_column(text: &[u8], has_header: bool) -> Parsed {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(has_header)
        .flexible(true)
        .from_reader(text);
    let mut last = 0;
    collect(reader.byte_records().map(|record| match record {
        Ok(record) => {
            last = record.position().map_or(last, csv::Position::line);
            (last, id(record.get(0).unwrap_or_default()))
        }
        Err(error) => (last, Err(error.to_string())),
    }))
}

fn id(bytes: &[u8]) -> Result<UserId, String> {
    let text = String::from_utf8(bytes.to_vec()).map_err(|_stays_here| "is not UTF-8".to_owned())?;
    UserId::parse(text).map_err(|fault| fault.message().into_owned())
}

fn collect(read: impl Iterator<Item = (u64, Result<UserId, String>)>) -> Parsed {
    let (mut ids, mut bad) = (Vec::new(), Vec::new());
    for (number, id) in read {
        match id {
            Ok(id) => ids.push(id),
            Err(why) => bad.push(BadLine { number, why }),
        }
    }
    if bad.is_empty() { Ok(ids) } else { Err(bad) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(parsed: Parsed) -> Result<Vec<String>, Vec<String>> {
        let shown = |bad: Vec<BadLine>| bad.iter().map(ToString::to_string).collect();
        parsed
            .map_err(shown)
            .map(|ids| ids.iter().map(|id| id.as_ref().to_owned()).collect())
    }

    #[test]
    fn a_line_is_an_id_and_every_line_that_is_not_is_named() {
        assert_eq!(texts(lines(b"a,b\r\n\n\xc3\xa9lodie\n")).unwrap(), ["a,b", "élodie"]);
        let bad = texts(lines(b"a\n b\n\nundefined\n\xff\n")).unwrap_err();
        let numbers: Vec<_> = bad.iter().map(|line| line.split(':').next().unwrap()).collect();
        assert_eq!(numbers, ["line 2", "line 4", "line 5"]);
        assert!(!bad.concat().contains(" b"), "no value is repeated: {bad:?}");
    }

    #[test]
    fn the_first_column_of_a_csv_is_read_with_its_quotes() {
        let text = b"userId;x,name\n\"a,b\",Anne\nc\n\"d\ne\",x\n";
        let bad = texts(first_column(text, true)).unwrap_err();
        assert_eq!(bad.len(), 1, "an id has no line break: {bad:?}");
        assert!(bad[0].starts_with("line 4: "), "{bad:?}");
        assert_eq!(
            texts(first_column(b"h\n\"a,b\",Anne\nc\n", true)).unwrap(),
            ["a,b", "c"]
        );
        assert_eq!(texts(first_column(b"a,Anne\nc\n", false)).unwrap(), ["a", "c"]);
        assert_eq!(texts(first_column(b"a\n,Anne\n", false)).unwrap_err().len(), 1);
    }
}
