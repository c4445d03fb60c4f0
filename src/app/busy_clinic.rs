//! What a clinic finds that is busy for longer than anything is remembered: a whole gateway in front of the stand-in for
//! Junction, with a clock that the tests move on.

use std::{collections::BTreeMap, path::PathBuf, rc::Rc, sync::Arc, time::Duration};

use actix_web::rt::task::yield_now;
use arc_swap::ArcSwap;
use domain::{
    clinician::UserId,
    junction::{IntegrationTeamId, JunctionId, TeamRef, parse},
    native_body::Native,
};
use serde_json::{Value, json};
use simulator::{JunctionSettings, Partial, Scene, Settings, Simulator, Started};
use tokio::time;

use super::{Common, FAILED_AUTH, assembly, egress};
use crate::{
    config::{Config, Source},
    directory::{Caller, Directory, Memory},
    gateway::{Gateway, LaunchContext, OrderKeeping, Progress, Tickets},
    identity::Fetcher,
    resilience::{Admission, RateLimits},
};

const TEAM: &str = "11111111-1111-4111-8111-111111111111";
const MEMBER: &str = "33333333-3333-4333-8333-333333333333";
const PATIENT: &str = "44444444-4444-4444-8444-444444444444";
const ORDER: &str = "55555555-5555-4555-8555-555555555555";

/// More than half of the time for which ids and tokens are remembered, and less than all of it.
const A_WHILE: Duration = Duration::from_mins(6);

struct Clinic {
    gateway: Arc<Gateway>,
    caller: Caller,
    address: String,
    client: reqwest::Client,
    _junction: Started,
}

impl Clinic {
    /// Everyone is known at Junction, and nothing is remembered.
    fn open() -> Self {
        let junction = Simulator::build(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            api_keys: Vec::new(),
            partial: Partial::Reject,
            junction: JunctionSettings::default(),
        })
        .unwrap();
        let address = junction.address.to_string();
        let scene = Scene {
            junction: Some(json!({
                "teams": [{"id": TEAM, "name": "Cardiology", "integration_team_id": "cardio"}],
                "members": [member(&json!([{"team_id": TEAM}]))],
                "users": [{"user_id": PATIENT, "team_id": TEAM, "client_user_id": "patient123"}],
                "orders": [{"id": ORDER, "user_id": PATIENT, "team_id": TEAM}],
            })),
            ..Scene::default()
        };
        junction.set(scene).unwrap();
        let (gateway, caller) = gateway(&address);
        Self {
            gateway: Arc::new(gateway),
            caller,
            address,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _junction: junction.start(),
        }
    }

    /// Opens the order, and waits until everything that this has set off is over. How often Junction was called for it.
    async fn launch(&self) -> u32 {
        let progress = Rc::new(Progress::default());
        self.launch_with(&progress).await;
        while self.gateway.admission.in_flight() > 0 {
            yield_now().await;
        }
        progress.calls()
    }

    async fn launch_with(&self, progress: &Rc<Progress>) {
        let body = json!({
            "clinician": {"userId": "emp123"}, "team": {"integrationTeamId": "cardio"},
            "feature": format!("order:{ORDER}"), "modality": "feature_embed",
        });
        let body = body.to_string();
        let request = Native {
            body: body.as_bytes(),
            ..Native::default()
        };
        let launch = parse(request, None).unwrap();
        let context = LaunchContext::default();
        let launched = self
            .gateway
            .launch_junction(&self.caller, launch, context, progress)
            .await;
        launched.unwrap();
    }

    async fn control(&self, method: reqwest::Method, page: &str, body: &Value) -> Value {
        let url = format!("http://{}/__sim/{page}", self.address);
        let request = self
            .client
            .request(method, url)
            .header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default()
    }

    async fn fault(&self, call: &str, status: u16, body: &Value) {
        let call = format!("junction/{call}");
        let fault = json!({"endpoint": call, "status": status, "body": body.to_string(), "count": 9});
        self.control(reqwest::Method::PUT, "faults", &fault).await;
    }

    /// The calls that arrived since so many, in alphabetical order.
    async fn calls_since(&self, earlier: usize) -> Vec<String> {
        let journal = self
            .control(reqwest::Method::GET, "junction/journal", &Value::Null)
            .await;
        let calls = journal.as_array().unwrap().iter().skip(earlier);
        let mut calls: Vec<_> = calls
            .map(|call| call["operation"].as_str().unwrap().to_owned())
            .collect();
        calls.sort_unstable();
        calls
    }

    async fn calls_so_far(&self) -> usize {
        self.calls_since(0).await.len()
    }

    fn memory(&self) -> &Memory {
        &self.caller.junction().unwrap().memory
    }

    fn remembers_member(&self) -> bool {
        let user_id = UserId::parse("emp123".to_owned()).unwrap();
        self.memory()
            .known
            .member(&user_id, JunctionId::parse(TEAM).unwrap())
            .is_some()
    }
}

