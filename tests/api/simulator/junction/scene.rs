//! The stand-in for Junction with two teams, a member and a patient, and what callers say to it.

use reqwest::{Method, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};
use simulator::{JunctionSettings, Partial, Scene, Settings, Simulator, Started};

use crate::helpers::Answer;
pub(super) use crate::helpers::junction::{MEMBER, ORDER, OTHER_TEAM, PATIENT, TEAM};

pub(super) const NOBODY: &str = "99999999-9999-4999-8999-999999999999";

/// Two teams, a member of the first, and its patient with an order; all in the sandbox.
pub(super) fn scene() -> Value {
    json!({
        "teams": [
            {"id": TEAM, "name": "Cardiology", "integration_team_id": "cardio"},
            {"id": OTHER_TEAM, "name": "Dermatology", "integration_team_id": "derma"},
        ],
        "members": [{
            "id": MEMBER, "integration_member_id": "emp123", "name": "Élodie Côté", "email": "elodie@clinic.ca",
            "team_role_bindings": [{"team_id": TEAM}],
        }],
        "users": [{"user_id": PATIENT, "team_id": TEAM, "client_user_id": "patient123"}],
        "orders": [{"id": ORDER, "user_id": PATIENT, "team_id": TEAM}],
    })
}

/// The places of what a 422 names.
pub(super) fn places(answer: &Answer) -> Value {
    assert_eq!(answer.status, 422, "{answer:?}");
    let issues = answer.json();
    issues["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| {
            assert!(issue["msg"].is_string() && issue["type"].is_string(), "{issue}");
            issue["loc"].clone()
        })
        .collect()
}

pub(super) struct Junction {
    pub(super) address: String,
    client: reqwest::Client,
    _started: Started,
}

impl Junction {
    pub(super) async fn start() -> Self {
        let junction = Self::empty(Scene::default());
        let answer = junction.control(Method::PUT, "junction", scene()).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        junction
    }

    pub(super) fn empty(scene: Scene) -> Self {
        let simulator = Simulator::build(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            api_keys: vec!["upstream-key".to_owned()],
            partial: Partial::Reject,
            junction: JunctionSettings::default(),
        })
        .unwrap();
        simulator.set(scene).unwrap();
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
        Self {
            address: simulator.address.to_string(),
            client: client.build().unwrap(),
            _started: simulator.start(),
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }

    pub(super) async fn control(&self, method: Method, page: &str, body: Value) -> Answer {
        send(self.request(method, &format!("/__sim/{page}")), body).await
    }

    pub(super) async fn state(&self) -> Value {
        self.control(Method::GET, "junction", Value::Null).await.json()
    }

    /// Calls the Management API for the one org, with a good key.
    pub(super) async fn manage(&self, method: Method, path: &str, body: Value) -> Answer {
        let JunctionSettings {
            org_id,
            management_keys,
            ..
        } = JunctionSettings::default();
        let request = self.request(method, &format!("/junction/management/v1/org/{org_id}/{path}"));
        send(request.header("x-management-key", &management_keys[0]), body).await
    }

    pub(super) async fn token(&self, team: &str, environment: &str) -> String {
        let path = format!("team/{team}/create_api_access_token");
        let answer = self.manage(Method::POST, &path, json!({"env": environment})).await;
        answer.is_launched();
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Calls the teams' API with this token.
    pub(super) async fn call(&self, token: &str, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, &format!("/junction/api{path}"));
        send(request.bearer_auth(token), body).await
    }

    /// A dashboard URL for the scene's member.
    pub(super) async fn url(&self, feature: &str, modality: &str) -> String {
        let answer = self.create_url(launch(feature, modality)).await;
        answer.is_launched();
        answer.json()["url"].as_str().unwrap().to_owned()
    }

    pub(super) async fn create_url(&self, body: Value) -> Answer {
        self.manage(Method::POST, "ehr_integration/create_dashboard_url", body)
            .await
    }

    pub(super) async fn open(&self, url: &str, cookie: Option<&str>) -> Answer {
        let request = self.client.get(url);
        let request = match cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        Answer::of(request.send().await.unwrap()).await
    }
}

pub(super) async fn send(request: RequestBuilder, body: Value) -> Answer {
    let request = if body.is_null() {
        request
    } else {
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    };
    Answer::of(request.send().await.unwrap()).await
}

pub(super) fn launch(feature: &str, modality: &str) -> Value {
    json!({
        "integration_member_id": "emp123", "integration_team_id": "cardio",
        "feature": feature, "modality": modality, "environment": "sandbox",
    })
}
