//! A gateway in front of the stand-in for Junction, with two teams, a member, two patients and an order.

use std::net::SocketAddr;

use domain::junction::{Environment, JunctionId, Region};
use empego_gateway::upstream::junction::{Account, Addresses};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::JunctionSettings;

use super::{Answer, HOST_KEY, Launch, TestApp, TestConfig, TestSimulator};

pub(crate) const TEAM: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const OTHER_TEAM: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const MEMBER: &str = "33333333-3333-4333-8333-333333333333";
pub(crate) const PATIENT: &str = "44444444-4444-4444-8444-444444444444";
pub(crate) const OTHER_PATIENT: &str = "44444444-4444-4444-8444-444444444445";
pub(crate) const FOREIGN_PATIENT: &str = "44444444-4444-4444-8444-444444444446";
pub(crate) const ORDER: &str = "55555555-5555-4555-8555-555555555555";
pub(crate) const FOREIGN_ORDER: &str = "55555555-5555-4555-8555-555555555556";

/// Lines to add to each part of the configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    /// Of `[tenant.junction]`, in the place of what is there else.
    pub(crate) junction: Option<&'static str>,
    pub(crate) host: String,
    pub(crate) server: &'static str,
    pub(crate) empego: &'static str,
    pub(crate) more: String,
}

/// Everything of the tenant's `[tenant.junction]` that may be granted.
pub(crate) const OPEN: &str = r#"
    features = ["order_creation", "order_creation:*", "order:*", "team_panels", "team_config"]
    modalities = ["feature_embed", "link_out"]
    create_team = true
"#;

/// The gateway, and what stands behind it.
pub(crate) struct Stage {
    pub(crate) app: TestApp,
    pub(crate) junction: TestSimulator,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        Self::with(Lines::default()).await
    }

    pub(crate) async fn with(lines: Lines) -> Self {
        let junction = TestSimulator::start_rejecting();
        let answer = junction.control(Method::PUT, "junction", scene()).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        let mut config = TestConfig::strict()
            .server(lines.server)
            .host(&lines.host)
            .empego(lines.empego);
        config.tenant_tables = table(&junction.address, lines.junction.unwrap_or(OPEN));
        config.more = lines.more;
        Self {
            app: TestApp::with(config).await,
            junction,
        }
    }

    /// A launch with the host's key.
    pub(crate) fn launch(&self, body: &Value) -> Launch<'_> {
        self.app
            .request(Method::POST, "/v1/junction/launch")
            .header("authorization", format!("Bearer {HOST_KEY}"))
            .json(body)
    }

    /// Everything that arrived.
    pub(crate) async fn journal(&self) -> Vec<Value> {
        let journal = self.junction.get("junction/journal").await;
        journal.as_array().unwrap().clone()
    }

    /// The calls that arrived, by their names, in order.
    pub(crate) async fn calls(&self) -> Vec<String> {
        let journal = self.journal().await;
        let names = journal
            .iter()
            .map(|entry| entry["operation"].as_str().unwrap().to_owned());
        names.collect()
    }

    /// The body of the last call of this name.
    pub(crate) async fn sent(&self, call: &str) -> Value {
        let journal = self.journal().await;
        let found = journal.iter().rev().find(|entry| entry["operation"] == call);
        found.unwrap_or_else(|| panic!("no {call}: {journal:?}"))["body"].clone()
    }

    /// Everything that Junction remembers.
    pub(crate) async fn state(&self) -> Value {
        self.junction.get("junction").await
    }

    pub(crate) async fn arrange(&self, arrangement: Value) {
        let answer = self.junction.control(Method::PUT, "junction", arrangement).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// What the next call of this name comes to instead of what it should.
    pub(crate) async fn fault(&self, call: &str, mut fault: Value) {
        fault["endpoint"] = format!("junction/{call}").into();
        let answer = self.junction.control(Method::PUT, "faults", fault).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    pub(crate) async fn revoke_tokens(&self) {
        let answer = self
            .junction
            .control(Method::DELETE, "junction/tokens", Value::Null)
            .await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// Whether a URL was made.
    pub(crate) async fn urls_made(&self) -> u64 {
        self.state().await["counters"]["urlsMade"].as_u64().unwrap()
    }
}

/// Two teams; a member of the first, who is in the second too in no way; patients and an order of each.
pub(crate) fn scene() -> Value {
    json!({
        "teams": [
            {"id": TEAM, "name": "Cardiology", "integration_team_id": "cardio"},
            {"id": OTHER_TEAM, "name": "Dermatology", "integration_team_id": "derma"},
        ],
        "members": [{
            "id": MEMBER, "integration_member_id": "emp123", "name": "Élodie Côté", "email": "elodie@clinic.ca",
            "team_role_bindings": [{"team_id": TEAM}],
        }],
        "users": [
            {"user_id": PATIENT, "team_id": TEAM, "client_user_id": "patient123"},
            {"user_id": OTHER_PATIENT, "team_id": TEAM, "client_user_id": "patient456"},
            {"user_id": FOREIGN_PATIENT, "team_id": OTHER_TEAM, "client_user_id": "patient123"},
        ],
        "orders": [
            {"id": ORDER, "user_id": PATIENT, "team_id": TEAM},
            {"id": FOREIGN_ORDER, "user_id": FOREIGN_PATIENT, "team_id": OTHER_TEAM},
        ],
    })
}

/// `[tenant.junction]` in front of the stand-in at this address.
pub(crate) fn table(address: &str, lines: &str) -> String {
    let JunctionSettings { org_id, .. } = JunctionSettings::default();
    format!(
        r#"
        [tenant.junction]
        org_id = "{org_id}"
        management_key_env = "MANAGEMENT_KEY"
        integration_slug = "my-ehr"
        region = "us"
        environment = "sandbox"
        management_url = "http://{address}/junction/management"
        api_url = "http://{address}/junction/api"
        embed_url = "http://{address}/junction/ehr"
        {lines}
        "#
    )
}

/// The organization, with both APIs at this address.
pub(crate) fn account_at(address: SocketAddr) -> Account {
    let base: url::Url = format!("http://{address}/").parse().unwrap();
    let addresses = Addresses {
        management: base.clone(),
        team: base,
    };
    let org = JunctionId::parse(TEAM).unwrap();
    let (key, region) = ("mg_simulated".into(), Region::UnitedStates);
    Account::new(org, &key, addresses, region, Environment::Sandbox, Vec::new()).unwrap()
}

/// A complete launch of a known member in a known team.
pub(crate) fn elodie() -> Value {
    json!({
        "clinician": {"userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie@clinic.ca"},
        "team": {"integrationTeamId": "cardio"},
        "feature": "order_creation",
        "modality": "feature_embed",
    })
}

impl Answer {
    /// Where a redirect leads.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
            .unwrap_or_else(|| panic!("no location: {self:?}"))
    }
}
