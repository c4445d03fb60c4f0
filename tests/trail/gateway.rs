//! The gateway's program with a trail, in front of a stand-in for Empego.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use simulator::{JunctionSettings, Partial, Settings, Simulator, Started};
use tempfile::TempDir;

/// The key of the tests' host.
const HOST_KEY: &str = "egw_test-host";

/// A folder with a configuration, a trail's place, and what stands in for Empego.
pub(crate) struct Scene {
    folder: TempDir,
    upstream: String,
    client: reqwest::Client,
    _started: Started,
}

impl Scene {
    /// With the trail in this folder, and these lines in `[audit]`.
    pub(crate) fn with_trail_in(trail: &Path, lines: &str) -> Self {
        let simulator = Simulator::build(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            api_keys: vec!["upstream-key".to_owned()],
            partial: Partial::Reject,
            junction: JunctionSettings::default(),
        })
        .unwrap();
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
            upstream: simulator.address.to_string(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _started: simulator.start(),
        };
        let keyring = scene.path("keys");
        fs::write(&keyring, "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        fs::set_permissions(keyring, fs::Permissions::from_mode(0o600)).unwrap();
        let upstream = &scene.upstream;
        let text = format!(
            r#"
            [server]
            listen = "127.0.0.1:0"
            admin_listen = "127.0.0.1:0"
            workers = 2
            [log]
            format = "json"
            [empego]
            base_url = "http://{upstream}/empego-integrations/R4"
            embed_hosts = ["{upstream}"]
            [audit]
            directory = "{}"
            keyring_file = "keys"
            {lines}
            [[tenant]]
            id = "downtown"
            api_key_env = "EMPEGO_API_KEY"
            [[host]]
            id = "ehr-backend"
            tenant = "downtown"
            identity = "asserted"
            key_sha256 = "5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30"
            "#,
            trail.display()
        );
        fs::write(scene.path("gateway.toml"), text).unwrap();
        scene
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Serves, and returns once it listens.
    pub(crate) fn serve(&self) -> Gateway {
        Gateway::start(&self.path("gateway.toml"))
    }

    /// Runs a command to its end, with this on its standard input.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = binary()
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // Whoever reads nothing has ended already.
        let _either_way = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// Launches for this patient; the status and the body.
    pub(crate) async fn launch(&self, gateway: &str, patient: &str) -> Option<(u16, Value)> {
        let body = json!({
            "clinician": {
                "userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie.cote@clinic.ca"
            },
            "patientKey": patient,
        });
        let url = format!("http://{gateway}/v1/embeddable/consultation/view");
        let request = self.client.post(url).header("api-key", HOST_KEY);
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).ok()?))
    }

    /// The same with only the status, for a gateway that is there.
    pub(crate) async fn status(&self, gateway: &str) -> u16 {
        self.launch(gateway, "patient123").await.unwrap().0
    }

    /// How many calls the stand-in has seen.
    pub(crate) async fn calls(&self) -> usize {
        let url = format!("http://{}/__sim/journal", self.upstream);
        let text = self.client.get(url).send().await.unwrap().text().await.unwrap();
        let journal: Vec<Value> = serde_json::from_str(&text).unwrap();
        journal.len()
    }

    /// Waits until the gateway says that it is ready, or not, and why.
    pub(crate) async fn becomes(&self, gateway: &Gateway, status: u16) -> String {
        let begin = Instant::now();
        loop {
            let page = self
                .client
                .get(format!("http://{}/readyz", gateway.admin))
                .send()
                .await
                .unwrap();
            let found = page.status().as_u16();
            let text = page.text().await.unwrap();
            if found == status {
                return text;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "{text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The binary, with a clean environment and the tests' API key.
fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_empego-gateway"));
    command.env_clear().env("EMPEGO_API_KEY", "upstream-key");
    command
}

/// A gateway that serves until it is dropped.
pub(crate) struct Gateway {
    child: Child,
    pub(crate) address: String,
    pub(crate) admin: String,
}

impl Gateway {
    fn start(file: &Path) -> Self {
        let mut command = binary();
        command.arg("serve").arg("--config").arg(file);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let listening = listening(&mut stderr);
        // Nobody reads on, and the gateway must not wait for that.
        thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        let text = |name: &str| listening[name].as_str().unwrap().to_owned();
        Self {
            child,
            address: text("address"),
            admin: text("admin_address"),
        }
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and waits for that.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Already gone unless the test failed. Not waited for: on a disk that does not answer, it ends later.
        let _gone = self.child.kill();
    }
}

fn listening(stderr: &mut BufReader<ChildStderr>) -> Value {
    let mut seen = String::new();
    loop {
        let mut line = String::new();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended after: {seen}");
        seen.push_str(&line);
        if let Ok(line) = serde_json::from_str::<Value>(&line)
            && line["message"] == "listening"
        {
            return line;
        }
    }
}
