//! The stand-in for Empego, and what its callers say to it.

use reqwest::{Method, redirect::Policy};
use serde_json::Value;
use simulator::{JunctionSettings, Partial, Settings, Simulator, Started};

use super::{Answer, base64};

/// A running stand-in for Empego.
pub(crate) struct TestSimulator {
    pub(crate) address: String,
    client: reqwest::Client,
    _started: Started,
}

impl TestSimulator {
    /// One that knows the tests' API key and refuses partial profiles of unknown users.
    pub(crate) fn start_rejecting() -> Self {
        Self::start(Partial::Reject)
    }

    /// The `[empego]` lines of a gateway in front of it.
    pub(crate) fn as_upstream(&self) -> String {
        let address = &self.address;
        format!("base_url = \"http://{address}/empego-integrations/R4\"\nembed_hosts = [\"{address}\"]")
    }

    pub(crate) fn start(partial: Partial) -> Self {
        Self::start_with(partial, JunctionSettings::default())
    }

    pub(crate) fn start_with(partial: Partial, junction: JunctionSettings) -> Self {
        let simulator = Simulator::build(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            api_keys: vec!["upstream-key".to_owned(), "other-upstream-key".to_owned()],
            partial,
            junction,
        })
        .unwrap();
        let address = simulator.address.to_string();
        let started = simulator.start();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            address,
            client,
            _started: started,
        }
    }

    pub(crate) async fn call(&self, tail: &str, key: &str, user: Option<&str>) -> reqwest::Result<Answer> {
        let url = format!("http://{}/empego-integrations/R4/embeddable/{tail}", self.address);
        let mut request = self.client.get(url).header("api-key", key);
        if let Some(user) = user {
            request = request.header("x-integration-user", user);
        }
        Ok(Answer::of(request.send().await?).await)
    }

    pub(crate) async fn launch(&self, user: &Value) -> Answer {
        let user = base64(user.to_string());
        self.call(
            "consultation/view?patientKey=p%3C1&locale=en",
            "upstream-key",
            Some(&user),
        )
        .await
        .unwrap()
    }

    pub(crate) async fn control(&self, method: Method, page: &str, body: Value) -> Answer {
        let request = self
            .client
            .request(method, format!("http://{}/__sim/{page}", self.address));
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, page: &str) -> Value {
        self.control(Method::GET, page, Value::Null).await.json()
    }

    pub(crate) async fn open(&self, url: &str) -> Answer {
        Answer::of(self.client.get(url).send().await.unwrap()).await
    }
}
