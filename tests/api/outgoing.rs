//! Every client that sends requests, held to the same rules over real sockets: no redirect is followed, no proxy of the
//! environment is used, no referrer is sent, no compression is requested, no body is read beyond its bound, and nothing
//! leaves this machine unencrypted. The library's own client breaks each, which shows that these tests would notice.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{
    embed_url::EmbedHost,
    empego::{BaseUrl, Endpoint, Plan, Seen, parse_native, plan},
    junction::{Environment, JunctionId, Region},
    native_body::Native,
};
use empego_gateway::{
    cli::conformance::sender,
    config::{Config, Source},
    identity::{Cookies, Fetcher, SessionClient, SessionEndpoint},
    tls::trusting_this_machine,
    upstream::{
        empego::{self, EmpegoClient},
        junction::{self, Addresses, Call, CallContext, JunctionClient},
        wire::{HeaderMap, Method, Settings},
    },
};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use serde_json::json;
use url::Url;

use crate::helpers::{
    EMBED_URL, TestConfig, alice,
    junction::{MEMBER, TEAM},
    peer::{Peer, Then, answer, say},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// More than a client may read, and than any socket holds.
const FLOOD: usize = 32 * 1024 * 1024;

/// One client: a header that it sends, an answer that it can use, and what asks for one below an address.
struct Client {
    name: &'static str,
    sends: &'static str,
    good: String,
    ask: fn(String) -> LocalBoxFuture<'static, Result<(), String>>,
}

/// The five that there are.
fn clients() -> [Client; 5] {
    let member = json!({"id": MEMBER, "integration_member_id": "m", "team_role_bindings": []});
    [
        Client {
            name: "Empego's",
            sends: "user-agent: empego-gateway/",
            good: EMBED_URL.to_owned(),
            ask: |base| from_empego(base).boxed_local(),
        },
        Client {
            name: "Junction's",
            sends: "user-agent: empego-gateway/",
            good: member.to_string(),
            ask: |base| from_junction(base).boxed_local(),
        },
        Client {
            name: "the issuer's",
            sends: "user-agent: empego-gateway/",
            good: json!({"keys": []}).to_string(),
            ask: |base| from_an_issuer(base).boxed_local(),
        },
        Client {
            name: "the host's session endpoint's",
            sends: "user-agent: empego-gateway/",
            good: json!({"userId": "u"}).to_string(),
            ask: |base| from_a_session_endpoint(base).boxed_local(),
        },
        Client {
            name: "the conformance run's",
            sends: "user-agent: empego-gateway-conformance/",
            good: "{}".to_owned(),
            ask: |base| from_a_conformance_run(base).boxed_local(),
        },
    ]
}

/// A client without our configuration.
fn the_librarys_own() -> Client {
    Client {
        name: "the library's own",
        sends: "accept: */*",
        good: String::new(),
        ask: |base| {
            async move {
                let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
                let response = client.get(base).send().await.map_err(shown)?;
                let response = response.error_for_status().map_err(shown)?;
                response.bytes().await.map(drop).map_err(shown)
            }
            .boxed_local()
        },
    }
}

fn shown(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn settings() -> Settings {
    Settings {
        connect_timeout: Some(PATIENCE),
        pool_idle_timeout: Some(PATIENCE),
        ..Settings::default()
    }
}

/// What a launch comes to that has nothing special about it.
fn any_plan() -> Plan {
    let text = TestConfig::strict().text("https://api.example");
    let variables = BTreeMap::from([("EMPEGO_API_KEY".to_owned(), "upstream-key".to_owned())]);
    let config = Config::load(&Source::new("test", text, PathBuf::new(), variables)).unwrap();
    let rules = &config.tenants[0].empego.as_ref().unwrap().rules;
    let body = json!({"clinician": alice()}).to_string();
    let native = Native {
        body: body.as_bytes(),
        ..Native::default()
    };
    let launch = parse_native(native, Endpoint::Statistics, rules, None).unwrap();
    plan(launch, rules, &config.hosts[0].empego, Seen::NotAsked).unwrap()
}

async fn from_empego(base: String) -> Result<(), String> {
    let base_url = BaseUrl::parse(&base)?;
    let hosts = EmbedHost::parse("app.empego.ca").into_iter().collect();
    let account = empego::Account::new(base_url, &"upstream-key".into(), None, hosts).unwrap();
    let client = EmpegoClient::new(settings(), trusting_this_machine().unwrap()).unwrap();
    let minted = client.mint(&account, &any_plan(), None, PATIENCE).await;
    minted.map(drop).map_err(shown)
}

async fn from_junction(base: String) -> Result<(), String> {
    let base: Url = base.parse().unwrap();
    let addresses = Addresses {
        management: base.clone(),
        team: base,
    };
    let [org, member] = [TEAM, MEMBER].map(|id| JunctionId::parse(id).unwrap());
    let key = "mg_simulated".into();
    let account = junction::Account::new(
        org,
        &key,
        addresses,
        Region::UnitedStates,
        Environment::Sandbox,
        Vec::new(),
    )
    .unwrap();
    let client = JunctionClient::new(settings(), trusting_this_machine().unwrap()).unwrap();
    let context = CallContext {
        token: None,
        trace: None,
        within: PATIENCE,
    };
    let made = client.make(&account, &Call::get_member(member), context).await;
    made.map(drop).map_err(shown)
}

fn fetcher() -> Fetcher {
    Fetcher::new(trusting_this_machine().unwrap()).unwrap()
}

async fn from_an_issuer(base: String) -> Result<(), String> {
    let document = fetcher().get(base.parse().unwrap()).await;
    document.map(drop).map_err(shown)
}

async fn from_a_session_endpoint(base: String) -> Result<(), String> {
    let endpoint = SessionEndpoint::at(base.parse().unwrap(), Vec::new());
    let client = SessionClient::new(PATIENCE, trusting_this_machine().unwrap().into()).unwrap();
    let question = endpoint.question("s", &Cookies::read(&[b"s=v"])).unwrap();
    let session = endpoint.ask(&client, &question, [127, 0, 0, 1].into()).await;
    session.unwrap().map(drop).ok_or_else(|| "no session".to_owned())
}

async fn from_a_conformance_run(base: String) -> Result<(), String> {
    let send = sender(PATIENCE, trusting_this_machine().unwrap()).unwrap();
    let request = conformance::Request {
        method: Method::GET,
        url: base.parse().unwrap(),
        headers: HeaderMap::new(),
        body: None,
    };
    let answer = send(request).await?;
    match (answer.status, answer.body) {
        (200, Some(_)) => Ok(()),
        (status, body) => Err(format!("{status} {}", body.is_some())),
    }
}

/// The rules that a client breaks; and it must understand an answer that is as it should be.
async fn broken_by(client: &Client) -> BTreeSet<&'static str> {
    let mut broken = BTreeSet::new();
    let mut note = |is_broken: bool, rule| {
        if is_broken {
            broken.insert(rule);
        }
    };
    let at = |address: SocketAddr| format!("http://{address}/");

    let body = client.good.clone();
    let good = Peer::start(move |_, connection| answer(connection, "200 OK", "", &body));
    assert_eq!((client.ask)(at(good.address)).await, Ok(()), "{}", client.name);
    let heads = good.heads();
    assert_eq!(heads.len(), 1, "{}", client.name);
    assert!(heads[0].contains(client.sends), "{}", heads[0]);
    note(!heads[0].contains("accept-encoding: identity\r\n"), "coding");

    let landed = Peer::start(move |_, connection| answer(connection, "200 OK", "", ""));
    let location = format!("location: {}\r\n", at(landed.address));
    let redirecting = Peer::start(move |_, connection| answer(connection, "302 Found", &location, ""));
    let outcome = (client.ask)(at(redirecting.address)).await;
    assert_eq!(redirecting.received(), 1, "{}", client.name);
    note(landed.connections() > 0 || outcome.is_ok(), "redirect");
    let mut heads = redirecting.heads().into_iter().chain(landed.heads());
    note(heads.any(|head| head.contains("referer:")), "referer");

    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    let flooding = Peer::start(move |_, connection| {
        say(
            connection,
            &format!("HTTP/1.1 200 OK\r\ncontent-length: {FLOOD}\r\n\r\n"),
        );
        let chunk = " ".repeat(64 * 1024);
        while counted.load(Ordering::SeqCst) < FLOOD && say(connection, &chunk) {
            counted.fetch_add(chunk.len(), Ordering::SeqCst);
        }
        Then::Close
    });
    let outcome = (client.ask)(at(flooding.address)).await;
    note(outcome.is_ok() || written.load(Ordering::SeqCst) == FLOOD, "bound");

    // This machine too, by an address that is not of the loopback range.
    let in_the_clear = Peer::start(move |_, connection| answer(connection, "200 OK", "", ""));
    let port = in_the_clear.address.port();
    let outcome = (client.ask)(format!("http://0.0.0.0:{port}/")).await;
    note(in_the_clear.connections() > 0 || outcome.is_ok(), "in the clear");
    broken
}

#[actix_web::test]
async fn every_client_keeps_the_rules() {
    for client in clients() {
        assert_eq!(broken_by(&client).await, BTreeSet::new(), "{}", client.name);
    }
}

#[actix_web::test]
async fn an_unconfigured_client_breaks_the_rules() {
    let all = BTreeSet::from(["redirect", "referer", "coding", "bound", "in the clear"]);
    assert_eq!(broken_by(&the_librarys_own()).await, all);
}

/// Runs one of the tests above in a process whose environment names this proxy for everything.
fn behind(proxy: SocketAddr, test: &str) -> Output {
    let module = module_path!().split_once("::").unwrap().1;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env_clear();
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env(name, format!("http://{proxy}"));
    }
    command
        .args(["--exact", &format!("{module}::{test}")])
        .output()
        .unwrap()
}

#[test]
fn no_client_uses_a_proxy_of_the_environment() {
    let proxy = Peer::start(|_, connection| answer(connection, "200 OK", "", ""));
    let output = behind(proxy.address, "every_client_keeps_the_rules");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!(proxy.connections(), 0);

    // Whatever comes of it: it asked the proxy.
    behind(proxy.address, "an_unconfigured_client_breaks_the_rules");
    assert!(proxy.connections() > 0);
}
