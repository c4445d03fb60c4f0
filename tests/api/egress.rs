//! The way out: every request to https goes through the house's proxy, by `CONNECT`, or directly where `no_proxy` says so; a
//! private authority is trusted where `ca_file` names it; and whatever fails names the setting.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use actix_web::rt::task::spawn_blocking;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::helpers::{
    EMBED_URL, HOST_KEY, Running, TestConfig, alice, base64, binary,
    issuer::{SigningKey, now},
    junction::elodie,
    peer::{Peer, answer},
    secure::{Authority, ForwardProxy, Secure, authority, certificate},
};

const NAMES: [&str; 6] = [
    "api.empego.test",
    "management.junction.test",
    "us.junction.test",
    "idp.test",
    "ehr.test",
    "localhost",
];

/// A gateway whose every upstream is on https, by a name that no resolver knows.
struct House {
    folder: TempDir,
    outside: Secure,
    key: SigningKey,
}

impl House {
    fn new() -> (Self, Authority) {
        let authority = authority();
        let key = SigningKey::ed25519("k1");
        let keys = json!({"keys": [key.public()]}).to_string();
        let discovery = json!({"issuer": "https://idp.test", "jwks_uri": "https://idp.test/jwks"}).to_string();
        let outside = Secure::start(certificate(&NAMES, 2099, &authority), move |head| {
            let is_at = |name: &str| head.contains(&format!("host: {name}"));
            if is_at("idp.test") && head.starts_with("get /jwks ") {
                (200, keys.clone())
            } else if is_at("idp.test") {
                (200, discovery.clone())
            } else if is_at("api.empego.test") || is_at("localhost") {
                (200, EMBED_URL.to_owned())
            } else if is_at("ehr.test") {
                (200, json!({"userId": "emp123"}).to_string())
            } else {
                (500, String::new())
            }
        });
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("house.pem"), authority.pem()).unwrap();
        fs::write(folder.path().join("proxy.secret"), "Aladdin:open-sesame\n").unwrap();
        let house = Self { folder, outside, key };
        (house, authority)
    }

    fn config(&self, egress: &str, base_url: &str) -> std::path::PathBuf {
        let mut config = TestConfig::strict().empego(&format!("base_url = \"{base_url}\""));
        config = config.host("session = { cookie = \"sid\", url = \"https://ehr.test/session\" }");
        config.tenant_tables.push_str(
            r#"
            [tenant.junction]
            org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
            management_key_env = "MANAGEMENT_KEY"
            integration_slug = "my-ehr"
            region = "us"
            environment = "sandbox"
            management_url = "https://management.junction.test"
            api_url = "https://us.junction.test"
            team = { integration_team_id = "cardio" }
        "#,
        );
        config.more = format!(
            r#"
            [[host]]
            id = "spa"
            tenant = "downtown"
            identity = "token"
            [host.jwt]
            issuer = "https://idp.test"
            audience = "gateway"
            [egress]
            {egress}
            "#
        );
        let file = self.folder.path().join("gateway.toml");
        fs::write(&file, config.text("")).unwrap();
        file
    }

    /// The binary, with an environment whose proxies must not be used.
    fn command(&self, unused: &Peer) -> Command {
        let mut command = binary();
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
            command.env(name, format!("http://{}", unused.address));
        }
        command
            .env("EMPEGO_API_KEY", "upstream-key")
            .env("MANAGEMENT_KEY", "mg_key");
        command.current_dir(self.folder.path());
        command
    }

    fn serve(&self, egress: &str, base_url: &str, unused: &Peer) -> Gateway {
        let file = self.config(egress, base_url);
        let mut process = Running::start(self.command(unused).args(["serve", "--config"]).arg(file));
        let address = process.address();
        Gateway { process, address }
    }

    fn token(&self) -> String {
        let claims = json!({"iss": "https://idp.test", "aud": "gateway", "sub": "42", "exp": now() + 300,
            "given_name": "Alice"});
        self.key.sign(&self.key.header(), &claims)
    }
}

struct Gateway {
    process: Running,
    address: String,
}

impl Gateway {
    async fn post(&self, path: &str, credential: &str, body: &Value) -> u16 {
        let request = client().post(format!("http://{}{path}", self.address));
        let request = request
            .bearer_auth(credential)
            .header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        answer.status().as_u16()
    }

    async fn launch(&self) -> u16 {
        let body = json!({"clinician": alice()});
        self.post("/v1/embeddable/statistics", HOST_KEY, &body).await
    }
}

fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn unused() -> Peer {
    Peer::start(|_, connection| answer(connection, "200 OK", "", ""))
}

