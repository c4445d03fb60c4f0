//! Rates of several gateways together, and what becomes of them when the database is away.

use std::{sync::Arc, time::Instant};

use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Duration, interval},
};

use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::helpers::{Balancer, Caller, GatewayProcess, Pooler, Postgres, Relay, Setting, Upstream};

/// Tables for a database, and a configuration for gateways that share it.
fn scene(host: &str) -> (Postgres, Upstream, Setting) {
    let postgres = Postgres::start();
    let upstream = Upstream::start();
    let setting = Setting::in_front_of(&upstream.address, &postgres.url(), host);
    let _said = setting.migrate(&postgres.owners_url());
    (postgres, upstream, setting)
}

/// So many launches that no limit of its own could deny one.
const GENEROUS: &str = "[host.rate]\nper_second = 100000\nburst = 100000";

/// Long after the last launch: buckets are as if all of it had been used.
const USE_UP: &str = "update rate_bucket set tat = clock_timestamp() + interval '2 hours'";

/// Launches until the database has so many buckets. On a busy machine, a question may take too long, and is not counted then.
async fn until_buckets(postgres: &Postgres, gateway: &str, clinician: &str, count: &str) {
    let (caller, deadline) = (Caller::new(), Instant::now() + Duration::from_mins(1));
    loop {
        let (status, _) = caller.launch(gateway, clinician).await;
        assert_eq!(status, 200);
        let found = postgres.sql("select count(*) from rate_bucket");
        if found == count {
            return;
        }
        assert!(Instant::now() < deadline, "{found} buckets");
    }
}

/// Launches until the database denies one, since what it says too late is not heard; when to come back.
async fn until_denied(gateway: &str, clinician: &str) -> u64 {
    let (caller, deadline) = (Caller::new(), Instant::now() + Duration::from_mins(1));
    loop {
        // No local limit asks for as much.
        if let (429, Some(wait @ 7000..)) = caller.launch(gateway, clinician).await {
            return wait;
        }
        assert!(Instant::now() < deadline, "never denied");
    }
}

#[actix_web::test]
async fn what_one_gateway_has_used_is_used_for_the_others() {
    let (postgres, _upstream, setting) = scene(GENEROUS);
    let (mut one, mut other) = (setting.serve(), setting.serve());
    one.shares().await;
    other.shares().await;
    until_buckets(&postgres, &one.address(), "emp123", "1").await;
    postgres.sql(USE_UP);
    let wait = until_denied(&other.address(), "emp123").await;
    assert!((7100..=7200).contains(&wait), "as the bucket says: {wait}");

    let denied = other.metric("shared_limits_asked_total{outcome=\"denied\"}").await;
    assert!(denied > 0.0);
    assert_eq!(Caller::new().launch(&other.address(), "emp123").await.0, 429);
    let after = other.metric("shared_limits_asked_total{outcome=\"denied\"}").await;
    assert!(
        (after - denied).abs() < f64::EPSILON,
        "what is known to be used up is not asked about"
    );
}

#[actix_web::test]
async fn tenants_and_clinicians_have_buckets_of_their_own() {
    let lines = format!("{GENEROUS}\nclinician_per_second = 100000\nclinician_burst = 100000");
    let (postgres, _upstream, setting) = scene(&lines);
    let text = std::fs::read_to_string(setting.path("gateway.toml")).unwrap();
    let rate = GENEROUS.replace("host", "tenant");
    setting.write("gateway.toml", &text.replace("[[host]]", &format!("{rate}\n[[host]]")));
    let mut gateway = setting.serve();
    gateway.shares().await;
    // Of the host, the tenant and one clinician; and of another.
    until_buckets(&postgres, &gateway.address(), "alice-canary", "3").await;
    until_buckets(&postgres, &gateway.address(), "bob-canary", "4").await;

    let dump = postgres.dump();
    let rows = dump.split("COPY public.rate_bucket").nth(1).unwrap();
    assert!(
        rows.lines().nth(1).unwrap().starts_with("\\\\x"),
        "a dump has the buckets: {rows}"
    );
    let disk = postgres.disk();
    assert!(find(&disk, b"rate_bucket"), "the disk was read");
    for canary in ["alice-canary", "bob-canary", "Johnson"] {
        assert!(!dump.contains(canary), "{canary} in a dump");
        assert!(!find(&disk, canary.as_bytes()), "{canary} on the disk");
    }
}

