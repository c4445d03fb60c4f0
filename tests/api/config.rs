//! Configurations: every error at once, with file, line and key.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
    thread,
};

use sha2::{Digest as _, Sha256};

use crate::helpers::{
    binary, run,
    secure::{authority, revocations},
};

const BAD: &str = r#"
[server]
listen = "localhost"
worker = 2
[log]
level = "loud"
[launches]
timeout_ms = 0
[empego]
base_url = "http://api.empego.ca/R4"
max_in_flight = 9
embed_hosts = ["App.empego.ca", 7]
[[tenant]]
id = "downtown"
api_key = "secret-canary"
policy = "lax"
endpoints = ["consultation/veiw"]
owner_session = "yes"
extra_params = ["api_key"]
required_params = { "followup/plan" = ["ward"], "nowhere" = [] }
[tenant.frame]
referrer_policy = "none"
[tenant.rate]
per_second = 5
[[tenant]]
id = "downtown"
api_key_env = "NOT_SET"
[[tenant]]
id = "up town"
api_key_file = "missing"
api_key_env = "NOT_SET"
[[host]]
id = "ehr"
tenant = "nowhere"
identity = "asserted"
key_sha256 = ["zz", "yy", "xx"]
origins = ["https://ehr.example"]
intents = ["guess"]
upstream_401 = "hide"
[[host]]
id = "spa"
tenant = "downtown"
identity = "token"
key_sha256 = "zz"
user_id_prefix = "a b"
origins = ["https://ehr.example/", "http://ehr.example"]
unbound_endpoints = ["nowhere"]
[host.jwt]
issuer = "http://idp.example"
refresh_secs = 1
jwks_urls = []
[host.jwt.claims]
user_id = "/a//b"
name = "x"
[[host]]
id = "spa2"
tenant = "downtown"
identity = "token"
[[host]]
id = "spa3"
tenant = "downtown"
identity = "token"
[host.jwt]
issuer = "https://idp.example"
audience = "gateway"
jwks_url = "https://idp.example/jwks"
jwks_file = "jwks.json"
[[host]]
id = "spa4"
tenant = "downtown"
identity = "token"
[host.jwt]
issuer = "https://idp.example"
audience = "gateway"
[[host]]
id = "spa5"
tenant = "downtown"
identity = "token"
[host.jwt]
issuer = "https://other.example"
audience = "gateway"
[[host]]
id = "guess"
tenant = "downtown"
identity = "guess"
"#;

fn check(folder: &Path, text: &str, variables: &[(&str, &str)]) -> Output {
    fs::write(folder.join("gateway.toml"), text).unwrap();
    let mut command = binary();
    command.current_dir(folder).envs(variables.iter().copied());
    command.args(["check", "--config", "gateway.toml"]).output().unwrap()
}

/// An audit trail, without which there is one more warning.
fn with_trail(folder: &Path) -> String {
    let keyring = folder.join("audit-keys");
    fs::write(&keyring, "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    fs::set_permissions(keyring, fs::Permissions::from_mode(0o600)).unwrap();
    "[audit]\ndirectory = \"/elsewhere/audit\"\nkeyring_file = \"audit-keys\"\n".to_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn check_lists_every_error_at_once_and_exits_64() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("GATEWAY__TENANT__POLICY", "documented"),
        ("GATEWAY__SERVER__WORKERS", "many"),
    ];
    let output = check(folder.path(), BAD, &variables);
    assert_eq!(output.status.code(), Some(64));
    assert!(output.stdout.is_empty());
    assert!(!stderr(&output).contains("secret-canary"));
    insta::assert_snapshot!(stderr(&output));
}

const BAD_JUNCTION: &str = r#"
[[tenant]]
id = "both"
api_key_env = "KEY"
[tenant.junction]
org_id = "6d6fd1c62f0a4a2c9f4e6c1d3c5b7a90"
management_key = "secret-canary"
integration_slug = "My EHR"
region = "ca"
environment = "test"
features = ["order", "order_creation:*", "results"]
modalities = ["iframe"]
management_url = "http://api.management.junction.com"
embed_hosts = []
scope = "all"
[tenant.junction.team]
integration_team_id = "a"
team_id = "b"
[[tenant]]
id = "alone"
policy = "strict"
endpoints = ["*"]
[tenant.junction]
management_key_env = "KEY"
create_team = true
team = { integration_team_id = "north" }
[[tenant]]
id = "empego"
api_key_env = "KEY"
[[tenant]]
id = "fixed"
[tenant.junction]
org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
management_key_env = "KEY"
integration_slug = "my-ehr"
region = "us"
environment = "sandbox"
team = { integration_team_id = "north" }
[[tenant]]
id = "neither"
[[host]]
id = "server"
tenant = "both"
identity = "asserted"
key_sha256 = "a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b858"
unbound_junction = ["link_out"]
session = { cookie = "a b" }
[[host]]
id = "other"
tenant = "both"
identity = "asserted"
key_sha256 = "a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856"
session = { cookie = "sid", url = "http://ehr.example/session", more_cookies = ["a=b", "route"] }
[[host]]
id = "one"
tenant = "both"
identity = "asserted"
key_sha256 = "a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b857"
session = { cookie = "sid", url = "https://ehr.example/session" }
[[host]]
id = "spa"
tenant = "both"
identity = "token"
unbound_junction = ["order_creation"]
session = { cookie = "sid", url = "https://ehr.example/session" }
[host.jwt]
issuer = "https://idp.example"
audience = "gateway"
[host.jwt.claims]
integration_team_id = "/a//b"
[[host]]
id = "last"
tenant = "both"
identity = "token"
session = { cookie = "sid" }
[host.jwt]
issuer = "https://idp.example"
audience = "other"
[[host]]
id = "fixed"
tenant = "fixed"
identity = "token"
[host.jwt]
issuer = "https://idp.example"
audience = "third"
claims = { integration_team_id = "team" }
[[host]]
id = "idle"
tenant = "empego"
identity = "token"
session = { cookie = "token" }
[host.jwt]
issuer = "https://idp.example"
audience = "fourth"
"#;