#[actix_web::test]
async fn every_client_uses_only_the_proxy_of_the_settings() {
    let (house, _) = House::new();
    let (proxy, unused) = (ForwardProxy::to(house.outside.address), unused());
    let egress = format!(
        "proxy = \"{}\"\nproxy_credentials_file = \"proxy.secret\"\nca_file = \"house.pem\"",
        proxy.url()
    );
    let gateway = house.serve(&egress, "https://api.empego.test", &unused);
    assert_eq!(gateway.launch().await, 200, "Empego");
    let token = house.token();
    let refused = gateway.post("/v1/embeddable/statistics", &token, &json!({})).await;
    assert_eq!(refused, 400, "a bare id: its token was verified with the issuer's keys");
    let junction = elodie();
    gateway.post("/v1/junction/launch", HOST_KEY, &junction).await;
    let url = format!(
        "http://{}/junction/session-continuation?integration_member_id=emp123&integration_team_id=cardio\
         &modality=feature_embed&feature=order_creation&environment=sandbox",
        gateway.address
    );
    client().get(url).header("cookie", "sid=value").send().await.unwrap();
    assert_eq!(
        proxy.targets(),
        [
            "connect api.empego.test:443 http/1.1",
            "connect ehr.test:443 http/1.1",
            "connect idp.test:443 http/1.1",
            "connect management.junction.test:443 http/1.1",
        ]
    );
    let authorization = format!("proxy-authorization: basic {}", base64("Aladdin:open-sesame")).to_lowercase();
    for head in proxy.heads() {
        assert!(head.contains(&authorization), "{head}");
        for secret in ["upstream-key", "mg_key", "sid=value", HOST_KEY] {
            assert!(!head.contains(secret), "{head}");
        }
    }
    assert_eq!(unused.connections(), 0);
    let (status, log) = gateway.process.stop();
    assert!(status.success());
    assert!(
        !log.contains("open-sesame") && !log.contains(&base64("Aladdin:open-sesame")),
        "{log}"
    );
}

#[actix_web::test]
async fn no_proxy_names_and_unencrypted_local_urls_are_reached_directly() {
    let (house, _) = House::new();
    let (proxy, unused) = (ForwardProxy::to(house.outside.address), unused());
    let here = Peer::start(|_, connection| answer(connection, "200 OK", "", EMBED_URL));
    let port = house.outside.address.port();
    let rows = [
        (
            format!("https://localhost:{port}"),
            "no_proxy = [\"localhost\"]",
            true,
            "by its name",
        ),
        (
            format!("https://localhost:{port}"),
            "no_proxy = [\"idp.test\"]",
            false,
            "by another's name",
        ),
        (format!("http://{}", here.address), "", true, "in the clear"),
    ];
    for (base_url, no_proxy, is_direct, reason) in rows {
        let before = proxy.heads().len();
        let egress = format!("proxy = \"{}\"\nca_file = \"house.pem\"\n{no_proxy}", proxy.url());
        let gateway = house.serve(&egress, &base_url, &unused);
        assert_eq!(gateway.launch().await, 200, "{reason}");
        let to_empego = |head: &String| head.contains("localhost") || head.contains("127.0.0.1");
        let through = proxy.heads().iter().skip(before).filter(|head| to_empego(head)).count();
        assert_eq!(through == 0, is_direct, "{reason}: {:?}", proxy.heads());
        assert!(gateway.process.stop().0.success());
    }
}

#[actix_web::test]
async fn a_way_out_that_is_shut_names_what_is_in_the_way() {
    let (house, _) = House::new();
    let unused = unused();
    let outside = house.outside.address;
    let refusing = ForwardProxy::start(|_| Err(407));
    let closing = ForwardProxy::start(|_| Err(503));
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let leading = ForwardProxy::to(outside);
    let ca = "ca_file = \"house.pem\"";
    let rows = [
        (
            format!("proxy = \"{}\"\n{ca}", refusing.url()),
            "proxy",
            "asks for credentials",
        ),
        (
            format!("proxy = \"{}\"\n{ca}", closing.url()),
            "proxy",
            "does not lead there",
        ),
        (format!("proxy = \"http://{gone}\"\n{ca}"), "proxy", "is gone"),
        (
            format!("proxy = \"{}\"", leading.url()),
            "tls",
            "an authority that is not named",
        ),
    ];
    for (egress, cause, reason) in rows {
        let mut gateway = house.serve(&egress, "https://api.empego.test", &unused);
        assert_eq!(gateway.launch().await, 502, "{reason}");
        let line = gateway.process.logged("\"attempt\"").pop().unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["cause"], cause, "{reason}: {line}");
        assert!(gateway.process.stop().0.success());
    }
    assert_eq!(
        house.outside.received(),
        0,
        "nothing was sent to anybody who was not trusted"
    );
}

