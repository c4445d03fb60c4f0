//! HAProxy in front of gateways.

use std::{fmt::Write as _, fs, net::TcpStream, process::Stdio, thread, time::Duration};

use rustix::process::Signal;
use tempfile::TempDir;

use super::{ServerProcess, child::unprivileged, free_port};

/// Hands launches to gateways in turn.
pub(crate) struct Balancer {
    pub(crate) address: String,
    _server: ServerProcess,
    _folder: TempDir,
}

impl Balancer {
    pub(crate) fn between(gateways: &[&str]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut text = format!(
            "global\n maxconn 500\ndefaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n\
             listen gateways\n bind {address}\n balance roundrobin\n"
        );
        for (at, gateway) in gateways.iter().enumerate() {
            writeln!(text, " server gateway{at} {gateway}").unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        fs::write(&file, text).unwrap();
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut command = unprivileged("/usr/sbin/haproxy", "postgres");
        let server = ServerProcess::start(
            command
                .args(["-db", "-f"])
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            Signal::TERM,
        );
        listens(&address);
        Self {
            address,
            _server: server,
            _folder: folder,
        }
    }
}

/// Waits until a server accepts connections.
pub(crate) fn listens(address: &str) {
    for _ in 0..500 {
        if TcpStream::connect(address).is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing listens on {address}");
}