#[test]
fn junction_errors_are_reported_like_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(folder.path(), BAD_JUNCTION, &[("KEY", "k")]);
    assert_eq!(output.status.code(), Some(64));
    assert!(!stderr(&output).contains("secret-canary"));
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn a_session_has_an_audience_of_its_own_or_none() {
    let host = |id: &str, audience: &str, session: &str| {
        format!(
            "[[host]]\nid = \"{id}\"\ntenant = \"both\"\nidentity = \"token\"\n\
             session = {{ cookie = \"{id}\", audience = \"{session}\" }}\n\
             [host.jwt]\nissuer = \"https://idp.example\"\naudience = \"{audience}\"\n"
        )
    };
    let rows = [
        (host("one", "gateway", "continuation"), "", "one of its own"),
        (
            host("one", "gateway", "gateway"),
            "session.audience equals jwt.audience",
            "that of the API",
        ),
        (host("one", "gateway", ""), "must not be empty", "an empty one"),
        (
            host("one", "gateway", "continuation") + &host("two", "continuation", "third"),
            "session.audience must not equal an audience of an earlier host",
            "another host's tokens are for it",
        ),
        (
            host("one", "gateway", "continuation") + &host("two", "other", "gateway"),
            "session.audience must not equal an audience of an earlier host",
            "it is another host's",
        ),
        (
            host("one", "gateway", "continuation") + &host("two", "other", "continuation"),
            "session.audience must not equal an audience of an earlier host",
            "it is another host's session's",
        ),
        (
            "[[host]]\nid = \"server\"\ntenant = \"both\"\nidentity = \"asserted\"\n\
             key_sha256 = \"5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30\"\n\
             session = { cookie = \"sid\", url = \"https://ehr.example/session\", audience = \"x\" }\n"
                .to_owned(),
            "session.audience is only for token hosts",
            "an asserted host",
        ),
    ];
    for (hosts, message, reason) in rows {
        let folder = tempfile::tempdir().unwrap();
        let tenant = "[[tenant]]\nid = \"both\"\n[tenant.junction]\norg_id = \"6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90\"\n\
                      management_key_env = \"KEY\"\nintegration_slug = \"my-ehr\"\nregion = \"us\"\nenvironment = \"sandbox\"\n";
        let output = check(folder.path(), &format!("{tenant}{hosts}"), &[("KEY", "k")]);
        let is_good = message.is_empty();
        assert_eq!(
            output.status.code(),
            Some(if is_good { 0 } else { 64 }),
            "{reason}: {}",
            stderr(&output)
        );
        assert!(
            is_good || stderr(&output).contains(message),
            "{reason}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_store_names_its_engine_its_place_and_its_keys() {
    const URL: (&str, &str) = ("URL", "postgresql://gateway:secret-canary@db.example/gateway");
    let keyring = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    let postgres = "engine = \"postgres\"\n[audit]\nsink = \"off\"\nkeyring_file = \"keys\"\n[store.postgres]\nurl_env = \"URL\"\n";
    let rows = [
        (postgres.to_owned(), "", "complete"),
        (
            "engine = \"sqlite\"\nfile = \"gateway.sqlite\"\n[audit]\nsink = \"off\"\nkeyring_file = \"keys\"\n"
                .to_owned(),
            "",
            "on this machine",
        ),
        (String::new(), "store.engine is required", "no engine"),
        (
            "engine = \"oracle\"\n".to_owned(),
            "store.engine must be sqlite or postgres",
            "another engine",
        ),
        ("engine = \"sqlite\"\n".to_owned(), "store.file is required", "no file"),
        (
            "engine = \"postgres\"\n".to_owned(),
            "audit.keyring_file is required with [store]",
            "nothing to make pseudonyms with",
        ),
        (
            "engine = \"postgres\"\n".to_owned(),
            "store.postgres.url needs exactly one of url_file and url_env",
            "no address",
        ),
        (
            postgres.replace("url_env = \"URL\"", "url = \"postgresql://secret-canary\""),
            "store.postgres.url must not be in this file",
            "an address in the file itself",
        ),
        (
            postgres.replace("\"URL\"", "\"OTHER\""),
            "names the variable OTHER, whose value must be a URL such as",
            "not an address",
        ),
        (
            format!("file = \"gateway.sqlite\"\n{postgres}"),
            "store.file has no effect with engine = \"postgres\"",
            "two places",
        ),
        (
            postgres.replace("\"keys\"", "\"no-keys\""),
            "audit.keyring_file names a file that is no keyring: line 1: the key is not base64",
            "a keyring that is not one",
        ),
        (
            format!("{postgres}tls = \"prefer\"\n"),
            "store.postgres.tls must be verified or off",
            "neither",
        ),
        (
            format!("{postgres}ca_file = \"keys\"\n"),
            "store.postgres.ca_file names a file",
            "no certificates",
        ),
    ];
    for (lines, message, reason) in rows {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("keys", keyring), ("no-keys", "k1 !\n")] {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let example = include_str!("../../gateway.example.toml");
        let text = format!("[store]\n{lines}{example}");
        let variables = [("EMPEGO_API_KEY", "key"), URL, ("OTHER", "secret-canary")];
        let output = check(folder.path(), &text, &variables);
        let (is_good, said) = (message.is_empty(), stderr(&output));
        assert_eq!(
            output.status.code(),
            Some(if is_good { 0 } else { 64 }),
            "{reason}: {said}"
        );
        assert!(said.contains(message), "{reason}: {said}");
        assert!(!said.contains("canary"), "{reason}: {said}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn tickets_name_their_address_and_their_keys() {
    const ADDRESS: &str = "public_url = \"https://gateway.example\"";
    const TICKET: &str = "deliver = \"ticket\"";
    let rows = [
        (ADDRESS, TICKET, "", "", "complete"),
        (
            "public_url = \"http://127.0.0.1:8080\"",
            TICKET,
            "",
            "",
            "on this machine",
        ),
        ("", "deliver = \"url\"", "", "", "no ticket"),
        (
            ADDRESS,
            TICKET,
            "key_files = [\"keys\", \"more-keys\"]",
            "",
            "keys that are shared",
        ),
        (
            "",
            TICKET,
            "",
            "server.public_url is required for the tickets of host \"ehr\": write where browsers reach listen",
            "no address",
        ),
        (
            "",
            "junction_deliver = \"ticket\"",
            "",
            "server.public_url is required for the tickets of host \"ehr\"",
            "no address for the other app",
        ),
        (
            "",
            "deliver = \"tickets\"",
            "",
            "host[0].deliver must be one of url, ticket",
            "no such form",
        ),
        (
            "public_url = \"http://gateway.example\"",
            TICKET,
            "",
            "server.public_url must be https; http is for loopback only",
            "unencrypted",
        ),
        (
            "public_url = \"https://gateway.example/base\"",
            TICKET,
            "",
            "server.public_url must be an origin as browsers write it",
            "a path",
        ),
        (
            "public_url = \"https://me@gateway.example\"",
            TICKET,
            "",
            "server.public_url must be an origin as browsers write it",
            "a user name",
        ),
        (
            "",
            "",
            "key_files = []",
            "tickets.key_files must list 1 to 8 files: create one with `empego-gateway audit key new --keyring FILE`",
            "no keys",
        ),
        (
            "",
            "",
            "key_files = [\"no-keys\"]",
            "tickets.key_files[0] names a file that is no keyring: line 1: the key is not base64",
            "a keyring that is not one",
        ),
        (
            "",
            "",
            "key_files = [\"elsewhere\"]",
            "tickets.key_files[0] names a file that cannot be read",
            "a file that is not there",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let keys = [
        ("keys", "t1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("more-keys", "t2 AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("no-keys", "t1 %"),
    ];
    for (name, text) in keys {
        fs::write(folder.path().join(name), text).unwrap();
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    for (server, host, tickets, expected, reason) in rows {
        let section = if tickets.is_empty() { "" } else { "[tickets]" };
        let text = format!(
            r#"
            [server]
            {server}
            {section}
            {tickets}
            [[tenant]]
            id = "downtown"
            api_key_env = "KEY"
            [[host]]
            id = "ehr"
            tenant = "downtown"
            identity = "asserted"
            key_sha256 = "a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b858"
            {host}
            "#
        );
        let output = check(folder.path(), &text, &[("KEY", "k")]);
        let errors = stderr(&output);
        assert_eq!(output.status.success(), expected.is_empty(), "{reason}: {errors}");
        assert!(errors.contains(expected), "{reason}: {errors}");
        let is_one = errors.contains("1 error in the configuration");
        assert_eq!(is_one, !expected.is_empty(), "{reason}: {errors}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn orders_name_their_grants_their_events_and_their_secrets() {
    const SECRET: (&str, &str) = ("SECRET", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    let webhook = |endpoint: &str, secret: &str| {
        format!(
            "[[tenant.junction.webhook]]\nendpoint = \"{endpoint}\"\nteam_id = \
             \"6353bcab-3526-4838-8c92-063fa760fb6b\"\n{secret}\n"
        )
    };
    let (by_secret, by_id) = ("secret_env = \"SECRET\"", "webhook_id = \"ep_1\"");
    let events = "[host.events]\nurl = \"https://ehr.example/events\"\n";
    let kept =
        "[store]\nengine = \"sqlite\"\nfile = \"store.sqlite3\"\n[audit]\nsink = \"off\"\nkeyring_file = \"keys\"\n";
    let every =
        "junction_orders = [\"catalogue\", \"place\", \"read\", \"schedule\", \"cancel\", \"results\", \"simulate\"]\n";
    let rows = [
        (
            kept,
            webhook("one", by_secret) + &webhook("two", by_id),
            format!("{every}junction_api = true\n{events}{by_secret}\n"),
            "",
            "complete",
        ),
        (
            kept,
            String::new(),
            "junction_orders = [\"order\"]\n".to_owned(),
            "must be one of catalogue, place, read",
            "a word that is no grant",
        ),
        (
            "",
            String::new(),
            "junction_orders = [\"place\"]\n".to_owned(),
            "audit.keyring_file is required for the junction_orders of host",
            "nothing to derive keys from",
        ),
        (
            "",
            String::new(),
            format!("{events}{by_secret}\n"),
            "store is required for [host.events] of host",
            "nowhere to keep events for hosts",
        ),
        (
            "",
            webhook("one", by_secret),
            String::new(),
            "store is required for [[tenant.junction.webhook]] of tenant",
            "nowhere to keep events from Junction",
        ),
        (
            kept,
            webhook("one", ""),
            String::new(),
            "needs either secret_file (or secret_env) or webhook_id",
            "no secret of Junction's events",
        ),
        (
            kept,
            webhook("one", &format!("{by_secret}\n{by_id}")),
            String::new(),
            "needs either secret_file (or secret_env) or webhook_id",
            "two secrets of different kinds",
        ),
        (
            kept,
            webhook("one/two", by_id),
            String::new(),
            "must be 1 to 64 letters, digits, - or _",
            "an endpoint that is no end of a path",
        ),
        (
            kept,
            webhook("one", by_id) + &webhook("one", by_id),
            String::new(),
            "duplicates the endpoint of an earlier",
            "one endpoint twice",
        ),
        (
            kept,
            String::new(),
            events.to_owned(),
            "needs exactly one of secret_file and secret_env",
            "events that are not signed",
        ),
        (
            kept,
            String::new(),
            format!("{}{by_secret}\n", events.replace("https", "http")),
            "host[1].events.url",
            "events that travel unencrypted",
        ),
        (
            kept,
            String::new(),
            format!("{events}secret_env = \"CANARY\"\n"),
            "must be whsec_ followed by",
            "a secret of another form",
        ),
    ];
    for (top, tenant, host, message, reason) in rows {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        let example = include_str!("../../gateway.example.toml");
        let text = format!(
            "{top}{example}\n[[tenant]]\nid = \"clinic\"\n[tenant.junction]\norg_id = \
             \"6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90\"\nmanagement_key_env = \"EMPEGO_API_KEY\"\nintegration_slug = \
             \"my-ehr\"\nregion = \"us\"\nenvironment = \"sandbox\"\n{tenant}[[host]]\nid = \"clinic\"\ntenant = \
             \"clinic\"\nidentity = \"asserted\"\nkey_sha256 = \"{}\"\n{host}",
            "2".repeat(64)
        );
        let variables = [("EMPEGO_API_KEY", "key"), SECRET, ("CANARY", "secret-canary")];
        let output = check(folder.path(), &text, &variables);
        let (is_good, said) = (message.is_empty(), stderr(&output));
        assert_eq!(
            output.status.code(),
            Some(if is_good { 0 } else { 64 }),
            "{reason}: {said}"
        );
        assert!(said.contains(message), "{reason}: {said}");
        assert!(!said.contains("canary"), "{reason}: {said}");
    }
}

#[test]
fn syntax_errors_are_reported_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(
        folder.path(),
        "[server\nlisten = 1\n[[tenant]]\nid = \"a\nb = [1,\n",
        &[],
    );
    assert_eq!(output.status.code(), Some(64));
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn an_empty_file_says_what_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(folder.path(), "", &[]);
    assert_eq!(output.status.code(), Some(64));
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let output = binary()
        .args(["serve", "--config", "/nonexistent/gateway.toml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        stderr(&output).contains("/nonexistent/gateway.toml: cannot be read"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_example_is_good_once_its_secrets_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let example = include_str!("../../gateway.example.toml");
    let output = check(folder.path(), example, &[("EMPEGO_API_KEY", "key")]);
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));

    let output = check(folder.path(), example, &[]);
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("EMPEGO_API_KEY"), "{}", stderr(&output));
}

#[test]
fn the_example_has_every_key_of_the_audit_trail() {
    let example = include_str!("../../gateway.example.toml");
    let section = |heading: &str| {
        let (_, after) = example.split_once(&format!("#: {heading}\n")).unwrap();
        after.split("\n\n").next().unwrap()
    };
    for (heading, source) in [
        ("[audit]", include_str!("../../src/config/audit.rs")),
        ("[[audit.forward]]", include_str!("../../src/config/audit_forward.rs")),
    ] {
        let mut keys = 0;
        for reading in [".text(", ".required_text(", ".integer(", ".boolean("] {
            for after in source.split(reading).skip(1) {
                let key = after.trim_start().strip_prefix('"').unwrap().split('"').next().unwrap();
                assert!(section(heading).contains(&format!("#: {key} = ")), "{heading} {key}");
                keys += 1;
            }
        }
        assert!(keys > 4, "{heading}: {keys}");
    }
}

#[test]
fn settings_that_are_off_in_the_example_can_be_switched_on() {
    let folder = tempfile::tempdir().unwrap();
    let example = include_str!("../../gateway.example.toml");
    let switched_on: String = example
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_ne!(switched_on, example);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap().pem();
    let signing = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519)
        .unwrap()
        .serialize_pem();
    for (name, text) in [
        ("tls.crt", certificate.as_str()),
        ("tls.key", &key.serialize_pem()),
        ("clients.pem", &certificate),
        ("revoked.pem", &revocations(&[], &authority())),
        ("audit-keys", "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("ticket-keys", "t1 AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("audit-signing.pem", &signing),
        ("repository-ca.pem", &certificate),
        ("repository-client.pem", &certificate),
        ("repository-client.key", &key.serialize_pem()),
        ("database-url", "postgresql://gateway:p@db.example/gateway"),
        ("webhook-secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        ("events-secret", "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ="),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let secrets = [("EMPEGO_API_KEY", "key"), ("JUNCTION_MANAGEMENT_KEY", "key")];
    let output = check(folder.path(), &switched_on, &secrets);
    assert_eq!(stderr(&output), "");
}

#[test]
fn variables_override_scalars_and_secrets_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.key"), "  from-a-file\n").unwrap();
    fs::write(
        folder.path().join("hosts.sha256"),
        format!("{}\n{}\n", "1".repeat(64), "2".repeat(64)),
    )
    .unwrap();
    let text = "
        [server]
        listen = \"wrong, but overridden\"
        [[tenant]]
        id = \"t\"
        api_key_file = \"api.key\"
        [[host]]
        id = \"h\"
        tenant = \"t\"
        identity = \"asserted\"
        key_sha256_file = \"hosts.sha256\"
    ";
    let variables = [
        ("GATEWAY__SERVER__LISTEN", "127.0.0.1:0"),
        ("GATEWAY__LAUNCHES__TIMEOUT_MS", "3000"),
    ];
    let text = with_trail(folder.path()) + text;
    let output = check(folder.path(), &text, &variables);
    assert_eq!(stderr(&output), "");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "configuration OK (1 tenant, 1 host)\n"
    );
}

#[test]
fn a_setting_that_was_moved_is_refused_with_its_new_name() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "connect_timeout_ms",
        "timeout_ms",
        "pool_idle_timeout_ms",
        "max_in_flight",
        "max_in_flight_per_tenant",
        "queue_timeout_ms",
    ];
    for name in names {
        let text = format!("[empego]\n{name} = 100\n{}", with_lines("api_key_env = \"KEY\"", ""));
        let told = format!("empego.{name} is now launches.{name}: move it to [launches]");
        let in_file = check(folder.path(), &text, &[("KEY", "key")]);
        assert_eq!(in_file.status.code(), Some(64));
        assert!(stderr(&in_file).contains(&told), "{in_file:?}");
        let variable = format!("GATEWAY__EMPEGO__{}", name.to_uppercase());
        let text = with_lines("api_key_env = \"KEY\"", "");
        let in_environment = check(folder.path(), &text, &[("KEY", "key"), (&variable, "100")]);
        assert_eq!(in_environment.status.code(), Some(64));
        assert!(
            stderr(&in_environment).contains(&format!("{variable}: {told}")),
            "{in_environment:?}"
        );
    }
}

#[test]
fn two_hosts_may_not_share_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let host = |id: &str| {
        format!(
            "[[host]]\nid = \"{id}\"\ntenant = \"t\"\nidentity = \"asserted\"\nkey_sha256 = \"{}\"\n",
            "1".repeat(64)
        )
    };
    let text = format!(
        "[[tenant]]\nid = \"t\"\napi_key_env = \"KEY\"\n{}{}",
        host("a"),
        host("b")
    );
    let output = check(folder.path(), &text, &[("KEY", "k")]);
    assert_eq!(output.status.code(), Some(64));
    assert!(
        stderr(&output).contains("duplicates a key of an earlier host"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn no_prefix_may_begin_anothers_unless_both_are_of_the_same_people() {
    let folder = tempfile::tempdir().unwrap();
    let host = |id: &str, issuer: &str, claim: &str, prefix: &str| {
        format!(
            "[[host]]\nid = \"{id}\"\ntenant = \"t\"\nidentity = \"token\"\nuser_id_prefix = \"{prefix}\"\n\
             [host.jwt]\nissuer = \"https://{issuer}\"\naudience = \"{id}\"\nclaims = {{ user_id = \"{claim}\" }}\n"
        )
    };
    let rows = [
        (
            ("a.example", "sub", ""),
            ("b.example", "sub", ""),
            false,
            "none for either",
        ),
        (
            ("a.example", "sub", ""),
            ("b.example", "sub", "b:"),
            false,
            "the empty one begins all",
        ),
        (
            ("a.example", "sub", "a:"),
            ("b.example", "sub", ""),
            false,
            "in the other order",
        ),
        (
            ("a.example", "sub", "a"),
            ("b.example", "sub", "ab"),
            false,
            "one begins the other",
        ),
        (
            ("a.example", "sub", "ab"),
            ("b.example", "sub", "a"),
            false,
            "in the other order",
        ),
        (
            ("a.example", "sub", "a:"),
            ("b.example", "sub", "b:"),
            true,
            "neither begins the other",
        ),
        (
            ("a.example", "sub", ""),
            ("a.example", "sub", ""),
            true,
            "the same people",
        ),
        (
            ("a.example", "sub", "a:"),
            ("a.example", "sub", "a:"),
            true,
            "the same people, with a prefix",
        ),
        (
            ("a.example", "sub", ""),
            ("a.example", "sub", "a:"),
            false,
            "one issuer, and a prefix for some",
        ),
        (
            ("a.example", "sub", ""),
            ("a.example", "upn", ""),
            false,
            "one issuer, two claims",
        ),
        (
            ("a.example", "sub", "s:"),
            ("a.example", "upn", "u:"),
            true,
            "one issuer, two claims apart",
        ),
    ];
    for (first, second, is_good, reason) in rows {
        let text = format!(
            "[[tenant]]\nid = \"t\"\napi_key_env = \"KEY\"\n{}{}",
            host("first", first.0, first.1, first.2),
            host("second", second.0, second.1, second.2)
        );
        let output = check(folder.path(), &text, &[("KEY", "k")]);
        assert_eq!(output.status.success(), is_good, "{reason}: {}", stderr(&output));
        assert_eq!(
            stderr(&output).contains("user_id_prefix must not equal"),
            !is_good,
            "{reason}"
        );
    }
}

#[test]
fn settings_that_no_token_could_fulfil_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        (
            "token_types = [\"\"]",
            "token_types[0] must be a media type",
            "an empty type",
        ),
        (
            "token_types = [\"at jwt\"]",
            "token_types[0] must be a media type",
            "a type with a space",
        ),
        (
            "max_token_age_secs = 0",
            "max_token_age_secs must be a whole number from 60",
            "no age at all",
        ),
        (
            "audience_claim = \"\"",
            "audience_claim must be a claim's name",
            "a claim without a name",
        ),
        (
            "require = { azp = [] }",
            "require.azp must list at least one value",
            "no value",
        ),
        (
            "require = { azp = [\"\"] }",
            "require.azp must list at least one value",
            "an empty value",
        ),
        (
            "require = { azp = 7 }",
            "require.azp must be a list of strings",
            "a number",
        ),
        (
            "require = { scope = \"openid launch\" }",
            "require.scope must list single words",
            "two words",
        ),
        (
            "require = { \"/a//b\" = \"x\" }",
            "require./a//b must be a claim's name",
            "a pointer to nowhere",
        ),
        (
            "require_verified_email = true\nclaims = { email = \"upn\" }",
            "require_verified_email needs claims.email",
            "a flag about another claim",
        ),
    ];
    for (lines, expected, reason) in rows {
        let text = format!(
            "[[tenant]]\nid = \"t\"\napi_key_env = \"KEY\"\n[[host]]\nid = \"h\"\ntenant = \"t\"\nidentity = \"token\"\n\
             [host.jwt]\nissuer = \"https://idp.example\"\naudience = \"gateway\"\n{lines}\n"
        );
        let output = check(folder.path(), &text, &[("KEY", "k")]);
        assert_eq!(output.status.code(), Some(64), "{reason}");
        assert!(stderr(&output).contains(expected), "{reason}: {}", stderr(&output));
    }
}

#[test]
fn no_secret_shows_in_the_debug_text_of_a_configuration() {
    use std::collections::BTreeMap;

    use empego_gateway::config::{Config, Source};

    let digest = "1".repeat(64);
    let text = "
        [[tenant]]
        id = \"t\"
        api_key_env = \"KEY\"
        tenant_key = \"canary-tenant-key\"
        [[host]]
        id = \"h\"
        tenant = \"t\"
        identity = \"asserted\"
        key_sha256_env = \"DIGESTS\"
    ";
    let variables = BTreeMap::from([
        ("KEY".to_owned(), " canary-api-key\n".to_owned()),
        ("DIGESTS".to_owned(), format!("{digest}\n{}\n", "2".repeat(64))),
    ]);
    let source = Source::new("test", text.to_owned(), Path::new("").to_owned(), variables);
    let shown = format!("{:?}", Config::load(&source).unwrap());
    assert!(!shown.contains("canary") && !shown.contains(&digest), "{shown}");
    assert!(shown.contains("REDACTED"), "{shown}");
}

/// A good configuration, with more lines of the tenant and of its tables.
fn with_lines(tenant: &str, tables: &str) -> String {
    format!(
        "
        [[tenant]]
        id = \"t\"
        {tenant}
        {tables}
        [[host]]
        id = \"h\"
        tenant = \"t\"
        identity = \"asserted\"
        key_sha256 = \"{}\"
        ",
        "1".repeat(64)
    )
}

/// What `check` says against a configuration with these lines.
fn said(folder: &Path, tenant: &str, tables: &str) -> String {
    let output = check(
        folder,
        &with_lines(tenant, tables),
        &[("KEY", "key"), ("MARKED", "\u{feff}key")],
    );
    stderr(&output)
}

#[test]
fn a_mistyped_setting_gets_a_suggestion() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ("api_key_env = \"KEY\"\nend_points = []", "", "did you mean endpoints?"),
        (
            "api_key_env = \"KEY\"\nownerSession = \"deny\"",
            "",
            "did you mean owner_session?",
        ),
        (
            "api_key_env = \"KEY\"",
            "[tenant.frame]\nsandobx = \"allow-scripts\"",
            "did you mean sandbox?",
        ),
        (
            "api_key_env = \"KEY\"",
            "[servers]\nlisten = \"127.0.0.1:1\"",
            "did you mean server?",
        ),
    ];
    for (tenant, tables, hint) in rows {
        let said = said(folder.path(), tenant, tables);
        assert!(said.contains(hint), "{hint}: {said}");
    }
    let nothing_near = said(folder.path(), "api_key_env = \"KEY\"\ncolour = 1", "");
    assert!(nothing_near.contains("is not a known setting\n"), "{nothing_near}");
}

#[test]
fn settings_that_would_break_a_frame_or_an_address_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let junction = "[tenant.junction]
        org_id = \"6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90\"
        management_key_env = \"KEY\"
        integration_slug = \"my-ehr\"
        region = \"us\"
        environment = \"sandbox\"";
    let rows = [
        (
            "[tenant.frame]\nsandbox = \"allow-script allow-forms\"".to_owned(),
            "did you mean allow-scripts?",
        ),
        (
            "[tenant.frame]\nsandbox = \"allow_same_origin\"".to_owned(),
            "did you mean allow-same-origin?",
        ),
        (
            "[tenant.frame]\nsandbox = \"everything\"".to_owned(),
            "must contain only tokens that browsers know",
        ),
        (
            format!("[tenant.frame]\nreferrer_policy = \"no-referrer\"\n{junction}"),
            "strict-origin sends the origin",
        ),
        (
            format!("[tenant.frame]\nreferrer_policy = \"same-origin\"\n{junction}"),
            "strict-origin sends the origin",
        ),
        (
            "[tenant.empego]\nbase_url = \"https://api.empego.ca/empego-integrations/R4/embeddable\"".to_owned(),
            "must end before /embeddable",
        ),
        (
            "[tenant.empego]\nbase_url = \"https://api.empego.ca/R4/Embeddable/statistics/\"".to_owned(),
            "must end before /embeddable",
        ),
    ];
    for (tables, hint) in rows {
        let said = said(folder.path(), "api_key_env = \"KEY\"", &tables);
        assert!(said.contains(hint) && said.contains("1 error "), "{hint}: {said}");
    }
    let good = [
        "[tenant.frame]\nsandbox = \"allow-scripts  Allow-Same-Origin\"".to_owned(),
        "[tenant.frame]\nsandbox = \"\"".to_owned(),
        "[tenant.frame]\nreferrer_policy = \"no-referrer\"".to_owned(),
        format!("[tenant.frame]\nreferrer_policy = \"origin\"\n{junction}"),
    ];
    for tables in good {
        assert_eq!(said(folder.path(), "api_key_env = \"KEY\"", &tables), "");
    }
}

#[test]
fn a_tenants_key_may_come_from_a_file_or_a_variable() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tenant.key"), "franchise-1\n").unwrap();
    let key = |lines: &str| format!("api_key_env = \"KEY\"\n{lines}");
    for good in [
        "tenant_key = \"franchise-1\"",
        "tenant_key_file = \"tenant.key\"",
        "tenant_key_env = \"KEY\"",
    ] {
        assert_eq!(said(folder.path(), &key(good), ""), "", "{good}");
    }
    let twice = said(
        folder.path(),
        &key("tenant_key = \"secret-canary\"\ntenant_key_env = \"KEY\""),
        "",
    );
    assert!(twice.contains("must be set once"), "{twice}");
    assert!(!twice.contains("secret-canary"), "{twice}");
}

#[test]
fn a_secrets_file_that_cannot_be_meant_is_named_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, contents: &[u8]| fs::write(folder.path().join(name), contents).unwrap();
    write("marked", b"\xef\xbb\xbfsecret-canary");
    write("wide", b"\xff\xfes\0e\0");
    write("latin", b"cl\xe9");
    write("large", &vec![b'k'; 300 * 1024]);
    write("two words", b"secret canary");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::create_dir(folder.path().join("folder")).unwrap();
    let rows = [
        ("marked", "byte order mark (UTF-8)"),
        ("wide", "byte order mark (UTF-16)"),
        ("latin", "is not UTF-8"),
        ("large", "more than 256 KiB"),
        ("two words", "whose content must be 1 to 512 visible ASCII"),
        ("pipe", "other than a regular file"),
        ("folder", "other than a regular file"),
        ("/dev/zero", "other than a regular file"),
    ];
    for (file, hint) in rows {
        let said = said(folder.path(), &format!("api_key_file = \"{file}\""), "");
        // With the line of the setting that names the file.
        assert!(said.contains("gateway.toml:4: tenant[0].api_key_file"), "{said}");
        assert!(said.contains(hint), "{hint}: {said}");
        assert!(!said.contains("secret"), "{said}");
    }
    let keys = "[[host]]\nid = \"spa\"\ntenant = \"t\"\nidentity = \"token\"\n[host.jwt]\njwks_file = \"pipe\"
        issuer = \"https://idp.example\"\naudience = \"gateway\"";
    let keys = said(folder.path(), "api_key_env = \"KEY\"", keys);
    assert!(
        keys.contains("jwks_file names something other than a regular file"),
        "{keys}"
    );
    let variable = said(folder.path(), "api_key_env = \"MARKED\"", "");
    assert!(variable.contains("begins with a byte order mark"), "{variable}");
}

#[test]
fn a_configuration_may_come_through_a_pipe_and_begin_with_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("\u{feff}{}", with_lines("api_key_env = \"KEY\"", ""));
    let output = check(folder.path(), &text, &[("KEY", "key")]);
    assert_eq!(stderr(&output), "");

    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = binary();
    command.env("KEY", "key").args(["check", "--config"]).arg(&pipe);
    let checking = thread::spawn(move || command.output().unwrap());
    fs::write(&pipe, text).unwrap();
    let output = checking.join().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn where_an_issuers_keys_are_is_said_once_and_as_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        ("", "", "below the issuer"),
        (
            "discovery_url = \"https://login.example/t/.well-known/openid-configuration?appid=7\"",
            "",
            "with a query",
        ),
        (
            "discovery_url = \"http://login.example/\"",
            "host[1].jwt.discovery_url must be https; http is for loopback only",
            "in the clear",
        ),
        (
            "discovery_url = \"https://login.example/\"\njwks_url = \"https://login.example/keys\"",
            "host[1].jwt.jwks_url contradicts discovery_url: keep one of them",
            "twice",
        ),
        (
            "discovery_uri = \"https://login.example/\"",
            "did you mean discovery_url",
            "mistyped",
        ),
    ];
    for (line, expected, reason) in rows {
        let host = "[[host]]\nid = \"tokens\"\ntenant = \"t\"\nidentity = \"token\"\n[host.jwt]\n\
                    issuer = \"https://idp.example\"\naudience = \"a\"";
        let text = format!("{}\n{host}\n{line}\n", with_lines("api_key_env = \"KEY\"", ""));
        let output = check(folder.path(), &text, &[("KEY", "key")]);
        assert_eq!(output.status.success(), expected.is_empty(), "{reason}: {output:?}");
        assert!(stderr(&output).contains(expected), "{reason}: {}", stderr(&output));
    }
}

