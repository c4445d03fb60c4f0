//! The built binary, as a user runs it.

use std::{io::Write as _, process::Stdio};

use serde_json::{Value, json};

use crate::helpers::{HOST_KEY, Running, TestConfig, alice, base64, binary, run};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn header_encode_prints_the_golden_values() {
    let rows: &[(&[&str], &str)] = &[
        (
            &["--user-id", "existing_user_123"],
            "eyJ1c2VySWQiOiJleGlzdGluZ191c2VyXzEyMyJ9",
        ),
        (&["--user-id", "emp456"], "eyJ1c2VySWQiOiJlbXA0NTYifQ=="),
        (
            &["--user-id", "u1", "--first-name", "Chloé"],
            "eyJ1c2VySWQiOiJ1MSIsImZpcnN0TmFtZSI6IkNobG/DqSJ9",
        ),
        (
            &["--user-id", "u123", "--first-name", "Noël"],
            "eyJ1c2VySWQiOiJ1MTIzIiwiZmlyc3ROYW1lIjoiTm/Dq2wifQ==",
        ),
        (
            &[
                "--user-id",
                "new_user_456",
                "--first-name",
                "Dr. Alice",
                "--last-name",
                "Johnson",
                "--email",
                "alice.johnson@clinic.com",
                "--license-number",
                "MD789123",
                "--preferred-language",
                "en",
            ],
            "eyJ1c2VySWQiOiJuZXdfdXNlcl80NTYiLCJmaXJzdE5hbWUiOiJEci4gQWxpY2UiLCJsYXN0TmFtZSI6IkpvaG5zb24iLCJlbWFpbCI6ImFsaWNlLmpvaG5zb25AY2xpbmljLmNvbSIsImxpY2Vuc2VOdW1iZXIiOiJNRDc4OTEyMyIsInByZWZlcnJlZExhbmd1YWdlIjoiRU4ifQ==",
        ),
    ];
    for (arguments, header) in rows {
        let output = run(&[&["header", "encode"], *arguments].concat());
        assert_eq!(text(&output.stdout), format!("{header}\n"));
        assert!(output.status.success());
    }
}

