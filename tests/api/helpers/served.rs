//! The binary in front of an upstream.

use std::process::Command;

use super::{Running, TestConfig, binary, peer::Peer};

/// A gateway that runs in a process of its own, with its addresses.
pub(crate) struct Served {
    pub(crate) gateway: Running,
    pub(crate) address: String,
    pub(crate) admin: String,
    pub(crate) _folder: tempfile::TempDir,
}

impl Served {
    pub(crate) fn start(peer: &Peer, config: &TestConfig) -> Self {
        Self::run(binary(), peer, config)
    }

    /// The same where no more files may be open than this.
    pub(crate) fn with_open_files(files: u16, peer: &Peer, config: &TestConfig) -> Self {
        let gateway = binary();
        let mut shell = Command::new("/bin/sh");
        let limited = format!("ulimit -n {files} && exec \"$0\" \"$@\"");
        shell.env_clear().args(["-c", &limited]).arg(gateway.get_program());
        Self::run(shell, peer, config)
    }

    fn run(mut command: Command, peer: &Peer, config: &TestConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, config.text(&format!("http://{}", peer.address))).unwrap();
        command.env("EMPEGO_API_KEY", "upstream-key");
        let mut gateway = Running::start(command.args(["serve", "--config"]).arg(&file));
        let (address, admin) = gateway.addresses();
        Self {
            gateway,
            address,
            admin,
            _folder: folder,
        }
    }
}