/// A token host with these lines of `[host.jwt]`.
fn token_host(id: &str, prefix: &str, jwt: &str) -> String {
    format!(
        "[[host]]\nid = \"{id}\"\ntenant = \"t\"\nidentity = \"token\"\nuser_id_prefix = \"{prefix}\"\n[host.jwt]\n{jwt}\n"
    )
}

#[test]
fn each_issuer_of_a_host_is_listed_once_with_where_its_keys_are() {
    let folder = tempfile::tempdir().unwrap();
    let two = "issuer = [\"https://a.example\", \"https://b.example\"]\naudience = \"gateway\"";
    let rows = [
        (two.to_owned(), "", "two"),
        (two.replace(", \"https://b.example\"", ""), "", "a list of one"),
        (
            format!("{two}\njwks_url = \"https://a.example/keys\""),
            "jwt.jwks_url applies to one issuer",
            "keys of which?",
        ),
        (
            format!("{two}\ndiscovery_url = \"https://a.example/d\""),
            "jwt.discovery_url applies to one issuer",
            "whose?",
        ),
        (
            format!("{two}\n[host.jwt.keys.\"https://b.example\"]\njwks_url = \"https://keys.example\""),
            "",
            "keys of the second elsewhere",
        ),
        (
            format!("{two}\n[host.jwt.keys.\"https://c.example\"]\njwks_url = \"https://keys.example\""),
            "is the table of an issuer that the issuer setting does not list",
            "keys of nobody",
        ),
        (
            format!("{two}\n[host.jwt.keys.\"https://b.example\"]\njwks_uri = \"https://keys.example\""),
            "did you mean jwks_url?",
            "mistyped",
        ),
        (
            "issuer = \"https://a.example\"\naudience = \"g\"\njwks_url = \"https://a.example/1\"\n\
             [host.jwt.keys.\"https://a.example\"]\njwks_url = \"https://a.example/2\""
                .to_owned(),
            "contradicts the issuer's own table",
            "twice",
        ),
        (
            two.replace("b.example", "a.example"),
            "jwt.issuer[1] is already listed",
            "the same twice",
        ),
        (
            "issuer = []\naudience = \"g\"".to_owned(),
            "jwt.issuer must name at least one issuer",
            "none",
        ),
        ("audience = \"g\"".to_owned(), "jwt.issuer is required", "not a word"),
        (
            two.replace("https://b", "http://b"),
            "jwt.issuer[1] must be https",
            "in the clear",
        ),
        (
            "issuer = 7\naudience = \"g\"".to_owned(),
            "jwt.issuer must be",
            "a number",
        ),
    ];
    for (jwt, expected, reason) in rows {
        let text = with_lines("api_key_env = \"KEY\"", "") + "\n" + &token_host("tokens", "", &jwt);
        let output = check(folder.path(), &text, &[("KEY", "key")]);
        assert_eq!(
            output.status.success(),
            expected.is_empty(),
            "{reason}: {}",
            stderr(&output)
        );
        assert!(stderr(&output).contains(expected), "{reason}: {}", stderr(&output));
    }
}

