//! The demo's audit trail: in a folder of this run, with a key of this run. Neither stays.

use std::{
    fs::{OpenOptions, Permissions},
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use store::keyring::generate;
use tempfile::TempDir;

use crate::cli::exit::Exit;

/// Where it is, until the demo ends.
pub(super) struct DemoTrail {
    folder: PathBuf,
    keyring: PathBuf,
    _removed_at_the_end: TempDir,
}

impl DemoTrail {
    /// Makes the folder, and a key in it.
    ///
    /// # Errors
    /// If the system has no place for it, or no randomness.
    pub(super) fn create() -> Result<Self, Exit> {
        let place = tempfile::Builder::new()
            .prefix("empego-gateway-demo-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .map_err(|error| Exit::failure(format!("the audit trail has no place: {error}")))?;
        // The key has a folder of its own: what lies beside it is watched for changes.
        let (folder, keys) = (place.path().join("trail"), place.path().join("keys"));
        std::fs::create_dir(&keys).map_err(Exit::failure)?;
        let keyring = keys.join("audit-keys");
        let key =
            generate("demo").map_err(|_no_more_is_known| Exit::failure("the operating system has no randomness"))?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&keyring);
        file.and_then(|mut file| writeln!(file, "{key}"))
            .map_err(Exit::failure)?;
        Ok(Self {
            folder,
            keyring,
            _removed_at_the_end: place,
        })
    }

    /// The trail's folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of its key.
    pub(super) fn keyring(&self) -> &Path {
        &self.keyring
    }

    /// Its table of the configuration. A path in JSON's quotes is one in TOML's.
    pub(super) fn settings(&self) -> String {
        let quoted = |path: &Path| serde_json::json!(path.to_string_lossy()).to_string();
        format!(
            "[audit]\ndirectory = {}\nkeyring_file = {}\nmin_free_mb = 1\n",
            quoted(&self.folder),
            quoted(&self.keyring)
        )
    }
}
