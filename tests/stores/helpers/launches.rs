//! Launches, and what stands in for Empego.

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use simulator::{JunctionSettings, Partial, Settings, Simulator, Started};

/// The key of the tests' host.
const HOST_KEY: &str = "egw_test-host";

/// A stand-in for Empego that knows the tests' API key.
pub(crate) struct Upstream {
    pub(crate) address: String,
    _started: Started,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        let simulator = Simulator::build(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            api_keys: vec!["upstream-key".to_owned()],
            partial: Partial::Reject,
            junction: JunctionSettings::default(),
        })
        .unwrap();
        Self {
            address: simulator.address.to_string(),
            _started: simulator.start(),
        }
    }
}

/// A host's server.
#[derive(Clone)]
pub(crate) struct Caller(reqwest::Client);

impl Caller {
    pub(crate) fn new() -> Self {
        Self(reqwest::Client::builder().no_proxy().build().unwrap())
    }

    /// Launches for a clinician of this id; the status, and when to come back if the response says so.
    pub(crate) async fn launch(&self, gateway: &str, user_id: &str) -> (u16, Option<u64>) {
        let response = self.send(gateway, user_id).await;
        let wait = response.headers().get("retry-after");
        let wait = wait.map(|wait| wait.to_str().unwrap().parse().unwrap());
        (response.status().as_u16(), wait)
    }

    /// Launches; the status, and the id that the record of it must have.
    pub(crate) async fn attempt(&self, gateway: &str) -> (u16, String) {
        let response = self.send(gateway, "emp123").await;
        let id = response.headers().get("x-request-id").unwrap().to_str().unwrap();
        (response.status().as_u16(), id.to_owned())
    }

    async fn send(&self, gateway: &str, user_id: &str) -> reqwest::Response {
        let user = json!({
            "userId": user_id, "firstName": "Dr. Alice", "lastName": "Johnson",
            "email": "alice.johnson@clinic.com", "licenseNumber": "MD789123", "preferredLanguage": "EN",
        });
        let url = format!("http://{gateway}/empego-integrations/R4/embeddable/statistics");
        let request = self.0.get(url).header("api-key", HOST_KEY);
        let request = request.header("x-integration-user", STANDARD.encode(user.to_string()));
        request.send().await.unwrap()
    }

    /// Comes from Junction, as the browser of a clinician with a session; the status, and the page.
    pub(crate) async fn continue_session(&self, gateway: &str) -> (u16, String) {
        let query = "integration_member_id=emp123&integration_team_id=cardio&modality=feature_embed\
                     &feature=order_creation&environment=sandbox";
        let url = format!("http://{gateway}/junction/session-continuation?{query}");
        let response = self.0.get(url).header("cookie", "sid=elodies").send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn status(&self, url: &str) -> u16 {
        self.0.get(url).send().await.unwrap().status().as_u16()
    }

    /// How many of so many launches, one after the other, got a URL.
    pub(crate) async fn served(&self, gateway: &str, launches: usize) -> usize {
        let mut served = 0;
        for _ in 0..launches {
            match self.launch(gateway, "emp123").await {
                (200, _) => served += 1,
                (429, Some(1..)) => {}
                other => panic!("neither served nor limited: {other:?}"),
            }
        }
        served
    }

    pub(crate) async fn page(&self, url: &str) -> String {
        self.0.get(url).send().await.unwrap().text().await.unwrap()
    }
}
