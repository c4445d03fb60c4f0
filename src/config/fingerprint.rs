//! Tells whether a file is another than before, or gone, or there again.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

/// What some files were like at one moment. Not a digest of secrets: it never leaves the process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<PathBuf, Option<u64>>);

impl Fingerprint {
    /// Looks at one more file.
    pub(super) fn add(&mut self, path: &Path) {
        self.0.insert(path.to_owned(), look_at(path));
    }

    /// Looks at the same files again.
    #[must_use]
    pub fn now(&self) -> Self {
        Self(self.0.keys().map(|path| (path.clone(), look_at(path))).collect())
    }

    /// The files, whether they are there or not.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }
}

/// Nothing of a pipe or a folder: a pipe can be read once, and not here.
fn look_at(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let contents = fs::read(path).ok()?;
    let mut hasher = DefaultHasher::new();
    contents.hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_files_that_it_was_shown_count() {
        let folder = tempfile::tempdir().unwrap();
        let [file, secret, noise] = ["gateway.toml", "api.key", "access.log"].map(|name| folder.path().join(name));
        let mut nothing = Fingerprint::default();
        nothing.add(&file);
        nothing.add(&secret);
        fs::write(&file, "a").unwrap();
        let written = nothing.now();
        assert_ne!(nothing, written);
        fs::write(&noise, "a line").unwrap();
        assert_eq!(written, written.now());
        fs::write(&secret, "b").unwrap();
        let with_secret = written.now();
        assert_ne!(written, with_secret);
        fs::remove_file(&secret).unwrap();
        assert_eq!(written, with_secret.now());
    }
}
