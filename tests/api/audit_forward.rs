//! `[[audit.forward]]`: what is wrong with it is reported before anything is sent.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Output,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::helpers::{
    binary,
    secure::{authority, certificate},
};

/// A configuration with a trail, in a folder of its own, and with these lines in one or more `[[audit.forward]]`.
fn configuration(forward: &str) -> String {
    let example = include_str!("../../gateway.example.toml");
    format!("[audit]\ndirectory = \"../trail\"\nkeyring_file = \"keys\"\n{forward}\n{example}")
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

fn write(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// What `check` says about a configuration, with the files that it may name.
fn check(configuration: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings");
    fs::create_dir(&settings).unwrap();
    let authority = authority();
    let signed = || certificate(&["gateway.example"], 2100, &authority);
    let ((cert, key), (_, other_key)): ((CertificateDer<'_>, PrivateKeyDer<'_>), _) = (signed(), signed());
    let keyring = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    write(&settings, "keys", keyring, 0o600);
    write(&settings, "ca.pem", &pem("CERTIFICATE", authority.der()), 0o644);
    write(&settings, "client.pem", &pem("CERTIFICATE", &cert), 0o644);
    write(&settings, "client.key", &pem("PRIVATE KEY", key.secret_der()), 0o600);
    write(&settings, "open.key", &pem("PRIVATE KEY", key.secret_der()), 0o644);
    write(
        &settings,
        "other.key",
        &pem("PRIVATE KEY", other_key.secret_der()),
        0o600,
    );
    write(&settings, "no.key", "secret-canary", 0o600);
    write(&settings, "gateway.toml", configuration, 0o644);
    let mut command = binary();
    command.current_dir(&settings).env("EMPEGO_API_KEY", "key");
    command.args(["check", "--config", "gateway.toml"]).output().unwrap()
}

#[test]
fn check_shows_the_way_to_each_repository() {
    let forward = "[[audit.forward]]\nurl = \"https://arr.example/fhir\"\nca_file = \"ca.pem\"\n";
    let proxied = "\n[egress]\nproxy = \"http://proxy.example:3128\" #";
    let output = check(&configuration(forward).replacen("\n[egress]", proxied, 1));
    let said = String::from_utf8(output.stdout).unwrap();
    let way = "egress: an audit record repository at https://arr.example: through the proxy http://proxy.example:3128, \
               trusting this machine's authorities and the one in ca_file";
    assert!(said.contains(way), "{said}");
}

#[test]
fn a_repository_has_a_url_and_what_tls_needs() {
    let complete = "[[audit.forward]]\nurl = \"https://arr.example/fhir\"\nca_file = \"ca.pem\"\n\
                    client_cert_file = \"client.pem\"\nclient_key_file = \"client.key\"\nbatch = 1000\nreveal = true\n";
    let with = |line: &str| format!("[[audit.forward]]\nurl = \"https://arr.example/fhir\"\n{line}\n");
    let two =
        "[[audit.forward]]\nurl = \"https://one.example\"\n[[audit.forward]]\nurl = \"http://127.0.0.1:8080/fhir\"\n";
    let rows = [
        (complete.to_owned(), "", "complete"),
        (two.to_owned(), "", "two, one of them on this machine"),
        (
            "[[audit.forward]]\n".to_owned(),
            "audit.forward[0].url is required",
            "no address",
        ),
        (
            with("").replace("https", "http"),
            "audit.forward[0].url must be https; http is for loopback only",
            "unencrypted",
        ),
        (
            with("").repeat(2),
            "audit.forward[1].url is the url of an earlier [[audit.forward]]",
            "the same twice",
        ),
        (
            with("client_cert_file = \"client.pem\""),
            "audit.forward[0].client_cert_file needs client_key_file, and the other way round",
            "half of an identity",
        ),
        (
            with("client_cert_file = \"client.pem\"\nclient_key_file = \"other.key\""),
            "audit.forward[0].client_key_file names a file whose key is not that of client_cert_file",
            "another certificate's key",
        ),
        (
            with("client_cert_file = \"client.pem\"\nclient_key_file = \"open.key\""),
            "audit.forward[0].client_key_file names a file of mode 0644",
            "a key that every user may read",
        ),
        (
            with("client_cert_file = \"client.pem\"\nclient_key_file = \"no.key\""),
            "audit.forward[0].client_key_file names a file without a private key in PEM",
            "no key",
        ),
        (
            with("ca_file = \"keys\""),
            "audit.forward[0].ca_file names a file",
            "no authority",
        ),
        (
            with("batch = 1001"),
            "audit.forward[0].batch must be a whole number from 1 to 1000",
            "too many at once",
        ),
        (
            with("revael = true"),
            "audit.forward[0].revael is not a known setting: did you mean reveal?",
            "mistyped",
        ),
    ];
    for (forward, message, reason) in rows {
        let output = check(&configuration(&forward));
        let said = String::from_utf8(output.stderr).unwrap();
        let code = if message.is_empty() { 0 } else { 64 };
        assert_eq!(output.status.code(), Some(code), "{reason}: {said}");
        assert!(!said.contains("secret-canary"), "{reason}: {said}");
        assert!(said.contains(message), "{reason}: {said}");
        assert!(!message.is_empty() || said.is_empty(), "{reason}: {said}");
    }
}
