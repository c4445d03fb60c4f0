//! The scenario's part that is Junction's: each of its codes is provoked, with telltale values wherever a person, a patient, a
//! key or Junction says something.

use std::time::Duration;

use domain::code::Code;
use reqwest::{RequestBuilder, header::COOKIE};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_partial_json, path_regex},
};

use super::{
    Answer,
    issuer::Issuer,
    scenario::{CANARY, ID_CANARY, KEY_CANARY, Stage, clinician, key},
};

const TEAM: &str = "11111111-1111-4111-8111-111111111111";
const MEMBER: &str = "33333333-3333-4333-8333-333333333333";

/// A clinician whom the mock does not know.
const NOBODY: &str = "nobody-yet";

/// What the mock answers when it is asked for a team of this name.
const WANTED: [(Code, u16); 9] = [
    (Code::TeamDenied, 404),
    (Code::UpstreamAuthenticationFailed, 401),
    (Code::JunctionForbidden, 403),
    (Code::JunctionNotFound, 410),
    (Code::JunctionConflict, 409),
    (Code::UpstreamRejected, 422),
    (Code::UpstreamError, 500),
    (Code::UpstreamBadBody, 200),
    (Code::UpstreamBusy, 503),
];

/// `[tenant.junction]` in front of this.
pub(super) fn table(address: &str) -> String {
    format!(
        r#"
        [tenant.junction]
        org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
        management_key_env = "KEY"
        integration_slug = "my-ehr"
        region = "us"
        environment = "sandbox"
        management_url = "{address}"
        api_url = "{address}"
        "#
    )
}

/// Answers as the team's name says.
pub(super) async fn junction() -> MockServer {
    let server = MockServer::start().await;
    let said = json!({"detail": [{"loc": ["body", CANARY], "msg": CANARY, "type": CANARY, "input": CANARY}]});
    for (code, status) in WANTED {
        let answer = ResponseTemplate::new(status).set_body_json(&said);
        on(
            &server,
            "/resolve_team$",
            json!({"integration_team_id": code.as_str()}),
            answer,
        )
        .await;
    }
    let nobody = json!({"integration_member_id": NOBODY});
    on(&server, "/resolve_member$", nobody, ResponseTemplate::new(404)).await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(3));
    let wanted = json!({"integration_team_id": Code::UpstreamTimeout.as_str()});
    on(&server, "/resolve_team$", wanted, late).await;
    let url = |host: &str| {
        ResponseTemplate::new(200)
            .set_body_json(json!({"url": format!("https://{host}/x?session={KEY_CANARY}"), "expires_in": 300}))
    };
    on(
        &server,
        "/create_dashboard_url$",
        json!({"modality": "feature_embed", "feature": "order_creation"}),
        url(&format!("{KEY_CANARY}.test")),
    )
    .await;
    on(
        &server,
        "/create_dashboard_url$",
        json!({}),
        url("my-ehr.ehr.junction.com"),
    )
    .await;
    let anything = [
        (
            "/resolve_team$",
            json!({"id": TEAM, "name": CANARY, "integration_team_id": CANARY}),
        ),
        (
            "/resolve_member$",
            json!({"id": MEMBER, "name": CANARY, "integration_member_id": CANARY, "team_role_bindings": [{"team_id": TEAM, "role": CANARY}]}),
        ),
        (
            "/create_api_access_token$",
            json!({"access_token": KEY_CANARY, "expires_in": 600}),
        ),
        ("/info$", json!({"first_name": CANARY})),
        (
            "/v2/user/",
            json!({"user_id": ID_CANARY, "team_id": TEAM, "client_user_id": CANARY}),
        ),
        (
            "/v3/order/",
            json!({"id": ID_CANARY, "user_id": ID_CANARY, "team_id": TEAM, "notes": CANARY}),
        ),
    ];
    for (place, answer) in anything {
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        Mock::given(path_regex(place)).respond_with(answer).mount(&server).await;
    }
    server
}

async fn on(server: &MockServer, place: &str, body: Value, answer: ResponseTemplate) {
    let mock = Mock::given(path_regex(place)).and(body_partial_json(body));
    mock.respond_with(answer).mount(server).await;
}

/// A person with every field that may be sent.
fn launch(team: &str) -> Value {
    json!({
        "clinician": clinician(), "team": {"integrationTeamId": team, "name": "Cänäry"},
        "patient": {"clientUserId": CANARY, "demographics": {
            "firstName": CANARY, "lastName": CANARY, "email": format!("{KEY_CANARY}@clinic.ca"), "phoneNumber": CANARY,
            "gender": CANARY, "dob": "1986-03-09",
            "address": {"firstLine": CANARY, "city": CANARY, "state": CANARY, "zip": CANARY, "country": CANARY},
        }},
        "feature": "order_creation", "modality": "feature_embed",
    })
}

