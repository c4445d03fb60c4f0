//! A server of PostgreSQL with an owner of the tables and a role for the gateway.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tempfile::TempDir;

use super::{
    ServerProcess,
    child::{hand_over, unprivileged},
    free_port,
};

const USER: &str = "postgres";

/// A running server. Its superuser is `owner`; `gateway` is a role that may log in, with the password `canary-password`.
pub(crate) struct Postgres {
    server: Option<ServerProcess>,
    folder: TempDir,
    settings: Vec<String>,
    pub(crate) port: u16,
}

/// Where its programs are: those that `POSTGRES_BIN` names, or the machine's.
fn programs() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "the caller of the tests says which generation of the server is meant"
    )]
    if let Some(named) = std::env::var_os("POSTGRES_BIN") {
        return named.into();
    }
    let mut generations: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .map(|entry| entry.unwrap().path().join("bin"))
        .collect();
    generations.sort();
    generations.pop().unwrap()
}

/// One of its programs, as a user that it does not refuse.
fn program(name: &str) -> Command {
    unprivileged(programs().join(name), USER)
}

impl Postgres {
    /// One that keeps what it confirms, as far as it says.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same with these settings.
    pub(crate) fn with(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        hand_over(folder.path(), USER);
        let initialized = program("initdb")
            .arg("-D")
            .arg(folder.path().join("data"))
            .args([
                "-A",
                "trust",
                "-U",
                "owner",
                "--no-sync",
                "--no-instructions",
                "-E",
                "UTF8",
                "--locale=C",
            ])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(initialized.success());
        let access =
            "local all all trust\nhost all owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(folder.path().join("data/pg_hba.conf"), access).unwrap();
        let mut postgres = Self {
            server: None,
            folder,
            settings: settings.iter().map(|setting| (*setting).to_owned()).collect(),
            port: free_port(),
        };
        postgres.resume();
        postgres.sql("create role gateway login password 'canary-password'");
        postgres.sql("create database gateway owner owner");
        postgres
    }

    /// Starts it again, with the same data on the same port.
    pub(crate) fn resume(&mut self) {
        let folder = self.folder.path();
        let log = fs::File::create(folder.join("log")).unwrap();
        let mut command = program("postgres");
        command
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", folder.display()))
            .args(["-c", "max_connections=50", "-c", "shared_buffers=16MB"])
            .stderr(log);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        self.server = Some(ServerProcess::start(&mut command, Signal::QUIT));
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.is_ready() {
            let log = fs::read_to_string(folder.join("log")).unwrap();
            assert!(Instant::now() < deadline, "{log}");
            assert!(!self.server.as_mut().unwrap().has_ended(), "{log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it as a power cut would, without a word to its clients.
    pub(crate) fn kill(&mut self) {
        self.server.take().unwrap().kill();
        // Its own processes notice, and end too: one that starts in their place waits for them.
    }

    fn is_ready(&self) -> bool {
        let asked = self.psql().args(["-d", "postgres", "-c", "select 1"]).output().unwrap();
        asked.status.success()
    }

    /// What the server's own client answers to a statement of the owner's, in the gateway's database if there is one.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let exists = self
            .psql()
            .args([
                "-d",
                "postgres",
                "-c",
                "select 1 from pg_database where datname = 'gateway'",
            ])
            .output()
            .unwrap();
        let database = if exists.stdout.is_empty() {
            "postgres"
        } else {
            "gateway"
        };
        let output = self.psql().args(["-d", database, "-c", statement]).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{statement}: {errors}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    fn psql(&self) -> Command {
        let mut command = program("psql");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "owner", "-AtqX"]);
        command
    }

    /// Everything in the database, as a backup has it.
    pub(crate) fn dump(&self) -> String {
        let output = program("pg_dump")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-U",
                "owner",
                "gateway",
            ])
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }

    /// Everything on its disk, its write-ahead log included.
    pub(crate) fn disk(&self) -> Vec<u8> {
        self.sql("checkpoint");
        let mut folders = vec![self.folder.path().join("data")];
        let mut contents = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    // Some are gone between the two.
                    contents.extend(fs::read(path).unwrap_or_default());
                }
            }
        }
        contents
    }

    /// Where the gateway finds it, with its own role.
    pub(crate) fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The same at another port, behind which it is.
    #[expect(clippy::unused_self, reason = "it is this server's role that is named")]
    pub(crate) fn url_at(&self, port: u16) -> String {
        format!("postgresql://gateway:canary-password@127.0.0.1:{port}/gateway")
    }

    /// The same for the owner of the tables.
    pub(crate) fn owners_url(&self) -> String {
        format!("postgresql://owner@127.0.0.1:{}/gateway", self.port)
    }

    /// Its folder, in which files may be put that it reads.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file into the folder that only the server may read.
    pub(crate) fn put(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.folder().join(name);
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        hand_over(&path, USER);
        path
    }
}