/// What `check` says of a configuration with these lines of `[egress]`.
fn check(folder: &Path, egress: &str, variables: &[(&str, &str)]) -> Output {
    let mut config = TestConfig::strict().empego("base_url = \"https://api.empego.test/R4\"");
    config.more = format!(
        r#"
        [[host]]
        id = "spa"
        tenant = "downtown"
        identity = "token"
        rate = {{ clinician_per_second = 5, clinician_burst = 5 }}
        [host.jwt]
        issuer = "https://idp.test/realm"
        audience = "gateway"
        [egress]
        {egress}
        "#
    );
    fs::write(folder.join("gateway.toml"), config.text("")).unwrap();
    let mut command = binary();
    command.current_dir(folder).envs(variables.iter().copied());
    command
        .env("EMPEGO_API_KEY", "key")
        .args(["check", "--config", "gateway.toml"]);
    command.output().unwrap()
}

#[test]
fn check_tells_which_way_leads_where_and_whom_it_trusts() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("house.pem"), authority().pem()).unwrap();
    let both = authority().pem() + &authority().pem();
    fs::write(folder.path().join("houses.pem"), format!("\u{feff}# ours\n{both}")).unwrap();
    let rows = [
        ("", &[][..], "nothing"),
        (
            "proxy = \"http://proxy.test:3128\"\nno_proxy = [\"idp.test\"]",
            &[
                "egress: tenant \"downtown\": Empego at https://api.empego.test: through the proxy http://proxy.test:3128, \
                 trusting this machine's authorities",
                "egress: host \"spa\": the issuer's discovery document at https://idp.test: direct, because of no_proxy, trusting \
                 this machine's authorities",
            ],
            "a proxy",
        ),
        (
            "ca_file = \"house.pem\"",
            &[
                "egress: tenant \"downtown\": Empego at https://api.empego.test: direct, trusting this machine's authorities \
                 and the one in ca_file",
                "egress: host \"spa\": the issuer's discovery document at https://idp.test: direct, trusting this machine's \
                 authorities and the one in ca_file",
            ],
            "an authority",
        ),
        (
            "ca_file = \"houses.pem\"\nproxy = \"https://proxy.test\"",
            &[
                "egress: tenant \"downtown\": Empego at https://api.empego.test: through the proxy https://proxy.test, \
                 trusting this machine's authorities and the 2 in ca_file",
                "egress: host \"spa\": the issuer's discovery document at https://idp.test: through the proxy \
                 https://proxy.test, trusting this machine's authorities and the 2 in ca_file",
            ],
            "both",
        ),
    ];
    for (egress, expected, reason) in rows {
        let output = check(folder.path(), egress, &[]);
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(output.status.success(), "{reason}: {output:?}");
        let ways: Vec<_> = said.lines().filter(|line| line.starts_with("egress: ")).collect();
        assert_eq!(ways, expected, "{reason}");
    }
}

