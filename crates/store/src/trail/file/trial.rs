//! Whether a disk takes what a trail would write, and how long that takes: by a file that is removed again.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use uuid::Uuid;

/// How often something is written and synced. The slowest counts.
const TIMES: usize = 5;

/// As much as some records take together.
const BYTES: [u8; 4096] = [b'.'; 4096];

/// A file that is gone when this is dropped.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        // There is no one to tell; the next look at the folder shows it.
        let _removed = fs::remove_file(&self.0);
    }
}

/// How many bytes are free where this folder is.
///
/// # Errors
/// If the machine does not say.
pub fn free_space(folder: &Path) -> io::Result<u64> {
    let free = rustix::fs::statvfs(folder)?;
    Ok(free.f_bavail.saturating_mul(free.f_frsize))
}

/// Writes into a file of its own in this folder, and syncs it, a few times; then removes it. How long the slowest took.
///
/// # Errors
/// If anything of it cannot be done.
pub fn try_to_write(folder: &Path) -> io::Result<Duration> {
    let path = folder.join(format!(".doctor-{}", Uuid::now_v7()));
    let mut options = OpenOptions::new();
    let mut file = options.create_new(true).write(true).mode(0o600).open(&path)?;
    let _removed_again = Removed(path);
    let mut slowest = Duration::ZERO;
    for _ in 0..TIMES {
        let begin = Instant::now();
        file.write_all(&BYTES)?;
        file.sync_data()?;
        slowest = slowest.max(begin.elapsed());
    }
    Ok(slowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        try_to_write(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_created() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("trail");
        try_to_write(&missing).unwrap_err();
        assert!(!missing.exists());
    }
}
