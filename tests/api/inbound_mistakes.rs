//! Settings of listeners that cannot work: `check` names each before anything listens.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
};

use crate::{
    helpers::{TestConfig, binary, secure::certificate},
    inbound::{House, write_identity},
};

/// One configuration, and what is wrong with it: nothing if that is empty.
struct Row {
    server: &'static str,
    tls: &'static str,
    host: &'static str,
    expected: &'static str,
    reason: &'static str,
}

const GOOD: Row = Row {
    server: "",
    tls: OWN,
    host: "",
    expected: "",
    reason: "a certificate with its key",
};

const PLAIN: Row = Row { tls: "", ..GOOD };

const OWN: &str = "[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"";

const CLIENTS: &str = "[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"\nclient_auth = \"optional\"\n\
                       client_ca_file = \"clients.pem\"";

const OF_LISTENERS: &[Row] = &[
    GOOD,
    Row {
        server: "listen = \"0.0.0.0:0\"",
        reason: "every address, encrypted",
        ..GOOD
    },
    Row {
        server: "listen = \"0.0.0.0:0\"\nbehind_proxy = true",
        reason: "every address, behind a proxy",
        ..PLAIN
    },
    Row {
        server: "listen = \"0.0.0.0:0\"",
        expected: "server.listen is reachable from other machines",
        reason: "neither",
        ..PLAIN
    },
    Row {
        server: "admin_listen = \"[::]:0\"",
        expected: "server.admin_listen is reachable from other machines",
        reason: "the same of the operator's pages",
        ..PLAIN
    },
    Row {
        server: "caller_address = \"x-forwarded-for\"",
        expected: "server.caller_address needs trusted_proxies",
        reason: "believed of everyone",
        ..PLAIN
    },
    Row {
        server: "trusted_proxies = [\"10.0.0.0/8\"]",
        expected: "server.trusted_proxies has no effect",
        reason: "trusted in what?",
        ..PLAIN
    },
    Row {
        server: "trusted_proxies = [\"0.0.0.0/0\"]",
        expected: "must not be a network of all addresses",
        reason: "everyone trusted",
        ..PLAIN
    },
    Row {
        server: "caller_address = \"forwarded\"",
        expected: "server.caller_address must be connection, proxy-protocol or x-forwarded-for",
        reason: "another way",
        ..PLAIN
    },
];

const OF_CERTIFICATES: &[Row] = &[
    Row {
        tls: "[tls]\nkey_file = \"server.key\"",
        expected: "tls.cert_file is required",
        reason: "no certificate",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"",
        expected: "tls.key_file is required",
        reason: "no key",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"old.pem\"\nkey_file = \"old.key\"",
        expected: "tls.cert_file names a certificate that expired at 2021-12-31",
        reason: "too old",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"\nkey_file = \"other.key\"",
        expected: "tls.key_file names a file whose key is not that of the first certificate",
        reason: "the key of another one",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"\nkey_file = \"open.key\"",
        expected: "tls.key_file names a file of mode 0644",
        reason: "a key that others may read",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"empty.pem\"\nkey_file = \"server.key\"",
        expected: "tls.cert_file names a file without a certificate in PEM",
        reason: "an empty file",
        ..GOOD
    },
];

const OF_CLIENTS: &[Row] = &[
    Row {
        tls: CLIENTS,
        host: "client_certs = [\"dns:ehr.example\"]",
        reason: "a host with a certificate",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"\nclient_auth = \"always\"",
        expected: "tls.client_auth must be off, optional or required",
        reason: "an unknown word",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"\nclient_auth = \"required\"",
        expected: "tls.client_ca_file is required",
        reason: "clients of no authority",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"\nclient_ca_file = \"clients.pem\"",
        expected: "tls.client_ca_file has no effect",
        reason: "an authority for no clients",
        ..GOOD
    },
    Row {
        tls: "[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"\nclient_auth = \"optional\"\n\
              client_ca_file = \"clients.pem\"\nclient_crl_file = \"empty.pem\"",
        expected: "tls.client_crl_file names a file without a list in PEM",
        reason: "an empty list",
        ..GOOD
    },
    Row {
        host: "client_certs = [\"dns:ehr.example\"]",
        expected: "host.client_certs of host \"ehr\" needs [tls]",
        reason: "a host with a certificate, and no client is asked for one",
        ..GOOD
    },
    Row {
        host: "client_certs = [\"dns:ehr.example\"]",
        expected: "host.client_certs of host \"ehr\" needs [tls]",
        reason: "the same without TLS",
        ..PLAIN
    },
    Row {
        tls: CLIENTS,
        host: "client_certs = [\"ehr.example\"]",
        expected: "client_certs[0] must be SHA-256",
        reason: "neither form",
        ..GOOD
    },
];

#[test]
fn what_cannot_work_is_named_by_check_before_anything_listens() {
    let house = House::new();
    house.present(&house.own());
    house.write("clients.pem", &house.authority.pem());
    house.write("empty.pem", "");
    write_identity(
        house.folder.path(),
        "old",
        &certificate(&["localhost"], 2021, &house.authority),
    );
    write_identity(house.folder.path(), "other", &house.own());
    fs::copy(house.path("server.key"), house.path("open.key")).unwrap();
    fs::set_permissions(house.path("open.key"), Permissions::from_mode(0o644)).unwrap();
    for row in OF_LISTENERS.iter().chain(OF_CERTIFICATES).chain(OF_CLIENTS) {
        let (reason, expected) = (row.reason, row.expected);
        let mut config = TestConfig::strict().server(row.server).host(row.host);
        config.more = row.tls.to_owned();
        let mut text = config.text("http://127.0.0.1:1");
        for key in ["admin_listen", "listen"] {
            if row.server.starts_with(key) {
                text = text.replacen(&format!(" {key} = \"127.0.0.1:0\"\n"), "\n", 1);
            }
        }
        house.write("gateway.toml", &text);
        let mut command = binary();
        command.env("EMPEGO_API_KEY", "upstream-key");
        let check = command.args(["check", "--config"]).arg(house.path("gateway.toml"));
        let output = check.output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        if expected.is_empty() {
            assert!(output.status.success(), "{reason}: {errors}");
        } else {
            assert_eq!(output.status.code(), Some(64), "{reason}: {errors}");
            assert!(errors.contains(expected), "{reason}: {errors}");
        }
    }
}
