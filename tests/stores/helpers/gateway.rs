//! The gateway's program, with a configuration that names a database.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::PathBuf,
    process::{Child, ChildStderr, Command, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::Caller;

/// A folder with a configuration, and the files that it names.
pub(crate) struct Setting {
    folder: TempDir,
}

/// The binary, with a clean environment and the tests' API key.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_empego-gateway"));
    command.env_clear().env("EMPEGO_API_KEY", "upstream-key");
    command
}

impl Setting {
    /// A configuration with limits that are shared in the database at this URL, and these lines in `[store.postgres]`.
    pub(crate) fn with(url: &str, lines: &str) -> Self {
        Self::written(url, &configuration("127.0.0.1:1", "", &shared_limits(lines)))
    }

    /// One in front of this upstream, with these lines and tables for its host.
    pub(crate) fn in_front_of(upstream: &str, url: &str, host: &str) -> Self {
        Self::written(url, &configuration(upstream, host, &shared_limits("")))
    }

    /// One whose audit trail is in the database at this URL.
    pub(crate) fn with_trail(upstream: &str, url: &str) -> Self {
        let trail = "[audit]\nsink = \"postgres\"\nkeyring_file = \"keys\"\n[audit.postgres]\nurl_file = \"url\"\n";
        Self::written(url, &configuration(upstream, "", trail))
    }

    /// One with this store, and these tables of its host.
    pub(crate) fn with_store(store: &str, host: &str, url: &str) -> Self {
        let keys = "[audit]\nsink = \"off\"\nkeyring_file = \"keys\"\n";
        Self::written(url, &configuration("127.0.0.1:1", host, &format!("{keys}{store}")))
    }

    /// One with this text, whose database is at this URL.
    pub(crate) fn written(url: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let setting = Self { folder };
        setting.write_secret("url", url);
        setting.write_secret("keys", "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        setting.write("gateway.toml", text);
        setting
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn write_secret(&self, name: &str, text: &str) {
        let _made = fs::OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(self.path(name))
            .unwrap();
        self.write(name, text);
    }

    /// Changes who may do what with a file.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Runs a command that takes the configuration, to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let file = self.path("gateway.toml");
        binary().args(arguments).arg("--config").arg(file).output().unwrap()
    }

    /// The same where it should go well; what it wrote.
    pub(crate) fn run_well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same where it should not; the exit code, and what it wrote to standard error.
    pub(crate) fn run_ill(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Creates the tables, for the gateway's role.
    pub(crate) fn migrate(&self, owners_url: &str) -> String {
        self.write_secret("owners-url", owners_url);
        let file = self.path("owners-url");
        let file = file.to_str().unwrap();
        self.run_well(&["database", "migrate", "--grant-to", "gateway", "--url-file", file])
    }

    /// Serves.
    pub(crate) fn serve(&self) -> GatewayProcess {
        self.serve_as(binary())
    }

    /// The same with a clock that is wrong by this much, such as `+90s`. Durations pass as they should.
    pub(crate) fn serve_with_clock(&self, offset: &str) -> GatewayProcess {
        self.serve_as(with_clock(offset))
    }

    fn serve_as(&self, mut command: Command) -> GatewayProcess {
        let file = self.path("gateway.toml");
        GatewayProcess::start(command.arg("serve").arg("--config").arg(file))
    }
}

/// The binary with such a clock.
pub(crate) fn with_clock(offset: &str) -> Command {
    let mut command = binary();
    command
        .env("LD_PRELOAD", libfaketime())
        .env("FAKETIME", offset)
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command
}

/// Where Debian has it, on whichever machine.
fn libfaketime() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap();
    let mut files = folders.map(|folder| folder.unwrap().path().join("faketime/libfaketime.so.1"));
    files.find(|file| file.exists()).expect("the package libfaketime")
}

fn shared_limits(postgres: &str) -> String {
    format!(
        "[audit]\nsink = \"off\"\nkeyring_file = \"keys\"\n[store]\nengine = \"postgres\"\n\
         [store.postgres]\nurl_file = \"url\"\n{postgres}\n"
    )
}

/// The configuration, in front of this upstream.
fn configuration(upstream: &str, host: &str, sections: &str) -> String {
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        admin_listen = "127.0.0.1:0"
        workers = 1
        [log]
        format = "json"
        [empego]
        base_url = "http://{upstream}/empego-integrations/R4"
        embed_hosts = ["{upstream}"]
        {sections}
        [[tenant]]
        id = "downtown"
        api_key_env = "EMPEGO_API_KEY"
        endpoints = ["*"]
        [[host]]
        id = "ehr-backend"
        tenant = "downtown"
        identity = "asserted"
        key_sha256 = "5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30"
        intents = ["upsert", "existing"]
        {host}
        "#
    )
}

/// A gateway that serves until it is dropped.
pub(crate) struct GatewayProcess {
    child: Child,
    stderr: BufReader<ChildStderr>,
    listening: Option<serde_json::Value>,
}

impl GatewayProcess {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            stderr,
            listening: None,
        }
    }

    /// Where it takes launches.
    pub(crate) fn address(&mut self) -> String {
        self.listening("address")
    }

    /// Whether it is ready: the status of its page.
    pub(crate) async fn readiness(&mut self) -> u16 {
        let url = format!("http://{}/readyz", self.listening("admin_address"));
        Caller::new().status(&url).await
    }

    /// Asks it to stop, and waits for its end: the exit code.
    pub(crate) fn stop(mut self) -> i32 {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        // Read to its end, so that the gateway does not wait for a reader.
        let _read = std::io::copy(&mut self.stderr, &mut std::io::sink()).unwrap();
        self.child.wait().unwrap().code().unwrap()
    }

    /// When it says that it began to.
    pub(crate) fn started(&mut self) -> jiff::Timestamp {
        self.listening("timestamp").parse().unwrap()
    }

    /// A field of the log entry that says where it listens.
    fn listening(&mut self, field: &str) -> String {
        if self.listening.is_none() {
            self.listening = Some(serde_json::from_str(&self.logged("\"listening\"")).unwrap());
        }
        let entry = self.listening.as_ref().unwrap();
        entry
            .get(field)
            .unwrap_or_else(|| panic!("{entry}"))
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The value of a metric, by its name and labels as they stand on the page.
    pub(crate) async fn metric(&mut self, series: &str) -> f64 {
        let url = format!("http://{}/metrics", self.listening("admin_address"));
        let page = Caller::new().page(&url).await;
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(&format!("empego_gateway_{series} ")));
        line.unwrap_or_else(|| panic!("{series} is not in {page}"))
            .parse()
            .unwrap()
    }

    /// Waits until a metric has this value.
    pub(crate) async fn until_metric(&mut self, series: &str, value: f64) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let found = self.metric(series).await;
            if (found - value).abs() < f64::EPSILON {
                return;
            }
            assert!(Instant::now() < deadline, "{series} is {found}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until it counts together with others.
    pub(crate) async fn shares(&mut self) {
        self.until_metric("shared_limits_active", 1.0).await;
    }

    /// The first of its next log entries with this text.
    pub(crate) fn logged(&mut self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            let start = seen.len();
            assert!(self.stderr.read_line(&mut seen).unwrap() > 0, "it ended after: {seen}");
            let line = seen.get(start..).unwrap_or_default();
            if line.contains(text) {
                return line.to_owned();
            }
        }
    }
}

impl Drop for GatewayProcess {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}
