//! PgBouncer in front of a database.

use std::{fs, process::Stdio};

use rustix::process::Signal;
use tempfile::TempDir;

use super::{
    Postgres, ServerProcess,
    balancer::listens,
    child::{hand_over, unprivileged},
    free_port,
};

/// Gives each transaction whichever connection is free.
pub(crate) struct Pooler {
    pub(crate) port: u16,
    _server: ServerProcess,
    _folder: TempDir,
}

impl Pooler {
    pub(crate) fn to(postgres: &Postgres) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (port, folder_path) = (free_port(), folder.path().display());
        let text = format!(
            "[databases]\ngateway = host=127.0.0.1 port={} user=gateway password=canary-password\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 4\nlogfile = {folder_path}/log\npidfile = {folder_path}/pid\n",
            postgres.port
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, text).unwrap();
        hand_over(folder.path(), "postgres");
        let mut command = unprivileged("/usr/sbin/pgbouncer", "postgres");
        let server = ServerProcess::start(
            command
                .arg("--quiet")
                .arg(&file)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            Signal::INT,
        );
        listens(&format!("127.0.0.1:{port}"));
        Self {
            port,
            _server: server,
            _folder: folder,
        }
    }
}