#[test]
fn hosts_that_share_an_issuer_differ_by_audience_and_may_share_ids() {
    let folder = tempfile::tempdir().unwrap();
    let of = |issuers: &str, audience: &str| format!("issuer = [{issuers}]\naudience = \"{audience}\"");
    let (a, b, c) = (
        "\"https://a.example\"",
        "\"https://b.example\"",
        "\"https://c.example\"",
    );
    let (ab, cb) = (format!("{a}, {b}"), format!("{c}, {b}"));
    let rows = [
        (
            (&*ab, "one", ""),
            (&*cb, "two", ""),
            "",
            "one in common, and the audience is another",
        ),
        (
            (&ab, "one", ""),
            (&cb, "one", ""),
            "jwt.audience duplicates that of an earlier host",
            "one in common, and the audience",
        ),
        (
            (a, "one", ""),
            (&ab, "one", ""),
            "jwt.audience duplicates that of an earlier host",
            "alone and in a list",
        ),
        (
            (&ab, "one", ""),
            (c, "two", ""),
            "user_id_prefix must not equal",
            "none in common",
        ),
        (
            (&ab, "one", ""),
            (c, "one", "c:"),
            "user_id_prefix must not equal",
            "the empty prefix begins all",
        ),
        ((&ab, "one", "ab:"), (c, "one", "c:"), "", "prefixes apart"),
    ];
    for (first, second, expected, reason) in rows {
        let hosts = token_host("first", first.2, &of(first.0, first.1))
            + &token_host("second", second.2, &of(second.0, second.1));
        let text = with_lines("api_key_env = \"KEY\"", "") + "\n" + &hosts;
        let output = check(folder.path(), &text, &[("KEY", "key")]);
        assert_eq!(
            output.status.success(),
            expected.is_empty(),
            "{reason}: {}",
            stderr(&output)
        );
        assert!(stderr(&output).contains(expected), "{reason}: {}", stderr(&output));
    }
}

