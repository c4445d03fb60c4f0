//! `init`: the first configuration, from flags or questions, which a strict check accepts and a gateway serves.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Output, Stdio},
};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::helpers::{Running, TestSimulator, binary};

/// A folder for the configuration, and one for what lasts.
struct Place {
    folder: TempDir,
    state: TempDir,
}

impl Place {
    fn new() -> Self {
        let (folder, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        Self { folder, state }
    }

    fn init(&self, flags: &[&str], answers: &str) -> Output {
        let mut command = binary();
        command.args(["init", "--state"]).arg(self.state.path());
        command.arg("--output").arg(self.etc()).args(flags);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may have ended before it reads an answer.
        let _gone = child.stdin.take().unwrap().write_all(answers.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn etc(&self) -> std::path::PathBuf {
        self.folder.path().join("etc")
    }

    fn file(&self) -> std::path::PathBuf {
        self.etc().join("gateway.toml")
    }

    fn strict_check(&self) -> Output {
        let mut command = binary();
        command.env("EMPEGO_API_KEY", "upstream-key");
        let check = command.args(["check", "--strict", "--config"]).arg(self.file());
        check.output().unwrap()
    }
}

const SERVER: [&str; 6] = ["--tenant", "downtown", "--host", "server", "--api", "native"];
const BROWSER: [&str; 10] = [
    "--tenant",
    "downtown",
    "--host",
    "browser",
    "--issuer",
    "https://idp.example",
    "--audience",
    "empego-gateway",
    "--origin",
    "https://ehr.example",
];

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn each_kind_of_host_gets_a_configuration_that_a_strict_check_accepts() {
    let drop_in = ["--tenant", "downtown", "--host", "server", "--api", "drop-in"];
    let rows: [(&str, &[&str], &str); 5] = [
        ("server", &SERVER, ""),
        ("drop_in", &drop_in, ""),
        ("browser", &BROWSER, ""),
        ("asked", &[], "downtown\nserver\nnative\n"),
        (
            "asked_of_a_browser",
            &["--host", "browser"],
            "downtown\nhttps://idp.example\nempego-gateway\nhttps://ehr.example\n",
        ),
    ];
    for (name, flags, answers) in rows {
        let place = Place::new();
        let output = place.init(flags, answers);
        assert!(output.status.success(), "{name}: {}", err(&output));
        let check = place.strict_check();
        assert!(check.status.success(), "{name}: {}", err(&check));
        assert_eq!(mode(&place.etc().join("audit-keys")), 0o600, "{name}");
        assert_eq!(mode(&place.file()) & 0o007, 0, "{name}");

        let text = fs::read_to_string(place.file()).unwrap();
        let mut said = out(&output);
        let key = said
            .split_whitespace()
            .find(|word| word.starts_with("egw_"))
            .map(str::to_owned);
        assert_eq!(key.is_some(), !name.contains("browser"), "{name}: {said}");
        let mut written = text.clone();
        if let Some(key) = key {
            assert_eq!(said.matches(&key).count(), 1, "{name}");
            let digest = hex::encode(Sha256::digest(&key));
            assert!(text.contains(&digest) && !text.contains(&key), "{name}");
            (said, written) = (said.replace(&key, "egw_…"), written.replace(&digest, "…"));
        }
        for (path, shown) in [(place.folder.path(), "FOLDER"), (place.state.path(), "STATE")] {
            let path = fs::canonicalize(path).unwrap().display().to_string();
            (said, written) = (said.replace(&path, shown), written.replace(&path, shown));
        }
        insta::assert_snapshot!(format!("init_{name}"), format!("{said}\n----\n{written}"));
    }
}

#[test]
fn a_relative_place_for_what_lasts_is_where_the_command_runs() {
    let place = Place::new();
    let mut command = binary();
    command.current_dir(place.folder.path());
    command
        .args(["init", "--output", "etc", "--state", "state"])
        .args(SERVER);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
    let state = fs::canonicalize(place.folder.path()).unwrap().join("state");
    let text = fs::read_to_string(place.file()).unwrap();
    let directory = format!("directory = \"{}/audit\"", state.display());
    assert!(text.contains(&directory), "{directory} is missing in {text}");
    let check = place.strict_check();
    assert!(check.status.success(), "{}", err(&check));
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    for there in ["gateway.toml", "audit-keys"] {
        let place = Place::new();
        fs::create_dir(place.etc()).unwrap();
        fs::write(place.etc().join(there), "precious").unwrap();
        let output = place.init(&SERVER, "");
        assert_eq!(output.status.code(), Some(64));
        assert!(
            err(&output).contains(there) && err(&output).contains("is not overwritten"),
            "{}",
            err(&output)
        );
        assert_eq!(fs::read_to_string(place.etc().join(there)).unwrap(), "precious");
        assert_eq!(
            fs::read_dir(place.etc()).unwrap().count(),
            1,
            "and nothing is written beside it"
        );
        assert_eq!(out(&output), "", "no key is made for nothing");
    }
}

#[test]
fn what_cannot_be_used_is_named_by_its_flag() {
    let rows: [(&[&str], &str, &str); 8] = [
        (&[], "", "--tenant is required"),
        (&["--tenant", "down town"], "", "--tenant must be 1 to 64"),
        (&["--tenant", "downtown"], "", "--host is required"),
        (
            &["--tenant", "downtown"],
            "clinic\n",
            "--host must be server or browser",
        ),
        (
            &["--tenant", "downtown", "--host", "server"],
            "soap\n",
            "--api must be native or drop-in",
        ),
        (&BROWSER[..4], "http://idp.example\n", "--issuer "),
        (&BROWSER[..6], "a \"b\"\n", "--audience must be 1 to 255 visible"),
        (&BROWSER[..8], "https://ehr.example/page\n", "--origin "),
    ];
    for (flags, answers, expected) in rows {
        let place = Place::new();
        let output = place.init(flags, answers);
        assert_eq!(output.status.code(), Some(64), "{expected}");
        assert!(err(&output).starts_with(expected), "{expected}: {}", err(&output));
        assert!(!place.file().exists(), "{expected}");
    }
}

#[actix_web::test]
async fn a_launch_goes_through_the_gateway_that_was_set_up_so() {
    let (simulator, place) = (TestSimulator::start_rejecting(), Place::new());
    let output = place.init(&SERVER, "");
    let key = out(&output)
        .split_whitespace()
        .find(|word| word.starts_with("egw_"))
        .unwrap()
        .to_owned();
    let mut text = fs::read_to_string(place.file()).unwrap();
    // A test has other addresses than an installation.
    text = text
        .replace("127.0.0.1:8080", "127.0.0.1:0")
        .replace("127.0.0.1:9090", "127.0.0.1:0");
    fs::write(
        place.file(),
        format!(
            "{text}\n[empego]\n{}\n[log]\nformat = \"json\"\n",
            simulator.as_upstream()
        ),
    )
    .unwrap();
    let mut command = binary();
    command.env("EMPEGO_API_KEY", "upstream-key");
    let mut gateway = Running::start(command.args(["serve", "--config"]).arg(place.file()));
    let url = format!("http://{}/v1/embeddable/consultation/dashboard", gateway.address());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = r#"{"clinician": {"userId": "1", "firstName": "A", "lastName": "B", "email": "a@ehr.example"}}"#;
    let request = client
        .post(url)
        .bearer_auth(key)
        .header("content-type", "application/json");
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    assert!(gateway.stop().0.success());
}
