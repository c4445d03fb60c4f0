//! Files of the repository that are written from the program's tables.

use std::{fs, path::Path};

/// Holds a file to what the tables say. With `WRITE=1` in the environment, writes it instead.
pub(crate) fn is_written(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    #[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
    let writes = std::env::var_os("WRITE").is_some();
    if writes {
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found != wanted {
        let line = found
            .lines()
            .zip(wanted.lines())
            .take_while(|(found, wanted)| found == wanted);
        let at = line.count() + 1;
        panic!("{file} is stale from line {at} on: `WRITE=1 cargo test --test api` writes it anew");
    }
}

/// Holds the marked parts of a document to what the tables say; the rest of it is written by hand. With `WRITE=1`, writes
/// them.
pub(crate) fn parts_are_written(file: &str, parts: &[(&str, String)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let mut document = fs::read_to_string(path).unwrap();
    for (name, text) in parts {
        let begin = format!("<!-- {name}: written from the program's tables -->\n");
        let (before, rest) = document
            .split_once(&begin)
            .unwrap_or_else(|| panic!("{file} has no place for {name}"));
        let (_, after) = rest.split_once(END).unwrap();
        document = format!("{before}{begin}\n{}\n\n{END}{after}", text.trim());
    }
    assert_eq!(
        document.matches(END).count(),
        parts.len(),
        "{file} has parts that no table writes"
    );
    is_written(file, &document);
}

/// Closes a part that is written.
const END: &str = "<!-- end -->";