#[test]
fn header_encode_names_every_bad_field_and_exits_64() {
    let output = run(&["header", "encode", "--user-id", " ", "--email", "canary"]);
    assert_eq!(output.status.code(), Some(64));
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn header_decode_says_exactly_what_is_wrong_and_repeats_none_of_it() {
    let rows = [
        ("empty", String::new()),
        ("alphabet", "eyJ1c2Vy!".to_owned()),
        ("url_safe", "eyJ1c2Vy_w==".to_owned()),
        ("padding", "eyJ1c2VySWQiOiJlbXA0NTYifQ=".to_owned()),
        ("length", "eyJ1c2VySWQiOiJlbXA0NTYif".to_owned()),
        ("utf8", base64(b"{\"userId\":\"canary\xe9\"}")),
        ("json", base64("{\"userId\":\"canary\"")),
        ("not_an_object", base64("[\"canary\"]")),
        (
            "fields",
            base64(r#"{"userId":"canary ","email":"canary","nick":"canary","lastName":1}"#),
        ),
    ];
    for (name, value) in rows {
        let output = run(&["header", "decode", &value]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_eq!(text(&output.stdout), "", "{name}");
        assert!(!text(&output.stderr).contains("canary"), "{name}");
        insta::assert_snapshot!(format!("decode_{name}"), text(&output.stderr));
    }
}

#[test]
fn header_decode_prints_the_clinician_or_the_fields_asked_for() {
    let header = base64(alice().to_string());
    let output = run(&["header", "decode", &header]);
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, alice());
    let output = run(&[
        "header",
        "decode",
        &header,
        "--field",
        "userId",
        "--field",
        "preferredLanguage",
    ]);
    assert_eq!(text(&output.stdout), "new_user_456\nEN\n");
    let output = run(&["header", "decode", "eyJ1c2VySWQiOiJlbXA0NTYifQ", "--field", "email"]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
}

#[test]
fn header_decode_reads_standard_input_to_keep_shell_history_clean() {
    let mut command = binary();
    let mut child = command
        .args(["header", "decode", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"eyJ1c2VySWQiOiJlbXA0NTYifQ==\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), "{\n  \"userId\": \"emp456\"\n}\n");
}

#[test]
fn key_generate_prints_a_new_key_and_its_digest() {
    let [first, second] = [(); 2].map(|()| text(&run(&["key", "generate"]).stdout));
    assert_ne!(first, second);
    let (key, digest) = first.split_once('\n').unwrap();
    let key = key.strip_prefix("key     ").unwrap();
    let digest = digest.trim_end().strip_prefix("sha256  ").unwrap();
    assert!(key.starts_with("egw_") && key.len() == 47, "{key}");

    // The digest is the one that sha256sum, an independent tool, computes for it.
    let mut sum = std::process::Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    sum.stdin.take().unwrap().write_all(key.as_bytes()).unwrap();
    let sum = text(&sum.wait_with_output().unwrap().stdout);
    assert_eq!(sum.split_whitespace().next(), Some(digest));
}

#[test]
fn bad_usage_exits_64_and_help_exits_0() {
    for arguments in [
        &["frobnicate"][..],
        &[],
        &["serve"],
        &["demo", "--listen", "0.0.0.0:0"],
        &["simulate", "--listen", "[::]:0"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    insta::assert_snapshot!(text(&help.stdout));
}

#[test]
fn the_demos_curl_line_answers_an_embed_url_that_opens_a_page() {
    let mut demo =
        Running::start(binary().args(["demo", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"]));
    let native = demo.line("curl ");
    let drop_in = demo.line("curl ");
    let shell = |line: &str| {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("curl {line}")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        text(&output.stdout)
    };
    let document: Value = serde_json::from_str(&shell(&native)).unwrap();
    assert_eq!(document["identity"], "clinician");
    let page = shell(&format!("-sS '{}'", document["url"].as_str().unwrap()));
    for shown in ["Élodie Côté", "emp123", "patient123", "français"] {
        assert!(page.contains(shown), "{page}");
    }
    let url = shell(&drop_in);
    let page = shell(&format!("-sS '{url}'"));
    assert!(
        page.contains("Olivia Owner") && page.contains("English"),
        "an unknown bare userId is a clone: {page}"
    );

    let (status, log) = demo.stop();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[test]
fn the_demo_says_which_flag_moves_it_when_a_port_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (flag, other) in [("--listen", "--simulator-listen"), ("--simulator-listen", "--listen")] {
        let output = run(&["demo", flag, &address, other, "127.0.0.1:0"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr).contains(&format!("another address with {flag}")),
            "{output:?}"
        );
    }
}

#[actix_web::test]
async fn serve_finishes_launches_in_flight_when_stopped() {
    let upstream = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut gateway = serve(&folder, &format!("http://{}", upstream.local_addr().unwrap()));

    let launch = actix_web::rt::spawn(launch(gateway.address()));
    let held = actix_web::rt::task::spawn_blocking(move || upstream.accept().unwrap().0)
        .await
        .unwrap();
    // The launch is in flight: the upstream has it. Now the gateway gets SIGTERM, and then the upstream responds.
    gateway.signal("TERM");
    actix_web::rt::task::spawn_blocking(move || {
        use std::io::{Read as _, Write as _};
        let mut held = held;
        let mut head = [0; 4096];
        let _some_of_the_head = held.read(&mut head).unwrap();
        held.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\napp.empego.ca")
            .unwrap();
    })
    .await
    .unwrap();

    assert_eq!(launch.await.unwrap().unwrap().status(), 200);
    let (status, log) = actix_web::rt::task::spawn_blocking(|| gateway.ended()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[actix_web::test]
async fn a_second_signal_stops_at_once() {
    let upstream = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut gateway = serve(&folder, &format!("http://{}", upstream.local_addr().unwrap()));
    let launch = actix_web::rt::spawn(launch(gateway.address()));
    let stopping = move || {
        // The upstream has the launch, and never answers it.
        let held = upstream.accept().unwrap();
        gateway.signal("TERM");
        gateway.logged("stopping: finishing the launches in flight");
        gateway.signal("TERM");
        (gateway.ended().0, held)
    };
    let (status, _held) = actix_web::rt::task::spawn_blocking(stopping).await.unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(launch.await.unwrap().is_err(), "cut off");
}

#[test]
fn serve_stops_at_once_on_ctrl_c_when_nothing_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let mut gateway = serve(&folder, "http://127.0.0.1:1");
    gateway.address();
    gateway.signal("INT");
    let (status, log) = gateway.ended();
    assert_eq!(status.code(), Some(0), "{log}");
}

/// A gateway in front of this upstream.
fn serve(folder: &tempfile::TempDir, upstream: &str) -> Running {
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, TestConfig::strict().text(upstream)).unwrap();
    let mut command = binary();
    command.env("EMPEGO_API_KEY", "upstream-key");
    Running::start(command.args(["serve", "--config"]).arg(&file))
}

/// A native launch, to its answer.
async fn launch(gateway: String) -> reqwest::Result<reqwest::Response> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let request = client.post(format!("http://{gateway}/v1/embeddable/statistics"));
    let request = request.bearer_auth(HOST_KEY).header("content-type", "application/json");
    request.body(json!({"clinician": alice()}).to_string()).send().await
}