fn member(bindings: &Value) -> Value {
    json!({
        "id": MEMBER, "integration_member_id": "emp123", "name": "Élodie Côté", "email": "elodie@clinic.ca",
        "team_role_bindings": bindings,
    })
}

/// A gateway in front of this, and its host.
fn gateway(junction: &str) -> (Gateway, Caller) {
    let org_id = JunctionSettings::default().org_id;
    let text = format!(
        r#"
        [launches]
        max_in_flight_per_tenant = 8
        [[tenant]]
        id = "downtown"
        [tenant.junction]
        org_id = "{org_id}"
        management_key_env = "KEY"
        integration_slug = "my-ehr"
        region = "us"
        environment = "sandbox"
        management_url = "http://{junction}/junction/management"
        api_url = "http://{junction}/junction/api"
        embed_url = "http://{junction}/junction/ehr"
        features = ["order:*"]
        modalities = ["feature_embed"]
        [[host]]
        id = "ehr"
        tenant = "downtown"
        identity = "asserted"
        key_sha256 = "53be869d38fe3906c19c04c4e2758259a9eeed838be4502a16dd0b153c7ca3b4"
        "#
    );
    let variables = BTreeMap::from([("KEY".to_owned(), "mg_simulated".to_owned())]);
    let config = Config::load(&Source::new("test", text, PathBuf::new(), variables)).unwrap();
    let egress = egress::way_out(&config.egress).unwrap();
    let fetcher = Fetcher::new(egress.clone()).unwrap();
    let directory = assembly::directory(&config, &fetcher, &Directory::default(), None).unwrap();
    let caller = directory.caller_by_id("ehr", None).unwrap();
    let common = Common {
        directory: Arc::new(ArcSwap::from_pointee(directory)),
        admission: Admission::new(config.launches.max_in_flight, config.launches.queue_timeout),
        guesses: Arc::default(),
        failed_auth: Arc::new(RateLimits::new(FAILED_AUTH)),
        shared_limits: None,
        metrics: Arc::default(),
        audit: None,
        known_clinicians: None,
        orders: OrderKeeping::default(),
        tickets: Arc::new(Tickets::new(None, Vec::new())),
    };
    (common.gateway(&config.launches, &egress).unwrap(), caller)
}

/// Moves the clock on. It runs by itself before and after, as connections need it.
async fn pass(a_while: Duration) {
    time::pause();
    time::advance(a_while).await;
    time::resume();
}

const LOOKED_UP: [&str; 3] = ["create_api_access_token", "resolve_member", "resolve_team"];

#[actix_web::test]
async fn a_busy_clinic_never_waits_for_what_it_knew() {
    let clinic = Clinic::open();
    assert_eq!(clinic.launch().await, 5, "nothing is remembered");
    assert_eq!(clinic.launch().await, 2, "and nothing is half forgotten");
    for _ in 0..4 {
        pass(A_WHILE).await;
        let earlier = clinic.calls_so_far().await;
        assert_eq!(
            clinic.launch().await,
            2,
            "what is looked up again is no call of the launch"
        );
        let calls = clinic.calls_since(earlier).await;
        let [token, member, team] = LOOKED_UP;
        assert_eq!(calls, [token, "create_dashboard_url", "get_order", member, team]);
    }
}

#[actix_web::test]
async fn what_nobody_uses_is_forgotten() {
    let clinic = Clinic::open();
    clinic.launch().await;
    pass(A_WHILE * 2).await;
    assert_eq!(clinic.launch().await, 5);
}