#[test]
fn the_digest_of_a_common_word_warns_and_one_of_key_generate_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let generated = run(&["key", "generate"]);
    let generated = String::from_utf8(generated.stdout).unwrap();
    let generated = generated
        .split_whitespace()
        .find(|word| word.starts_with("egw_"))
        .unwrap();
    let rows = [
        ("", true, "nothing at all"),
        ("password\n", true, "a word by way of a shell's echo"),
        ("saphire", true, "a word that is rather far down the list"),
        ("egw_dragon", true, "a word in the likeness of a key"),
        (generated, false, "a generated key"),
    ];
    for (key, is_weak, reason) in rows {
        let host = format!(
            "[[host]]\nid = \"open\"\ntenant = \"t\"\nidentity = \"asserted\"\nkey_sha256 = \"{}\"",
            hex::encode(Sha256::digest(key))
        );
        let text = format!("{}\n{host}", with_lines("api_key_env = \"KEY\"", ""));
        let output = check(folder.path(), &text, &[("KEY", "key")]);
        assert_eq!(output.status.code(), Some(0), "{reason}: {output:?}");
        let told = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(
            told.contains("warning: host \"open\" has the digest of a key that is easy to guess"),
            is_weak,
            "{reason}: {told}"
        );
    }
}

#[test]
fn what_is_legal_and_unwise_is_warned_of_and_fails_a_strict_check() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("jwks.json"), "{}").unwrap();
    let token_host = |rate: &str| {
        format!(
            "[[host]]\nid = \"tokens\"\ntenant = \"t\"\nidentity = \"token\"\n{rate}\n[host.jwt]\n\
             issuer = \"https://idp.example\"\naudience = \"a\"\njwks_file = \"jwks.json\""
        )
    };
    let rated = token_host("[host.rate]\nper_second = 50\nburst = 100");
    let rows: [(&str, &str, &str, &str); 6] = [
        ("", "", "", "the defaults"),
        (
            "listen = \"0.0.0.0:8080\"\nbehind_proxy = true",
            "",
            "",
            "every address, as it was declared",
        ),
        (
            "admin_listen = \"[2001:db8::1]:9090\"\nbehind_proxy = true",
            "",
            "server.admin_listen is [2001:db8::1]:9090",
            "a public address",
        ),
        ("listen = \"[::1]:8080\"", "", "", "loopback of the newer kind"),
        ("", &token_host(""), "host \"tokens\" has no per_second", "no rate"),
        ("", &rated, "", "a rate"),
    ];
    for (server, host, expected, reason) in rows {
        let file = folder.path().join("gateway.toml");
        let text = format!(
            "{}[server]\n{server}\n{}\n{host}",
            with_trail(folder.path()),
            with_lines("api_key_env = \"KEY\"", "")
        );
        fs::write(&file, text).unwrap();
        let run = |more: &[&str]| {
            let mut command = binary();
            command
                .args(["check", "--config"])
                .arg(&file)
                .args(more)
                .env("KEY", "key");
            command.output().unwrap()
        };
        let lax = run(&[]);
        let out = String::from_utf8(lax.stdout.clone()).unwrap();
        assert_eq!(lax.status.code(), Some(0), "{reason}: {lax:?}");
        assert_eq!(
            out.matches("warning: ").count(),
            usize::from(!expected.is_empty()),
            "{reason}: {out}"
        );
        assert!(out.contains(expected), "{reason}: {out}");
        let strict = run(&["--strict"]);
        assert_eq!(strict.status.success(), expected.is_empty(), "{reason}: {strict:?}");
        assert!(stderr(&strict).contains(expected), "{reason}: {strict:?}");
    }
}