fn find(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// A tenant with an organization at Junction that cannot be reached: what is counted is counted before that.
const JUNCTION: &str = r#"
[tenant.junction]
org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
management_key_file = "management-key"
integration_slug = "my-ehr"
region = "us"
environment = "sandbox"
management_url = "http://127.0.0.1:1/management"
api_url = "http://127.0.0.1:1/api"
embed_url = "http://127.0.0.1:1/ehr"
"#;

#[actix_web::test]
async fn session_continuations_are_counted_by_all_gateways() {
    let page = MockServer::start().await;
    let session = json!({
        "clinician": {"userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie@clinic.ca"},
        "team": {"integrationTeamId": "cardio"},
    });
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(session))
        .mount(&page)
        .await;
    let (postgres, _upstream, setting) = scene("");
    let text = std::fs::read_to_string(setting.path("gateway.toml")).unwrap();
    let text = text.replace("[[host]]", &format!("{JUNCTION}\n[[host]]"));
    let session = format!("session = {{ cookie = \"sid\", url = \"{}/session\" }}", page.uri());
    setting.write("gateway.toml", &format!("{text}\n{session}\n"));
    setting.write_secret("management-key", "sk_us_management");
    let (mut one, mut other) = (setting.serve(), setting.serve());
    one.shares().await;
    other.shares().await;

    let browser = Caller::new();
    let (status, page) = browser.continue_session(&one.address()).await;
    assert_eq!(status, 502, "{page}");
    assert_eq!(postgres.sql("select count(*) from rate_bucket"), "1");
    postgres.sql(USE_UP);
    let (status, page) = browser.continue_session(&other.address()).await;
    assert_eq!(status, 429, "{page}");
    assert!(page.contains("continuation_loop"), "{page}");
}

#[actix_web::test]
async fn a_silent_database_costs_three_launches_a_wait_and_no_others() {
    let (postgres, upstream, setting) = scene(GENEROUS);
    let relay = Relay::to(postgres.port);
    let silent = Setting::in_front_of(&upstream.address, &postgres.url_at(relay.port), GENEROUS);
    drop(setting);
    let mut gateway = silent.serve();
    gateway.shares().await;
    let caller = Caller::new();
    let address = gateway.address();
    assert_eq!(caller.served(&address, 5).await, 5);
    let failed = "shared_limits_asked_total{outcome=\"failed\"}";
    let before = gateway.metric(failed).await;
    relay.fall_silent();
    assert_eq!(caller.served(&address, 30).await, 30);
    let waited = gateway.metric(failed).await - before;
    // Fewer, if a question failed on a busy machine just before.
    assert!((1.0..=3.0).contains(&waited), "{waited}");
    gateway.until_metric("shared_limits_active", 0.0).await;

    // It tries again by itself, at no launch's expense.
    let _tried_once = gateway.logged("the database is away");
    assert_eq!(caller.served(&address, 30).await, 30);
    assert!((gateway.metric(failed).await - before - waited).abs() < f64::EPSILON);

    relay.speak();
    gateway.shares().await;
    postgres.sql(USE_UP);
    let _as_the_bucket_says = until_denied(&address, "emp123").await;
}

#[actix_web::test]
async fn a_killed_database_leaves_local_limits_until_it_is_back() {
    let (mut postgres, _upstream, setting) = scene("[host.rate]\nclinician_per_second = 1\nclinician_burst = 50");
    let mut gateway = setting.serve();
    gateway.shares().await;
    let caller = Caller::new();
    let address = gateway.address();
    assert_eq!(caller.served(&address, 5).await, 5);
    postgres.kill();
    let served = caller.served(&address, 100).await;
    assert!((45..100).contains(&served), "its own limit holds: {served}");
    gateway.until_metric("shared_limits_active", 0.0).await;
    postgres.resume();
    gateway.shares().await;
    until_buckets(&postgres, &address, "another", "1").await;
    postgres.sql(USE_UP);
    let _as_the_bucket_says = until_denied(&address, "another").await;
}