#[test]
fn proxy_errors_name_their_setting_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.pem"), "").unwrap();
    let broken = authority().pem().replacen("MII", "AAA", 1);
    fs::write(folder.path().join("broken.pem"), broken).unwrap();
    fs::write(folder.path().join("canary"), "canary").unwrap();
    let proxy = "proxy = \"http://proxy.test:3128\"";
    let rows = [
        (
            "proxy = \"http://canary:canary@proxy.test\"".to_owned(),
            "egress.proxy must not carry a user name or password",
        ),
        (
            "proxy = \"http://canary:canary@proxy.test\"".to_owned(),
            "proxy_credentials_file",
        ),
        ("proxy = \"proxy.test:3128\"".to_owned(), "egress.proxy must be a URL"),
        (
            "proxy = \"socks5://proxy.test\"".to_owned(),
            "egress.proxy must be http or https",
        ),
        (
            format!("{proxy}\nno_proxy = \"idp.test\""),
            "egress.no_proxy must be a list",
        ),
        (
            format!("{proxy}\nno_proxy = [\"https://idp.test\"]"),
            "egress.no_proxy[0] must be a host name",
        ),
        (
            format!("{proxy}\nno_proxy = [\"idp.test:443\"]"),
            "egress.no_proxy[0] must be a host name",
        ),
        (
            format!("{proxy}\nno_proxy = [\"*\"]"),
            "egress.no_proxy[0] must not be *",
        ),
        (
            "no_proxy = [\"idp.test\"]".to_owned(),
            "egress.no_proxy has no effect without proxy",
        ),
        (
            "proxy_credentials_file = \"canary\"".to_owned(),
            "egress.proxy_credentials_file has no effect without proxy",
        ),
        (
            format!("{proxy}\nproxy_credentials = \"canary:canary\""),
            "egress.proxy_credentials must not be in this file",
        ),
        (
            format!("{proxy}\nproxy_credentials_file = \"canary\""),
            "must be a user name and a password with a colon",
        ),
        (
            "ca_file = \"missing.pem\"".to_owned(),
            "egress.ca_file names a file that cannot be read",
        ),
        (
            "ca_file = \".\"".to_owned(),
            "egress.ca_file names something other than a regular file",
        ),
        (
            "ca_file = \"empty.pem\"".to_owned(),
            "egress.ca_file names a file without a certificate in PEM",
        ),
        (
            "ca_file = \"broken.pem\"".to_owned(),
            "egress.ca_file names a file whose certificate no. 1 cannot be read",
        ),
        ("ca_flie = \"a.pem\"".to_owned(), "did you mean ca_file?"),
    ];
    for (egress, expected) in rows {
        let output = check(folder.path(), &egress, &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{egress}: {said}");
        assert!(said.contains(expected), "{egress}: {said}");
        assert!(
            !said.contains("canary:") && !said.contains("\"canary"),
            "{egress}: {said}"
        );
    }
    let by_variable = check(folder.path(), "", &[("GATEWAY__EGRESS__PROXY", "http://proxy.test")]);
    let said = String::from_utf8(by_variable.stderr).unwrap();
    assert!(said.contains("GATEWAY__EGRESS__PROXY: overrides nothing"), "{said}");
}

#[actix_web::test]
async fn a_changed_way_out_waits_for_a_restart_and_says_so() {
    let (house, house_pem) = House::new();
    let (proxy, unused) = (ForwardProxy::to(house.outside.address), unused());
    let egress = format!("proxy = \"{}\"\nca_file = \"house.pem\"", proxy.url());
    let rows: [(&str, fn(&House, &str)); 2] = [
        ("another proxy", |house, egress| {
            house.config(
                &format!("{egress}\nno_proxy = [\"empego.test\"]"),
                "https://api.empego.test",
            );
        }),
        ("another authority", |house, _| {
            fs::write(house.folder.path().join("house.pem"), authority().pem()).unwrap();
        }),
    ];
    for (reason, change) in rows {
        let mut gateway = house.serve(&egress, "https://api.empego.test", &unused);
        change(&house, &egress);
        let log = spawn_blocking(move || {
            let log = gateway.process.logged("not reloaded");
            (gateway, log)
        });
        let (gateway, log) = log.await.unwrap();
        let line = log.last().unwrap();
        assert!(
            line.contains("[egress]") && line.contains("restart"),
            "{reason}: {line}"
        );
        assert_eq!(gateway.launch().await, 200, "{reason}: the old way is still the way");
        assert!(gateway.process.stop().0.success());
        fs::write(house.folder.path().join("house.pem"), house_pem.pem()).unwrap();
    }
}

#[actix_web::test]
async fn a_conformance_run_takes_the_same_way_by_its_arguments() {
    let (house, _) = House::new();
    let (proxy, unused) = (ForwardProxy::to(house.outside.address), unused());
    let proxy_url = proxy.url();
    let mut command = house.command(&unused);
    command.env("KEY", "egw_key").env("PROXY", "Aladdin:open-sesame");
    command.args([
        "conformance",
        "--target",
        "https://api.empego.test",
        "--key-env",
        "KEY",
        "--proxy",
        &proxy_url,
    ]);
    command.args(["--proxy-credentials-env", "PROXY", "--ca-file", "house.pem"]);
    let output = spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(proxy.targets(), ["connect api.empego.test:443 http/1.1"], "{output:?}");
    assert!(house.outside.received() > 0, "{output:?}");
    assert_eq!(unused.connections(), 0);
    let rows = [
        ("--proxy", "http://canary:canary@proxy.test", "--proxy-credentials-env"),
        ("--ca-file", "missing.pem", "--ca-file missing.pem"),
    ];
    for (flag, value, expected) in rows {
        let mut command = house.command(&unused);
        command.env("KEY", "egw_key");
        command.args([
            "conformance",
            "--target",
            "https://api.empego.test",
            "--key-env",
            "KEY",
            flag,
            value,
        ]);
        let output = spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}