impl Stage {
    pub(super) async fn play_junction(&mut self, issuer: &Issuer) {
        for (code, _) in WANTED {
            let asked = self.junction("main", &launch(code.as_str()));
            self.send(Some(code), asked).await;
        }
        let late = self.junction("main", &launch(Code::UpstreamTimeout.as_str()));
        self.send(Some(Code::UpstreamTimeout), late).await;
        let asked = self.junction("main", &launch(CANARY));
        self.send(None, asked).await;
        let mut order = launch(CANARY);
        order["feature"] = format!("order:{ID_CANARY}").into();
        order["patient"].as_object_mut().unwrap().remove("demographics");
        let asked = self.junction("main", &order);
        self.send(None, asked).await;
        let mut elsewhere = launch(CANARY);
        elsewhere.as_object_mut().unwrap().remove("patient");
        let asked = self.junction("main", &elsewhere);
        self.send(Some(Code::UpstreamBadUrl), asked).await;
        elsewhere["feature"] = "team_config".into();
        let asked = self.junction("main", &elsewhere);
        self.send(Some(Code::FeatureDenied), asked).await;
        let fast = self
            .client
            .get(self.url(&format!(
                "/v1/junction/fast-launch?integration_member_id={KEY_CANARY}&integration_team_id={KEY_CANARY}\
                 &feature=order:{ID_CANARY}&modality=feature_embed"
            )))
            .bearer_auth(key("main"));
        self.send(None, fast).await;

        let question = self
            .client
            .post(self.url("/v1/explain/junction/launch"))
            .bearer_auth(key("strict"))
            .header("content-type", "application/json")
            .body(launch(CANARY).to_string());
        self.send(None, question).await;

        let full = self.junction("full", &launch(CANARY));
        self.send(Some(Code::UpstreamConnectTimeout), full).await;
        // Failure after failure, until the tenant's launches are paused.
        loop {
            let (id, asked) = self.with_id(self.junction("nobody", &launch(CANARY)));
            let answer = Answer::of(asked.send().await.unwrap()).await;
            let code = if answer.code() == Code::UpstreamCircuitOpen.as_str() {
                Code::UpstreamCircuitOpen
            } else {
                Code::UpstreamUnreachable
            };
            self.keep(Some(code), id, answer);
            if code == Code::UpstreamCircuitOpen {
                break;
            }
        }
        self.play_continuation(issuer).await;
    }

    async fn play_continuation(&mut self, issuer: &Issuer) {
        let mut claims = issuer.claims();
        for name in ["sub", "given_name", "family_name", "patient", "team"] {
            claims[name] = CANARY.into();
        }
        let token = issuer.token(&claims);
        let nobody = self.continuation(CANARY, &format!("sid={KEY_CANARY}; other={KEY_CANARY}"));
        self.send(Some(Code::SessionRequired), nobody).await;
        let cookie = format!("sid={token}; other={KEY_CANARY}");
        claims["sub"] = NOBODY.into();
        let newcomer = format!("sid={}", issuer.token(&claims));
        let newcomer = self.continuation(NOBODY, &newcomer);
        self.send(Some(Code::ConfirmationRequired), newcomer).await;
        let another = self.continuation(&format!("{CANARY}2"), &cookie);
        self.send(Some(Code::SessionMismatch), another).await;
        loop {
            let (id, asked) = self.with_id(self.continuation(CANARY, &cookie));
            let answer = Answer::of(asked.send().await.unwrap()).await;
            // The clinician's launches are limited to one a second too.
            let code = match answer.status {
                307 => None,
                _ if answer.text.contains(Code::RateLimited.as_str()) => Some(Code::RateLimited),
                _ => Some(Code::ContinuationLoop),
            };
            self.keep(code, id, answer);
            if code == Some(Code::ContinuationLoop) {
                return;
            }
        }
    }

    fn junction(&self, tenant: &str, body: &Value) -> RequestBuilder {
        let request = self
            .client
            .post(self.url("/v1/junction/launch"))
            .bearer_auth(key(tenant));
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    fn continuation(&self, member: &str, cookie: &str) -> RequestBuilder {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("integration_member_id", member)
            .append_pair("integration_team_id", CANARY)
            .append_pair("feature", "order_creation")
            .append_pair("modality", "feature_embed")
            .append_pair("environment", "sandbox")
            .append_pair(KEY_CANARY, KEY_CANARY)
            .finish();
        self.client
            .get(self.url(&format!("/junction/session-continuation?{query}")))
            .header(COOKIE, cookie)
    }
}