/// Launches by way of a balancer, 200 a second for ten seconds: how many were served, how many the limit allows for that time, and
/// how many questions came back too late, each of which may have let one more pass. On a machine so busy that several do, gateways
/// rightly go by their own limits: such a run says nothing, and is repeated.
async fn offered(postgres: &Postgres, gateways: &mut [GatewayProcess; 3]) -> (f64, f64, f64) {
    let addresses = gateways.each_mut().map(GatewayProcess::address);
    let balancer = Balancer::between(&addresses.each_ref().map(String::as_str));
    for _ in 0..6 {
        for gateway in gateways.iter_mut() {
            gateway.shares().await;
        }
        postgres.sql("truncate rate_bucket");
        let before = failed(gateways).await;
        let (served, allowed) = run(&balancer).await;
        let after = failed(gateways).await;
        let late: Vec<_> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        // Three in a row, and a gateway asks no more.
        if late.iter().all(|late| *late < 3.0) {
            return (served, allowed, late.iter().sum());
        }
    }
    panic!("the database never responded to nearly all questions in time");
}

/// How many questions of each gateway were not responded to.
async fn failed(gateways: &mut [GatewayProcess; 3]) -> [f64; 3] {
    let [one, two, three] = gateways;
    let failed = "shared_limits_asked_total{outcome=\"failed\"}";
    [
        one.metric(failed).await,
        two.metric(failed).await,
        three.metric(failed).await,
    ]
}

/// Whether so many were served as the limit allows, within a twentieth.
#[track_caller]
fn is_kept((served, allowed, late): (f64, f64, f64)) {
    let most = allowed * 1.05 + late;
    assert!(
        (allowed * 0.95..=most).contains(&served),
        "{served} of {allowed}, {late} late"
    );
}

async fn run(balancer: &Balancer) -> (f64, f64) {
    let (caller, address) = (Caller::new(), Arc::new(balancer.address.clone()));
    let began = Instant::now();
    let mut ticks = interval(Duration::from_millis(5));
    let mut launches = JoinSet::new();
    for _ in 0..2000 {
        ticks.tick().await;
        let (caller, address) = (caller.clone(), Arc::clone(&address));
        launches.spawn_local(async move { caller.served(&address, 1).await });
    }
    let took = began.elapsed().as_secs_f64();
    let served: usize = launches.join_all().await.into_iter().sum();
    (f64::from(u32::try_from(served).unwrap()), 20.0 + 10.0 * took)
}

const LIMITED: &str = "[host.rate]\nper_second = 10\nburst = 20";

#[actix_web::test]
async fn three_gateways_keep_one_limit() {
    let (postgres, _upstream, setting) = scene(LIMITED);
    let mut gateways = [setting.serve(), setting.serve(), setting.serve()];
    is_kept(offered(&postgres, &mut gateways).await);
}

#[actix_web::test]
async fn gateways_whose_clocks_differ_keep_one_limit_behind_a_pooler() {
    let (postgres, upstream, setting) = scene(LIMITED);
    let pooler = Pooler::to(&postgres);
    drop(setting);
    let setting = Setting::in_front_of(&upstream.address, &postgres.url_at(pooler.port), LIMITED);
    let mut gateways = [
        setting.serve(),
        setting.serve_with_clock("+90s"),
        setting.serve_with_clock("-90s"),
    ];
    let clocks = gateways.each_mut().map(GatewayProcess::started);
    let apart = clocks
        .iter()
        .max()
        .unwrap()
        .duration_since(*clocks.iter().min().unwrap());
    assert!(apart.as_secs() > 150, "their clocks differ: {apart}");
    is_kept(offered(&postgres, &mut gateways).await);
}

#[actix_web::test]
async fn three_gateways_without_their_database_allow_at_most_three_times_the_limit() {
    let (mut postgres, _upstream, setting) = scene(LIMITED);
    let mut gateways = [setting.serve(), setting.serve(), setting.serve()];
    is_kept(offered(&postgres, &mut gateways).await);
    let addresses = gateways.each_mut().map(GatewayProcess::address);
    let balancer = Balancer::between(&addresses.each_ref().map(String::as_str));

    postgres.kill();
    // Every launch is served or limited, and none fails for want of the database.
    let (served, allowed) = run(&balancer).await;
    assert!(
        served <= 3.0 * allowed * 1.05,
        "each by its own limit: {served} of three times {allowed}"
    );
    assert!(served > 0.0, "and never off");

    postgres.resume();
    is_kept(offered(&postgres, &mut gateways).await);
}