#[test]
fn hosts_that_are_open_to_every_client_of_their_issuer_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let host = |id: &str, issuers: &str, require: &str| {
        let jwt = format!("issuer = [{issuers}]\naudience = \"{id}\"\n{require}");
        token_host(id, "", &jwt).replace("[host.jwt]", "rate = { per_second = 5, burst = 5 }\n[host.jwt]")
    };
    let (a, b) = ("\"https://a.example\"", "\"https://b.example\"");
    let both = format!("{a}, {b}");
    let azp = "require = { azp = \"ehr\" }";
    let rows = [
        ([host("one", a, ""), String::new()], "", "one host alone"),
        (
            [host("one", a, ""), host("two", a, "")],
            "hosts \"one\", \"two\" share the issuer https://a.example",
            "two",
        ),
        (
            [host("one", a, azp), host("two", a, "")],
            "",
            "one of them names its app",
        ),
        ([host("one", a, azp), host("two", a, azp)], "", "both name their apps"),
        (
            [host("one", a, ""), host("two", &both, "")],
            "hosts \"one\", \"two\" share the issuer https://a.example",
            "one issuer in common",
        ),
    ];
    for (hosts, expected, reason) in rows {
        let text = with_trail(folder.path()) + &with_lines("api_key_env = \"KEY\"", "") + "\n" + &hosts.concat();
        let output = check(folder.path(), &text, &[("KEY", "key")]);
        let out = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(output.status.success(), "{reason}: {output:?}");
        assert_eq!(
            out.matches("warning: ").count(),
            usize::from(!expected.is_empty()),
            "{reason}: {out}"
        );
        assert!(out.contains(expected), "{reason}: {out}");
    }
}

