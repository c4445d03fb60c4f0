//! Servers that a gateway does not start with, and what it says about them.

use std::net::TcpListener;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::helpers::{Postgres, Setting};

/// The start of each message: where the database is named.
fn named_by(setting: &Setting) -> String {
    format!("{}: store.postgres.url_file ", setting.path("gateway.toml").display())
}

/// What `database check` and `serve` say, which must be the same.
fn refused(setting: &Setting) -> (i32, String) {
    let checked = setting.run_ill(&["database", "check"]);
    let served = setting.run_ill(&["serve"]);
    assert_eq!(checked, served);
    let (code, said) = checked;
    let start = named_by(setting);
    assert!(said.starts_with(&start), "{said}");
    assert!(!said.contains("canary"), "{said}");
    (code, said.trim_end().trim_start_matches(&start).to_owned())
}

#[test]
fn an_empty_database_and_tables_of_another_version_are_refused() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "");
    let (code, said) = refused(&setting);
    assert_eq!(code, 64);
    assert!(
        said.contains("without the gateway's tables: run `empego-gateway database migrate`"),
        "{said}"
    );

    let _migrated = setting.migrate(&postgres.owners_url());
    postgres.sql("insert into schema_version (version, name) values (999, 'of the future')");
    let (_, said) = refused(&setting);
    assert!(
        said.contains("of version 999") && said.contains("run a newer program"),
        "{said}"
    );
    let owners_url = setting.path("owners-url");
    let (_, said) = setting.run_ill(&["database", "migrate", "--url-file", owners_url.to_str().unwrap()]);
    assert!(said.contains("of version 999"), "{said}");

    postgres.sql("delete from schema_version where version > 1");
    let (_, said) = refused(&setting);
    assert!(said.contains("of version 1, and this program needs"), "{said}");
}

#[test]
fn a_role_without_rights_a_wrong_password_and_an_unknown_database_are_refused() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "");
    let _migrated = setting.migrate(&postgres.owners_url());
    postgres.sql("revoke delete on rate_bucket from gateway");
    let (code, said) = refused(&setting);
    assert_eq!(code, 64);
    assert!(
        said.contains("DELETE on rate_bucket") && said.contains("--grant-to"),
        "{said}"
    );

    for (from, to, why) in [
        ("canary-password", "canary-wrong", "password authentication failed"),
        ("gateway", "elsewhere", "does not exist"),
    ] {
        // The last one is the database's name.
        let url = postgres.url();
        let (head, tail) = url.rsplit_once(from).unwrap();
        setting.write_secret("url", &format!("{head}{to}{tail}"));
        let (code, said) = refused(&setting);
        assert_eq!(code, 64);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_database_that_is_away_fails_the_check_and_not_the_start() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let rows = [
        (
            "postgresql://gateway:p@127.0.0.1:1/gateway".to_owned(),
            "cannot be reached",
        ),
        (
            format!("postgresql://gateway:p@127.0.0.1:{port}/gateway"),
            "did not respond in time",
        ),
    ];
    for (url, why) in rows {
        let setting = Setting::with(&url, "");
        let (code, said) = setting.run_ill(&["database", "check"]);
        assert_eq!(code, 1);
        assert!(said.starts_with(&named_by(&setting)) && said.contains(why), "{said}");
        let mut gateway = setting.serve();
        let told = gateway.logged("the database is away");
        assert!(told.contains("store.postgres.url_file") && told.contains(why), "{told}");
        let _serves = gateway.logged("\"listening\"");
    }
}

/// A server with TLS whose certificate has this name, and the authority that signed it.
fn with_certificate(name: &str) -> (Postgres, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &authority).unwrap();
    let postgres = Postgres::start();
    let certificate = postgres.put("server.crt", &certificate.pem());
    let key = postgres.put("server.key", &key.serialize_pem());
    postgres.sql(&format!("alter system set ssl_cert_file = '{}'", certificate.display()));
    postgres.sql(&format!("alter system set ssl_key_file = '{}'", key.display()));
    postgres.sql("alter system set ssl = on");
    postgres.sql("select pg_reload_conf()");
    (postgres, authority.pem())
}

#[test]
fn a_certificate_is_trusted_by_its_authority_and_only_for_its_name() {
    let (postgres, authority) = with_certificate("127.0.0.1");
    let setting = Setting::with(
        &postgres.owners_url(),
        "tls = \"verified\"\nca_file = \"authority.pem\"",
    );
    setting.write("authority.pem", &authority);
    let _migrated = setting.run_well(&["database", "migrate"]);
    assert!(setting.run_well(&["database", "check"]).ends_with("OK\n"));

    let (other, another_authority) = with_certificate("db.example");
    setting.write("authority.pem", &another_authority);
    let (code, said) = refused(&setting);
    assert_eq!(code, 64);
    assert!(
        said.contains("certificate does not fit") && said.contains("ca_file"),
        "another authority: {said}"
    );

    setting.write_secret("url", &other.owners_url());
    let (_, said) = refused(&setting);
    assert!(said.contains("certificate does not fit"), "another name: {said}");
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_required() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "tls = \"verified\"");
    let (code, said) = refused(&setting);
    assert_eq!(code, 64);
    assert!(said.contains("does not offer TLS"), "{said}");
}

#[test]
fn a_keyring_that_others_may_read_is_refused() {
    let setting = Setting::with("postgresql://gateway@127.0.0.1/gateway", "");
    assert!(setting.run(&["check"]).status.success());
    for mode in [0o644, 0o604, 0o660] {
        setting.set_mode("keys", mode);
        let (code, said) = setting.run_ill(&["check"]);
        assert_eq!(code, 64);
        assert!(said.contains("audit.keyring_file names a file of mode"), "{said}");
    }
}
