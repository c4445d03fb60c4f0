//! A gateway on a port of its own, in front of an upstream that remembers what it received.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use actix_web::rt;
use empego_gateway::{
    app::{Application, StopSignals},
    config::{Config, Source},
};
use reqwest::{Method, redirect::Policy};
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use super::{Answer, contract};

/// The key of the test's host; its digest below.
pub(crate) const HOST_KEY: &str = "egw_test-host";
const HOST_KEY_SHA256: &str = "5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30";

/// What the upstream answers unless a test says otherwise.
pub(crate) const EMBED_URL: &str = "https://app.empego.ca/fr/embed/franchise/test/consultation/start?sessionId=1";

/// Lines to add to each part of the test's configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestConfig {
    pub(crate) server: String,
    pub(crate) launches: String,
    pub(crate) empego: String,
    pub(crate) tenant: String,
    pub(crate) tenant_tables: String,
    pub(crate) host: String,
    /// Whole tables at the end.
    pub(crate) more: String,
    /// Whether the tenant has no account at Empego.
    pub(crate) has_no_empego: bool,
}

impl TestConfig {
    /// A tenant that lets through what Empego documents.
    pub(crate) fn documented() -> Self {
        Self {
            tenant: "policy = \"documented\"\nendpoints = [\"*\"]\n".to_owned(),
            ..Self::default()
        }
    }

    /// A tenant with the default policy and every endpoint.
    pub(crate) fn strict() -> Self {
        Self {
            tenant: "endpoints = [\"*\"]\n".to_owned(),
            ..Self::default()
        }
    }

    /// A tenant with the default policy and every endpoint, and a host that may state every intent.
    pub(crate) fn strict_with_every_intent() -> Self {
        Self::strict().host("intents = [\"owner\", \"existing\", \"upsert\", \"new\", \"clone\"]")
    }

    /// A tenant that has no account at Empego.
    pub(crate) fn without_empego() -> Self {
        Self {
            has_no_empego: true,
            ..Self::default()
        }
    }

    pub(crate) fn server(mut self, lines: &str) -> Self {
        self.server.push_str(lines);
        self.server.push('\n');
        self
    }

    pub(crate) fn tenant(mut self, lines: &str) -> Self {
        self.tenant.push_str(lines);
        self.tenant.push('\n');
        self
    }

    pub(crate) fn host(mut self, lines: &str) -> Self {
        self.host.push_str(lines);
        self.host.push('\n');
        self
    }

    /// Lines of `[launches]` and `[empego]`, each of which goes where it belongs.
    pub(crate) fn empego(mut self, lines: &str) -> Self {
        for line in lines.lines() {
            let is_empegos = ["base_url", "embed_hosts"].iter().any(|key| line.starts_with(key));
            let section = if is_empegos {
                &mut self.empego
            } else {
                &mut self.launches
            };
            section.push_str(line);
            section.push('\n');
        }
        self
    }

    /// The whole file, in front of this upstream.
    pub(crate) fn text(&self, base_url: &str) -> String {
        let Self {
            server,
            launches,
            empego,
            tenant,
            tenant_tables,
            host,
            more,
            has_no_empego,
        } = self;
        let api_key = if *has_no_empego {
            ""
        } else {
            "api_key_env = \"EMPEGO_API_KEY\""
        };
        let workers = if server.contains("workers") { "" } else { "workers = 1" };
        let base_url = if empego.contains("base_url") {
            String::new()
        } else {
            format!("base_url = \"{base_url}\"")
        };
        format!(
            r#"
            [server]
            listen = "127.0.0.1:0"
            admin_listen = "127.0.0.1:0"
            {workers}
            {server}
            [log]
            format = "json"
            [launches]
            {launches}
            [empego]
            {base_url}
            {empego}
            [[tenant]]
            id = "downtown"
            {api_key}
            {tenant}
            {tenant_tables}
            [[host]]
            id = "ehr"
            tenant = "downtown"
            identity = "asserted"
            key_sha256 = "{HOST_KEY_SHA256}"
            {host}
            {more}
            "#
        )
    }
}

/// The gateway, its upstream, and a caller's client.
pub(crate) struct TestApp {
    pub(crate) address: String,
    pub(crate) admin_address: String,
    pub(crate) upstream: MockServer,
    pub(crate) client: reqwest::Client,
}

impl TestApp {
    pub(crate) async fn documented() -> Self {
        Self::with(TestConfig::documented()).await
    }

    pub(crate) async fn strict() -> Self {
        Self::with(TestConfig::strict()).await
    }

    pub(crate) async fn with(config: TestConfig) -> Self {
        let app = Self::with_silent_upstream(config).await;
        app.upstream_answers(ResponseTemplate::new(200).set_body_string(EMBED_URL))
            .await;
        app
    }

