//! Provokes every error code, and a success, against the running binary, with telltale values in every
//! place that takes one.

use std::{
    fmt::Write as _,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
    time::Duration,
};

use actix_web::rt::{task::spawn_blocking, time::sleep};
use domain::code::Code;
use reqwest::{Method, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, query_param},
};

use super::{
    Answer, Running, TestSimulator, base64, binary,
    defects::{PANICS, binary_with_defects},
    issuer::{Issuer, unsigned},
    junction_scenario, orders_scenario,
    peer::{black_hole, deaf},
    raw,
    store::StoreFolder,
};

/// Stands in every value of a person, a patient or an upstream. Its accents tell encodings apart.
pub(crate) const CANARY: &str = "cänäry7f3a";
/// Stands in keys, where accents cannot.
pub(crate) const KEY_CANARY: &str = "canary-key-9d1c";

/// Stands in Junction's ids of patients and orders.
pub(crate) const ID_CANARY: &str = "ca9a2417-7f3a-4d1c-9d1c-ca9a24177f3a";

/// Where browsers would reach the gateway.
const PUBLIC_URL: &str = "https://gateway.example";

/// What came of one attempt.
pub(crate) struct Outcome {
    /// The code that was provoked; none for a launch that went well, and for an explanation.
    pub(crate) code: Option<Code>,
    pub(crate) is_explanation: bool,
    pub(crate) request_id: String,
    pub(crate) answer: Option<Answer>,
}

impl Outcome {
    /// Its word in the log and the figures.
    pub(crate) fn word(&self) -> &'static str {
        match self.code {
            Some(code) => code.as_str(),
            None if self.is_explanation => "explained",
            None => "ok",
        }
    }
}

/// Everything that happened.
pub(crate) struct Played {
    pub(crate) outcomes: Vec<Outcome>,
    /// Whatever the process wrote after it listened.
    pub(crate) log: String,
    /// What it showed of itself in the end: figures, and whether it is ready.
    pub(crate) figures: String,
    /// The folder of its audit trail.
    pub(crate) trail: TempDir,
    /// The tickets that it issued, opened or not.
    pub(crate) tickets: Vec<String>,
}

/// The tenants of the scenario; each has one host, whose key carries its name.
pub(crate) const TENANTS: [&str; 7] = [
    "main",
    "strict",
    "nobody",
    "full",
    "stuck",
    PANICS,
    orders_scenario::TENANT,
];

pub(super) struct Stage {
    gateway: String,
    pub(super) client: reqwest::Client,
    attempts: usize,
    outcomes: Vec<Outcome>,
}

/// Where the trail would go to, if anything responded there.
fn silent_repository(listener: &TcpListener) -> String {
    let address = listener.local_addr().unwrap();
    format!("[[audit.forward]]\nurl = \"http://{address}/fhir\"\n")
}

/// Plays it with the gateway as it is. It has no known defect, so nothing provokes `internal`.
pub(crate) async fn play() -> Played {
    played(binary(), false).await
}

/// Plays it with a gateway that panics on request, and has this defect besides.
pub(crate) async fn play_with_a_panic(defect: Option<&'static str>) -> Played {
    let binary = spawn_blocking(binary_with_defects).await.unwrap();
    let mut command = Command::new(binary);
    command.env_clear().env("DEFECT", defect.unwrap_or_default());
    played(command, true).await
}

