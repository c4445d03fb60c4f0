//! Files with keys.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::exit::Exit;

/// Writes all of the new file or leaves all of the old one, never readable by other users.
pub(super) fn replace(file: &Path, text: &str) -> Result<(), Exit> {
    let written = || -> io::Result<()> {
        let mut beside = file.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut new = options.open(&beside)?;
        if let Ok(found) = fs::metadata(file) {
            new.set_permissions(found.permissions())?;
        }
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&beside, file)
    };
    written().map_err(|error| Exit::failure(format!("{} cannot be written: {error}", file.display())))
}