#[actix_web::test]
async fn launches_at_once_have_each_thing_looked_up_once() {
    let clinic = Clinic::open();
    clinic.launch().await;
    pass(A_WHILE).await;
    let earlier = clinic.calls_so_far().await;
    futures_util::future::join_all((0..6).map(|_| clinic.launch())).await;
    let mut calls = clinic.calls_since(earlier).await;
    calls.retain(|call| LOOKED_UP.contains(&call.as_str()));
    assert_eq!(calls, LOOKED_UP);
}

#[actix_web::test]
async fn a_member_who_may_no_longer_act_for_the_team_is_forgotten() {
    let mut another = member(&json!([{"team_id": TEAM}]));
    another["id"] = ORDER.into();
    let rows = [
        (200, member(&json!([])), "without the team"),
        (200, member(&json!([{"team_id": ORDER}])), "in another team"),
        (200, another, "another member by now"),
        (404, json!({}), "gone"),
        (403, json!({}), "not the gateway's to see"),
    ];
    for (status, body, about) in rows {
        let clinic = Clinic::open();
        clinic.launch().await;
        pass(A_WHILE).await;
        assert!(clinic.remembers_member());
        let earlier = clinic.calls_so_far().await;
        clinic.fault("resolve_member", status, &body).await;
        clinic.launch().await;
        assert!(!clinic.remembers_member(), "{about}");
        let calls = clinic.calls_since(earlier).await;
        assert!(!calls.iter().any(|call| call == "update_member"), "{about}: {calls:?}");
    }
}

#[actix_web::test]
async fn a_team_that_is_another_by_now_is_forgotten() {
    let clinic = Clinic::open();
    clinic.launch().await;
    pass(A_WHILE).await;
    let another = json!({"id": ORDER, "name": "Cardiology", "integration_team_id": "cardio"});
    clinic.fault("resolve_team", 200, &another).await;
    clinic.launch().await;
    let cardio = TeamRef::Integration(IntegrationTeamId::parse("cardio".to_owned()).unwrap());
    assert_eq!(clinic.memory().known.team(&cardio), None);
}

#[actix_web::test]
async fn what_could_not_be_looked_up_is_kept_for_its_time() {
    for (call, status) in [
        ("resolve_member", 500),
        ("resolve_member", 429),
        ("resolve_member", 401),
    ] {
        let clinic = Clinic::open();
        clinic.launch().await;
        pass(A_WHILE).await;
        clinic.fault(call, status, &json!({})).await;
        clinic.launch().await;
        assert!(clinic.remembers_member(), "{status}");
        let earlier = clinic.calls_so_far().await;
        assert_eq!(clinic.launch().await, 2, "{status}");
        let calls = clinic.calls_since(earlier).await;
        assert_eq!(
            calls,
            ["create_dashboard_url", "get_order"],
            "{status}: not again at once"
        );
        pass(A_WHILE).await;
        assert!(!clinic.remembers_member(), "{status}");
    }
}

#[actix_web::test]
async fn a_token_that_is_refused_is_forgotten() {
    let clinic = Clinic::open();
    clinic.launch().await;
    pass(A_WHILE).await;
    clinic.fault("create_api_access_token", 403, &json!({})).await;
    clinic.launch().await;
    let slot = clinic.memory().tokens.slot(JunctionId::parse(TEAM).unwrap());
    assert!(slot.lock().await.is_none());
}

#[actix_web::test]
async fn launches_come_before_what_nobody_waits_for() {
    let clinic = Clinic::open();
    clinic.launch().await;
    pass(A_WHILE).await;
    let seats = &clinic.caller.tenant.seats;
    let taken: Vec<_> = (0..7)
        .map(|_| clinic.gateway.admission.spare_seat(seats).unwrap())
        .collect();
    let earlier = clinic.calls_so_far().await;
    clinic.launch_with(&Rc::default()).await;
    while clinic.gateway.admission.in_flight() > 7 {
        yield_now().await;
    }
    assert_eq!(
        clinic.calls_since(earlier).await,
        ["create_dashboard_url", "get_order", "resolve_team"],
        "there was one slot"
    );
    drop(taken);
}