async fn played(mut command: Command, panics: bool) -> Played {
    let upstream = upstream().await;
    let junction = junction_scenario::junction().await;
    let orders = TestSimulator::start_rejecting();
    let issuer = Issuer::start().await;
    let stuck = TcpListener::bind("127.0.0.1:0").unwrap();
    let (full, _waiting) = black_hole();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let store = StoreFolder::new();
    let trail = tempfile::tempdir().unwrap();
    let repository = TcpListener::bind("127.0.0.1:0").unwrap();
    let events = MockServer::start().await;
    let accepted = ResponseTemplate::new(204);
    Mock::given(any()).respond_with(accepted).mount(&events).await;
    std::fs::write(
        &file,
        config(
            &upstream.uri(),
            &junction.uri(),
            &orders,
            &events.uri(),
            stuck.local_addr().unwrap(),
            full,
        ) + &token_host(&issuer)
            + ORPHAN
            + &store.table_with_trail(&trail.path().join("trail"))
            + &silent_repository(&repository),
    )
    .unwrap();
    command
        .env("KEY", KEY_CANARY)
        .env("MANAGEMENT", "mg_simulated")
        .env("WEBHOOK_SECRET", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
        .env("RUST_LOG", "trace")
        .args(["serve", "--config"])
        .arg(&file);
    let mut running = Running::start(&mut command);

    let (gateway, admin) = running.addresses();
    let mut stage = Stage {
        gateway,
        client: reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap(),
        attempts: 0,
        outcomes: Vec::new(),
    };
    stage.play_header_faults().await;
    stage.play_callers_faults().await;
    stage.play_policy().await;
    stage.play_upstream().await;
    let tickets = stage.play_tickets().await;
    stage.play_tokens(&issuer).await;
    stage.play_overload(stuck).await;
    stage.play_memory(&store).await;
    stage.play_junction(&issuer).await;
    stage.play_orders(&orders).await;
    if panics {
        let native = stage.native(PANICS, "consultation/view", &launch(&clinician(), "upsert"));
        stage.send(Some(Code::Internal), native).await;
    }
    stage.play_broken_trail(&trail.path().join("trail"), &admin).await;
    let mut figures = String::new();
    for page in ["metrics", "readyz", "livez"] {
        let page = stage.client.get(format!("http://{admin}/{page}")).send().await.unwrap();
        figures.push_str(&page.text().await.unwrap());
    }
    let outcomes = stage.outcomes;
    let (status, log) = spawn_blocking(|| running.stop()).await.unwrap();
    assert!(status.success(), "{log}");
    Played {
        outcomes,
        log,
        figures,
        trail,
        tickets,
    }
}

impl Stage {
    /// The trail's folder is away for a while, and then there again.
    async fn play_broken_trail(&mut self, trail: &Path, admin: &str) {
        let away = trail.with_extension("away");
        std::fs::rename(trail, &away).unwrap();
        for _ in 0..2 {
            let native = self.native("main", "consultation/view", &launch(&clinician(), "upsert"));
            self.send(Some(Code::AuditUnavailable), native).await;
        }
        let ready = async || {
            let page = self.client.get(format!("http://{admin}/readyz")).send().await.unwrap();
            (page.status().as_u16(), page.text().await.unwrap())
        };
        let (status, why) = ready().await;
        assert_eq!(status, 503);
        assert!(
            why.starts_with("not ready: the audit trail cannot be written: "),
            "{why}"
        );
        std::fs::rename(&away, trail).unwrap();
        // It is tried again each second.
        while ready().await.0 != 200 {
            sleep(Duration::from_millis(20)).await;
        }
        let mut body = launch(&clinician(), "upsert");
        body["params"] = json!({"want": "ok"});
        let native = self.native("main", "consultation/view", &body);
        self.send(None, native).await;
    }

    async fn play_header_faults(&mut self) {
        use Code::{HeaderNotBase64, HeaderNotJson, HeaderNotUtf8, HeaderRepeated, HeaderSchema, HeaderTooLarge};
        let rows: Vec<(Code, Vec<String>)> = vec![
            (HeaderRepeated, vec![base64(clinician().to_string()); 2]),
            (HeaderTooLarge, vec![base64(CANARY.repeat(400))]),
            (HeaderNotBase64, vec![format!("{KEY_CANARY}!")]),
            (HeaderNotUtf8, vec![base64([CANARY.as_bytes(), b"\xff"].concat())]),
            (HeaderNotJson, vec![base64(CANARY)]),
            (
                HeaderSchema,
                vec![base64(json!({CANARY: CANARY, "email": CANARY}).to_string())],
            ),
        ];
        for (code, headers) in rows {
            let mut request = self.drop_in("main", "consultation/dashboard");
            for header in headers {
                request = request.header("x-integration-user", header);
            }
            self.send(Some(code), request).await;
        }
    }

    async fn play_callers_faults(&mut self) {
        let tail = format!("consultation/view?{}", pair(CANARY, CANARY));
        let native = self.native("main", &tail, &json!({CANARY: CANARY, "clinician": {CANARY: CANARY}}));
        self.send(Some(Code::InvalidRequest), native).await;
        let native = self.native("main", "consultation/view", &json!({"patientKey": CANARY}));
        self.send(Some(Code::IdentityRequired), native).await;
        let native = self.native("main", "consultation/view", &launch(&json!({"userId": CANARY}), "new"));
        self.send(Some(Code::UserFieldsMissing), native).await;
        let native = self.native("main", "consultation/view", &launch(&clinician(), "clone"));
        self.send(Some(Code::IntentConflict), native).await;
        let native = self.native("main", "consultation/view", &launch(&clinician(), "upsert"));
        self.send(
            Some(Code::ReservedHeader),
            native.header("x-management-key", KEY_CANARY),
        )
        .await;
        let native = self.native("main", "consultation/view", &launch(&clinician(), "upsert"));
        self.send(
            Some(Code::OriginDenied),
            native.header("origin", format!("https://{KEY_CANARY}.test")),
        )
        .await;

        let unknown = self
            .client
            .get(self.url("/v1/embeddable/consultation/view?x="))
            .header("api-key", KEY_CANARY);
        self.send(Some(Code::MethodNotAllowed), unknown).await;
        let unknown = self
            .client
            .get(self.url(&format!("/nowhere?{KEY_CANARY}={KEY_CANARY}")));
        self.send(Some(Code::NotFound), unknown).await;
        let stranger = self
            .client
            .post(self.url("/v1/embeddable/statistics"))
            .bearer_auth(KEY_CANARY);
        self.send(Some(Code::HostUnauthenticated), stranger.body(CANARY)).await;

        let body = self
            .client
            .post(self.url("/v1/embeddable/consultation/view"))
            .bearer_auth(key("main"))
            .body(CANARY);
        self.send(Some(Code::UnsupportedMediaType), body).await;
        let large = json!({"patientKey": CANARY.repeat(2000)});
        let body = self.native("main", "consultation/view", &large);
        self.send(Some(Code::PayloadTooLarge), body).await;

        let slow = format!(
            "POST /v1/embeddable/consultation/view HTTP/1.1\r\nhost: x\r\napi-key: {}\r\ncontent-type: application/json\r\n\
             content-length: 100\r\n",
            key("main")
        );
        self.send_raw(Code::RequestTimeout, &slow, CANARY).await;
        let absolute = format!("GET http://{KEY_CANARY}.test/?{KEY_CANARY} HTTP/1.1\r\nhost: x\r\n");
        self.send_raw(Code::BadTarget, &absolute, "").await;
    }

    async fn play_policy(&mut self) {
        let native = self.native("main", "statistics", &launch(&clinician(), "upsert"));
        self.send(Some(Code::EndpointDenied), native).await;
        let native = self.native("strict", "consultation/view", &launch(&clinician(), "existing"));
        self.send(Some(Code::IntentDenied), native).await;
        let bare = json!({"userId": CANARY});
        let native = self.native(
            "strict",
            "consultation/view",
            &json!({"clinician": bare, "patientKey": CANARY}),
        );
        self.send(Some(Code::IntentRequired), native).await;
        let native = self.native("strict", "consultation/view", &launch(&bare, "clone"));
        self.send(Some(Code::OwnerCloneDenied), native).await;
        let tail = format!("consultation/view?{}", pair("patientKey", CANARY));
        let drop_in = self.drop_in("strict", &tail);
        self.send(Some(Code::OwnerSessionDenied), drop_in).await;
        let question = self
            .client
            .post(self.url("/v1/explain/consultation/view"))
            .bearer_auth(key("strict"))
            .header("content-type", "application/json")
            .body(launch(&clinician(), "upsert").to_string());
        self.send(None, question).await;
    }

    async fn play_tokens(&mut self, issuer: &Issuer) {
        let mut claims = issuer.claims();
        claims["sub"] = CANARY.into();
        claims["given_name"] = CANARY.into();
        let mut patient = claims.clone();
        patient["patient"] = CANARY.into();
        let mut unusable = patient.clone();
        unusable["family_name"] = 7.into();
        let rows = [
            (Code::ClinicianNotAccepted, &patient, json!({"clinician": clinician()})),
            (Code::PatientDenied, &claims, json!({"patientKey": CANARY})),
            (Code::ClaimUnusable, &unusable, json!({"patientKey": CANARY})),
        ];
        for (code, claims, body) in rows {
            let native = self.with_token("consultation/view", &issuer.token(claims), &body);
            self.send(Some(code), native).await;
        }
        let claims = json!({"iss": "http://127.0.0.1:9", "aud": KEY_CANARY, "sub": CANARY, "exp": 1});
        let orphan = unsigned(&json!({"alg": "ES256"}), &claims.to_string(), CANARY.as_bytes());
        let native = self.with_token("consultation/view", &orphan, &json!({}));
        self.send(Some(Code::IdentityProviderUnavailable), native).await;
        // The clinician's allowance is one launch a second.
        loop {
            let body = json!({"params": {"want": "ok"}});
            let (id, native) = self.with_id(self.with_token("consultation/view", &issuer.token(&patient), &body));
            let answer = Answer::of(native.send().await.unwrap()).await;
            let is_limited = answer.status == 429;
            self.keep(is_limited.then_some(Code::RateLimited), id, answer);
            if is_limited {
                return;
            }
        }
    }

    fn with_token(&self, tail: &str, token: &str, body: &Value) -> RequestBuilder {
        let request = self
            .client
            .post(self.url(&format!("/v1/embeddable/{tail}")))
            .bearer_auth(token);
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    async fn play_upstream(&mut self) {
        let wanted = [
            None,
            Some(Code::UpstreamHeaderRejected),
            Some(Code::UpstreamUserFieldsMissing),
            Some(Code::UpstreamAuthenticationFailed),
            Some(Code::UpstreamRejected),
            Some(Code::UpstreamError),
            Some(Code::UpstreamBadBody),
            Some(Code::UpstreamBadUrl),
            Some(Code::UpstreamBusy),
        ];
        for code in wanted {
            let mut body = launch(&clinician(), "upsert");
            body["params"] = json!({"want": code.map_or("ok", Code::as_str), "accessKey": CANARY});
            let native = self.native("main", "consultation/view", &body);
            self.send(
                code,
                native.header("cookie", KEY_CANARY).header("user-agent", KEY_CANARY),
            )
            .await;
        }
        for (tenant, code) in [
            ("nobody", Code::UpstreamUnreachable),
            ("full", Code::UpstreamConnectTimeout),
        ] {
            let native = self.native(tenant, "consultation/view", &launch(&clinician(), "upsert"));
            self.send(Some(code), native).await;
        }
        // Failure after failure, until the tenant's launches are paused.
        loop {
            let native = self.native("nobody", "consultation/view", &launch(&clinician(), "upsert"));
            let (id, native) = self.with_id(native);
            let answer = Answer::of(native.send().await.unwrap()).await;
            let is_paused = answer.code() == Code::UpstreamCircuitOpen.as_str();
            let code = if is_paused {
                Code::UpstreamCircuitOpen
            } else {
                Code::UpstreamUnreachable
            };
            self.keep(Some(code), id, answer);
            if is_paused {
                return;
            }
        }
    }

    /// Tickets that are opened, opened again and not opened.
    async fn play_tickets(&mut self) -> Vec<String> {
        let mut paths = Vec::new();
        for _ in 0..2 {
            let mut body = launch(&clinician(), "upsert");
            body["params"] = json!({"want": "ok"});
            let native = self.native("main", "consultation/view", &body);
            self.send(None, native).await;
            let answer = self
                .outcomes
                .last()
                .and_then(|outcome| outcome.answer.as_ref())
                .unwrap();
            let url = answer.json()["url"].as_str().unwrap().to_owned();
            paths.push(url.strip_prefix(PUBLIC_URL).unwrap().to_owned());
        }
        for code in [None, Some(Code::TicketSpent)] {
            let frame = self.client.get(self.url(&paths[0])).header("accept", "text/html");
            self.send(code, frame).await;
        }
        for (name, value) in [("sec-fetch-dest", "image"), ("sec-purpose", "prefetch")] {
            let frame = self.client.get(self.url(&paths[1])).header(name, value);
            self.send(Some(Code::OriginDenied), frame.header("accept", "application/json"))
                .await;
        }
        let ticket = |path: String| path.strip_prefix("/frame/").unwrap().to_owned();
        paths.into_iter().map(ticket).collect()
    }

    /// A user whom the gateway has never seen, and one it cannot look up.
    async fn play_memory(&mut self, store: &StoreFolder) {
        let unseen = json!({"userId": format!("{CANARY}-unseen")});
        for code in [Code::UserUnknown, Code::StoreUnavailable] {
            let native = self.native("main", "consultation/view", &launch(&unseen, "upsert"));
            self.send(Some(code), native).await;
            store.break_known_users();
        }
    }

    /// One launch holds the tenant's only seat until the upstream's time is up; another comes meanwhile.
    async fn play_overload(&mut self, stuck: TcpListener) {
        let (id, first) = self.with_id(self.native("stuck", "consultation/view", &launch(&clinician(), "upsert")));
        let first = actix_web::rt::spawn(first.send());
        let _held = spawn_blocking(move || stuck.accept().unwrap().0).await.unwrap();
        let second = self.native("stuck", "consultation/view", &launch(&clinician(), "upsert"));
        self.send(Some(Code::Overloaded), second).await;
        let answer = Answer::of(first.await.unwrap().unwrap()).await;
        self.keep(Some(Code::UpstreamTimeout), id, answer);
    }

    pub(super) async fn send(&mut self, code: Option<Code>, request: RequestBuilder) {
        let (id, request) = self.with_id(request);
        let answer = Answer::of(request.send().await.unwrap()).await;
        self.keep(code, id, answer);
    }

    pub(super) fn keep(&mut self, code: Option<Code>, request_id: String, answer: Answer) {
        match code {
            Some(code) if answer.text.starts_with('{') => assert_eq!(answer.code(), code.as_str(), "{answer:?}"),
            Some(code) => assert!(
                answer.text.contains(&format!("<code>{}</code>", code.as_str())),
                "{answer:?}"
            ),
            None => assert!(matches!(answer.status, 200 | 201 | 303 | 307), "{answer:?}"),
        }
        self.outcomes.push(Outcome {
            code,
            is_explanation: answer.status == 200 && answer.text.contains("\"outcome\""),
            request_id,
            answer: Some(answer),
        });
    }

    async fn send_raw(&mut self, code: Code, head: &str, body: &str) {
        let request_id = self.next_id();
        let answer = raw(
            &self.gateway,
            &format!("{head}x-request-id: {request_id}\r\n\r\n{body}"),
        )
        .await;
        assert!(answer.contains(&format!("\"code\":\"{}\"", code.as_str())), "{answer}");
        self.outcomes.push(Outcome {
            code: Some(code),
            is_explanation: false,
            request_id,
            answer: None,
        });
    }

    pub(super) fn with_id(&mut self, request: RequestBuilder) -> (String, RequestBuilder) {
        let id = self.next_id();
        (id.clone(), request.header("x-request-id", id))
    }

    fn next_id(&mut self) -> String {
        self.attempts += 1;
        format!("00000000-0000-4000-8000-{:012}", self.attempts)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.gateway)
    }

    fn native(&self, tenant: &str, tail: &str, body: &Value) -> RequestBuilder {
        let request = self
            .client
            .request(Method::POST, self.url(&format!("/v1/embeddable/{tail}")));
        let request = request
            .bearer_auth(key(tenant))
            .header("content-type", "application/json");
        request.body(body.to_string())
    }

    fn drop_in(&self, tenant: &str, tail: &str) -> RequestBuilder {
        let url = self.url(&format!("/empego-integrations/R4/embeddable/{tail}"));
        self.client.get(url).header("api-key", key(tenant))
    }
}

fn pair(name: &str, value: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .finish()
}

pub(super) fn key(tenant: &str) -> String {
    format!("egw_{KEY_CANARY}-{tenant}")
}

pub(super) fn clinician() -> Value {
    json!({
        "userId": CANARY, "firstName": CANARY, "lastName": CANARY, "email": format!("{KEY_CANARY}@clinic.ca"),
        "licenseNumber": CANARY, "preferredLanguage": "FR",
    })
}

fn launch(clinician: &Value, intent: &str) -> Value {
    json!({"clinician": clinician, "intent": intent, "patientKey": CANARY})
}

/// Answers as the parameter `want` says.
async fn upstream() -> MockServer {
    let server = MockServer::start().await;
    let error = |status: u16, message: &str| ResponseTemplate::new(status).set_body_json(json!({"message": message}));
    let answers = [
        (
            "ok",
            ResponseTemplate::new(200).set_body_string(format!("https://app.empego.ca/x?sessionId={KEY_CANARY}")),
        ),
        (
            "upstream_header_rejected",
            error(400, "Invalid x-integration-user header format"),
        ),
        (
            "upstream_user_fields_missing",
            error(400, "User creation failed - missing required fields"),
        ),
        ("upstream_authentication_failed", error(401, CANARY)),
        ("upstream_rejected", error(404, CANARY)),
        ("upstream_error", error(500, CANARY)),
        (
            "upstream_bad_body",
            ResponseTemplate::new(200).set_body_string(format!("<p>{CANARY}")),
        ),
        (
            "upstream_bad_url",
            ResponseTemplate::new(200).set_body_string(format!("https://{KEY_CANARY}.test/")),
        ),
        ("upstream_busy", error(503, CANARY)),
    ];
    for (want, answer) in answers {
        Mock::given(query_param("want", want))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    server
}

/// A token host of the tenant `main`, bound to patients, with one launch a second for each clinician.
/// A token host whose issuer is not there.
const ORPHAN: &str = r#"
    [[host]]
    id = "strict-spa"
    tenant = "strict"
    identity = "token"
    [host.jwt]
    issuer = "http://127.0.0.1:9"
    audience = "canary-key-9d1c"
"#;

fn token_host(issuer: &Issuer) -> String {
    let host = issuer.host(
        "main-spa",
        "gateway",
        "bound_params = [\"want\"]\n[host.rate]\nclinician_per_second = 1\nclinician_burst = 1",
    );
    let host = host.replace("tenant = \"downtown\"", "tenant = \"main\"");
    let host = host.replace(
        "identity = \"token\"",
        "identity = \"token\"\nsession = { cookie = \"sid\" }",
    );
    host.replace(
        "[host.jwt.claims]",
        "[host.jwt.claims]\npatient_key = \"patient\"\nintegration_team_id = \"team\"",
    )
}

fn config(
    upstream: &str,
    junction: &str,
    orders: &TestSimulator,
    events: &str,
    stuck: SocketAddr,
    full: SocketAddr,
) -> String {
    let nobody = deaf();
    let mut config = String::from(
        r#"
        [server]
        listen = "127.0.0.1:0"
        admin_listen = "127.0.0.1:0"
        public_url = "https://gateway.example"
        client_head_timeout_ms = 60000
        client_body_timeout_ms = 100
        [log]
        level = "trace"
        format = "json"
        [launches]
        connect_timeout_ms = 300
        timeout_ms = 1000
        max_in_flight_per_tenant = 1
        queue_timeout_ms = 0
        "#,
    );
    for tenant in TENANTS {
        let base_url = match tenant {
            "nobody" => format!("http://{nobody}"),
            "full" => format!("http://{full}"),
            "stuck" => format!("http://{stuck}"),
            _ => upstream.to_owned(),
        };
        let junction = match tenant {
            "main" | "strict" => junction_scenario::table(junction),
            "nobody" | "full" => junction_scenario::table(&base_url),
            orders_scenario::TENANT => orders_scenario::junction(orders),
            _ => String::new(),
        };
        let policy = if tenant == "strict" { "strict" } else { "documented" };
        let existing_users = if tenant == "main" { "seen" } else { "vouched" };
        let digest = hex::encode(Sha256::digest(key(tenant)));
        let _written = write!(
            config,
            r#"
            [[tenant]]
            id = "{tenant}"
            api_key_env = "KEY"
            tenant_key = "{KEY_CANARY}"
            policy = "{policy}"
            existing_users = "{existing_users}"
            endpoints = ["consultation/*"]
            [tenant.empego]
            base_url = "{base_url}"
            {junction}
            [[host]]
            id = "{tenant}-ehr"
            tenant = "{tenant}"
            identity = "asserted"
            key_sha256 = "{digest}"
            intents = ["owner", "upsert", "new", "clone"]
            explain = {}
            {}
            "#,
            tenant == "strict",
            match tenant {
                orders_scenario::TENANT => orders_scenario::host(events),
                "main" => "deliver = \"ticket\"".to_owned(),
                _ => String::new(),
            },
        );
    }
    config
}
