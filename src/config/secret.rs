//! Secrets by reference: from a file or a variable, never from the configuration itself, never from both.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
};

use secrecy::SecretString;

use super::{
    error::Mistakes,
    section::Section,
    source::{self, Source},
};

/// The secret that `{name}_file` or `{name}_env` refers to, trimmed; one of them must be there.
pub(super) fn secret(
    section: &mut Section,
    name: &str,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<SecretString> {
    if !is_stated(section, name) {
        let message = format!("needs exactly one of {name}_file and {name}_env");
        mistakes.add(&section.place().clone(), section.key(name), message);
    }
    optional_secret(section, name, source, mistakes)
}

/// Whether a section says where a secret is.
fn is_stated(section: &Section, name: &str) -> bool {
    ["_file", "_env"].iter().any(|end| section.has(&format!("{name}{end}")))
}

/// The same where it may be missing.
pub(super) fn optional_secret(
    section: &mut Section,
    name: &str,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<SecretString> {
    optional_secret_of(section, name, header_value, source, mistakes)
}

/// The same of a secret that has a form.
pub(super) fn optional_secret_of<T>(
    section: &mut Section,
    name: &str,
    read: fn(&str) -> Result<T, String>,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let (file_key, env_key) = (format!("{name}_file"), format!("{name}_env"));
    section.refuse(
        name,
        &format!("must not be in this file: name a file in {file_key} or a variable in {env_key}"),
        mistakes,
    );
    if section.has(&file_key) && section.has(&env_key) {
        let message = format!("needs exactly one of {file_key} and {env_key}");
        mistakes.add(&section.place().clone(), section.key(name), message);
    }
    let from_file = section.text(&file_key, mistakes).and_then(|path| {
        path.parse(mistakes, |path| {
            let contents = read_file(&path, source)?;
            read(&contents).map_err(|why| format!("names a file whose content {why}"))
        })
    });
    let from_variable = section.text(&env_key, mistakes).and_then(|variable| {
        variable.parse(mistakes, |variable| {
            let value = read_variable(&variable, source)?;
            read(&value).map_err(|why| format!("names the variable {variable}, whose value {why}"))
        })
    });
    from_file.or(from_variable)
}

/// The secret in a variable of this process's environment, for commands that need one without a configuration; trimmed.
///
/// # Errors
/// What is wrong with it, without its value.
pub fn secret_variable(name: &str) -> Result<SecretString, String> {
    let value = source::variable(name).ok_or_else(|| format!("names the variable {name}, which is not set"))?;
    header_value(&value).map_err(|why| format!("names the variable {name}, whose value {why}"))
}

/// The value of a variable.
pub(super) fn read_variable(name: &str, source: &Source) -> Result<String, String> {
    let value = source.variables.get(name).cloned();
    value.ok_or_else(|| format!("names the variable {name}, which is not set"))
}

/// The contents of a file beside the configuration: a regular file, which has an end.
pub(super) fn read_file(path: &str, source: &Source) -> Result<String, String> {
    let bytes = read_bytes(path, true, source)?;
    if let Some((_, encoding)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(format!(
            "names a file that begins with a byte order mark ({encoding}): save it as UTF-8 without one"
        ));
    }
    String::from_utf8(bytes).map_err(|_contents_stay_secret| "names a file that is not UTF-8".to_owned())
}

/// The same of a file that only its owner may write, and no other users may read. Its group may: services run so.
pub(super) fn read_private_file(path: &str, source: &Source) -> Result<String, String> {
    if let Ok(found) = fs::metadata(source.path(path)) {
        let mode = found.permissions().mode() & 0o7777;
        if found.is_file() && mode & 0o027 != 0 {
            return Err(format!(
                "names a file of mode {mode:04o}, which users other than its owner may read or write: revoke that with chmod 0600"
            ));
        }
    }
    read_file(path, source)
}

/// The same of a file that holds no secret.
pub(super) fn read_public_file(path: &str, source: &Source) -> Result<Vec<u8>, String> {
    read_bytes(path, false, source)
}

fn read_bytes(path: &str, is_secret: bool, source: &Source) -> Result<Vec<u8>, String> {
    let path = source.path(path);
    // Checked before it is opened: opening a pipe waits until another process writes into it.
    let cannot = |error: io::Error| format!("names a file that cannot be read: {error}");
    let found = fs::metadata(&path).map_err(cannot)?;
    if !found.is_file() {
        return Err("names something other than a regular file, such as a pipe or a folder".to_owned());
    }
    source.note_mode(&path, &found, is_secret);
    let mut bytes = Vec::new();
    let most = if is_secret { MAX_FILE } else { MAX_PUBLIC_FILE };
    let file = File::open(&path).map_err(cannot)?;
    let read = file.take(most + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if u64::try_from(read).is_ok_and(|read| read > most) {
        return Err(format!("names a file of more than {} KiB", most / 1024));
    }
    Ok(bytes)
}

/// More than any key or key set has.
const MAX_FILE: u64 = 256 * 1024;

/// More than all certificates of a machine have.
const MAX_PUBLIC_FILE: u64 = 4 * 1024 * 1024;

/// What some editors write before a text, and what they call it; the longer one first of two that begin alike.
const MARKS: [(&[u8], &str); 4] = [
    (b"\xef\xbb\xbf", "UTF-8"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
];

/// Secrets travel in headers: 1 to 512 visible ASCII characters.
pub(super) fn header_value(text: &str) -> Result<SecretString, String> {
    if text.starts_with('\u{feff}') {
        return Err("begins with a byte order mark: remove it".to_owned());
    }
    let text = text.trim();
    let fits = (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(text.into())
    } else {
        Err("must be 1 to 512 visible ASCII characters after trimming".to_owned())
    }
}