#[test]
fn files_that_others_may_write_are_warned_of_and_fail_a_strict_check() {
    let folder = tempfile::tempdir().unwrap();
    let (file, secret) = (folder.path().join("gateway.toml"), folder.path().join("api.key"));
    let text = with_trail(folder.path()) + &with_lines("api_key_file = \"api.key\"", "");
    fs::write(&file, text).unwrap();
    fs::write(&secret, "key").unwrap();
    // The modes of both, what is warned of, and what a strict check fails on.
    let rows: [(u32, u32, &[&str], &[&str]); 5] = [
        (0o600, 0o400, &[], &[]),
        (0o644, 0o440, &[], &[]),
        (0o644, 0o644, &[], &["api.key has mode 0644"]),
        (0o644, 0o666, &["api.key has mode 0666"], &["api.key has mode 0666"]),
        (
            0o666,
            0o660,
            &["gateway.toml has mode 0666", "api.key has mode 0660"],
            &["gateway.toml has mode 0666", "api.key has mode 0660"],
        ),
    ];
    for (of_file, of_secret, warnings, failures) in rows {
        for (path, mode) in [(&file, of_file), (&secret, of_secret)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let run = |more: &[&str]| {
            let mut command = binary();
            command
                .args(["check", "--config"])
                .arg(&file)
                .args(more)
                .output()
                .unwrap()
        };
        let lax = run(&[]);
        assert_eq!((lax.status.code(), stderr(&lax).as_str()), (Some(0), ""));
        let out = String::from_utf8(lax.stdout).unwrap();
        assert_eq!(out.matches("warning: ").count(), warnings.len(), "{out}");
        assert!(warnings.iter().all(|warning| out.contains(warning)), "{out}");
        let strict = run(&["--strict"]);
        assert_eq!(strict.status.code(), Some(if failures.is_empty() { 0 } else { 64 }));
        assert!(
            failures.iter().all(|failure| stderr(&strict).contains(failure)),
            "{strict:?}"
        );
    }
}

#[test]
fn a_configuration_without_an_audit_trail_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    for lines in ["", "[audit]\nsink = \"off\"\n"] {
        let text = lines.to_owned() + &with_lines("api_key_env = \"KEY\"", "");
        let output = check(folder.path(), &text, &[("KEY", "key")]);
        assert!(output.status.success());
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.starts_with("warning: there is no audit trail, "), "{out}");
    }
}
