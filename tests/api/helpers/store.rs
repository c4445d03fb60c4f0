//! A folder for a store in a file, with the keys that its pseudonyms are made with.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// What a test's gateway remembers, and what outlasts the gateway.
pub(crate) struct StoreFolder(TempDir);

impl StoreFolder {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keyring = folder.path().join("keyring");
        fs::write(&keyring, "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        fs::set_permissions(keyring, Permissions::from_mode(0o600)).unwrap();
        Self(folder)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.path().join("store.sqlite3")
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// `[store]`, and `[audit]` with the keys alone.
    pub(crate) fn table(&self) -> String {
        let folder = self.path().display();
        format!(
            "[store]\nengine = \"sqlite\"\nfile = \"{folder}/store.sqlite3\"\n[audit]\nsink = \"off\"\nkeyring_file = \"{folder}/keyring\"\n"
        )
    }

    /// The same with an audit trail in this folder.
    pub(crate) fn table_with_trail(&self, trail: &Path) -> String {
        let directory = format!("directory = \"{}\"", trail.display());
        self.table().replace("sink = \"off\"", &directory)
    }

    /// Everything that was stored so far, the files beside the store's own included.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path());
        let stored = files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("store.sqlite3"));
        stored.flat_map(|path| fs::read(path).unwrap()).collect()
    }

    /// Takes the known users away from under a gateway that is using them.
    pub(crate) fn break_known_users(&self) {
        let connection = rusqlite::Connection::open(self.file()).unwrap();
        connection.execute_batch("drop table if exists known_user").unwrap();
    }
}