    /// For tests that say themselves what the upstream answers.
    pub(crate) async fn with_silent_upstream(config: TestConfig) -> Self {
        let upstream = MockServer::start().await;
        let text = config.text(&format!("{}/empego-integrations/R4", upstream.uri()));
        let variables = BTreeMap::from([
            ("EMPEGO_API_KEY".to_owned(), "upstream-key".to_owned()),
            ("OTHER_API_KEY".to_owned(), "other-upstream-key".to_owned()),
            ("MANAGEMENT_KEY".to_owned(), "mg_simulated".to_owned()),
        ]);
        let source = Source::new("test", text, PathBuf::new(), variables);
        let config = Config::load(&source).unwrap_or_else(|errors| panic!("{errors}"));
        let application = Application::build(&config).unwrap();
        let (address, admin_address) = (
            application.address().to_string(),
            application.admin_address().to_string(),
        );
        rt::spawn(application.run_until(StopSignals::listen().unwrap()));
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            address,
            admin_address,
            upstream,
            client,
        }
    }

    pub(crate) async fn upstream_answers(&self, answer: ResponseTemplate) {
        Mock::given(any()).respond_with(answer).mount(&self.upstream).await;
    }

    /// A native launch with the host's key.
    pub(crate) fn native(&self, tail: &str) -> Launch<'_> {
        Launch::new(self, Method::POST, &format!("/v1/embeddable/{tail}"))
            .header("authorization", format!("Bearer {HOST_KEY}"))
    }

    /// A drop-in launch with the host's key.
    pub(crate) fn drop_in(&self, tail: &str) -> Launch<'_> {
        Launch::new(self, Method::GET, &format!("/empego-integrations/R4/embeddable/{tail}"))
            .header("api-key", HOST_KEY)
    }

    /// Anything, without a key.
    pub(crate) fn request(&self, method: Method, path: &str) -> Launch<'_> {
        Launch::new(self, method, path)
    }

    /// One of the operator's pages.
    pub(crate) async fn admin(&self, path: &str) -> Answer {
        let request = self.client.get(format!("http://{}{path}", self.admin_address));
        Answer::of(request.send().await.unwrap()).await
    }

    /// A figure at the moment, by its name and labels as they are written; none if it is not there.
    pub(crate) async fn figure(&self, series: &str) -> Option<f64> {
        let page = self.admin("/metrics").await.text;
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        Some(line.parse().unwrap())
    }

    /// How often the upstream was called, those calls included that found no connection.
    pub(crate) async fn calls(&self) -> u64 {
        let page = self.admin("/metrics").await.text;
        page.lines()
            .filter(|line| line.starts_with("empego_gateway_upstream_duration_seconds_count{"))
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }

    /// What the upstream received so far.
    pub(crate) async fn received(&self) -> Vec<Request> {
        self.upstream.received_requests().await.unwrap()
    }

    /// The one request that the upstream received.
    pub(crate) async fn received_one(&self) -> Request {
        let mut received = self.received().await;
        assert_eq!(received.len(), 1, "{received:?}");
        received.remove(0)
    }

    pub(crate) async fn received_nothing(&self) {
        let received = self.received().await;
        assert!(received.is_empty(), "{received:?}");
    }
}

/// A request that is being put together.
#[derive(Clone)]
pub(crate) struct Launch<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl<'a> Launch<'a> {
    fn new(app: &'a TestApp, method: Method, path: &str) -> Self {
        Self {
            app,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self
    }

    /// A drop-in's clinician, encoded.
    pub(crate) fn user(self, clinician: &Value) -> Self {
        self.header("x-integration-user", base64(clinician.to_string()))
    }

    pub(crate) fn intent(self, intent: &str) -> Self {
        self.header("x-integration-intent", intent)
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.path = format!("{}?{query}", self.path);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it, and holds the answer against openapi.yaml.
    pub(crate) async fn send(self) -> Answer {
        let (method, path) = (self.method.clone(), self.path.clone());
        let answer = self.send_unchecked().await;
        contract::holds(&method, path.split('?').next().unwrap(), &answer);
        answer
    }

    /// Sends what openapi.yaml has no word about: a preflight.
    pub(crate) async fn send_unchecked(self) -> Answer {
        let url = format!("http://{}{}", self.app.address, self.path);
        let mut request = self.app.client.request(self.method.clone(), url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let begin = Instant::now();
        let answer = Answer::of(request.send().await.unwrap()).await;
        Answer {
            took: begin.elapsed(),
            ..answer
        }
    }
}

/// Standard, padded.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}
