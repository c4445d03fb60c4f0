//! An audit record repository: a FHIR server that takes `AuditEvent`s, as ITI-20 of IHE's ATNA sends them.

mod fate;
mod response;

pub use fate::{Fate, NotFed};

use std::time::Duration;

use domain::audit::fhir::batch;
use serde_json::Value;
use url::Url;

use self::response::{Taken, of_batch, of_one};
use super::wire::{Answer, Egress, Method, Request, Sender, Settings, SetupError, header};

/// How long a repository may take for one request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an idle connection is kept.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The most bytes that are read of a response: one to a batch has an outcome for each event.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// What FHIR calls its JSON.
const FHIR_JSON: header::HeaderValue = header::HeaderValue::from_static("application/fhir+json");

/// A repository.
#[derive(Debug, Clone)]
pub struct AuditRepository {
    base: Url,
    sender: Sender,
}

impl AuditRepository {
    /// Calls the repository at this base URL. The events go to it, and one alone goes to `AuditEvent` below it.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(base: Url, egress: impl Into<Egress>) -> Result<Self, SetupError> {
        let settings = Settings {
            connect_timeout: Some(CONNECT_TIMEOUT),
            pool_idle_timeout: Some(POOL_IDLE_TIMEOUT),
            max_body: MAX_BODY,
            ..Settings::default()
        };
        let sender = Sender::new(settings, egress)?;
        Ok(Self { base, sender })
    }

    /// Sends events, and says what became of each, in their order. A batch that is refused as a whole is sent in halves, down
    /// to single events: one that the repository cannot read or that makes the batch too large does not stop the others.
    ///
    /// # Errors
    /// Why sending ended early. What was found out until then is in `fates`, for as many events from the first.
    pub async fn feed(&self, events: &[Value], fates: &mut Vec<Fate>) -> Result<(), NotFed> {
        let mut parts = vec![events];
        while let Some(part) = parts.pop() {
            match part {
                [] => {}
                [event] => fates.push(self.one(event).await?),
                several => match self.several(several).await? {
                    Taken::Each(each) => fates.extend(each),
                    Taken::NotTogether => {
                        let (first, second) = several.split_at(several.len() / 2);
                        parts.extend([second, first]);
                    }
                },
            }
        }
        Ok(())
    }

    async fn several(&self, events: &[Value]) -> Result<Taken, NotFed> {
        let bundle = batch(events.iter().cloned());
        self.post(self.base.clone(), &bundle, |answer| of_batch(answer, events.len()))
            .await
    }

    async fn one(&self, event: &Value) -> Result<Fate, NotFed> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("AuditEvent");
        }
        self.post(url, event, of_one).await
    }

    async fn post<T>(
        &self,
        url: Url,
        body: &Value,
        read: impl FnOnce(&Answer<'_>) -> Result<T, NotFed>,
    ) -> Result<T, NotFed> {
        let mut request = Request::new(Method::POST, url);
        request.headers.insert(header::CONTENT_TYPE, FHIR_JSON);
        request.headers.insert(header::ACCEPT, FHIR_JSON);
        let minimal = header::HeaderValue::from_static("return=minimal");
        request
            .headers
            .insert(header::HeaderName::from_static("prefer"), minimal);
        request.body = Some(body.to_string().into_bytes());
        let received = self.sender.send(request, TIMEOUT).await.map_err(NotFed::NoAnswer)?;
        read(&received.answer())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

    use super::*;
    use crate::tls;

    /// A repository that refuses a batch as a whole for one event in it, and that event.
    async fn strict() -> MockServer {
        let server = MockServer::start().await;
        let is_bad = |resource: &Value| resource["outcome"] == "bad";
        let batch = move |request: &wiremock::Request| {
            let bundle: Value = request.body_json().unwrap();
            let entries = bundle["entry"].as_array().unwrap();
            if entries.iter().any(|entry| is_bad(&entry["resource"])) {
                return ResponseTemplate::new(400);
            }
            let created = json!({"response": {"status": "201 Created"}});
            ResponseTemplate::new(200).set_body_json(json!({"entry": vec![created; entries.len()]}))
        };
        Mock::given(matchers::path("/fhir"))
            .and(matchers::header("content-type", "application/fhir+json"))
            .respond_with(batch)
            .mount(&server)
            .await;
        let one = move |request: &wiremock::Request| {
            let is_bad = is_bad(&request.body_json().unwrap());
            ResponseTemplate::new(if is_bad { 422 } else { 201 })
        };
        Mock::given(matchers::path("/fhir/AuditEvent"))
            .respond_with(one)
            .mount(&server)
            .await;
        server
    }

    fn repository(server: &MockServer) -> AuditRepository {
        let base = format!("{}/fhir", server.uri()).parse().unwrap();
        AuditRepository::new(base, tls::trusting_this_machine().unwrap()).unwrap()
    }

    fn events(bad: &[usize], count: usize) -> Vec<Value> {
        let outcome = |at| if bad.contains(&at) { "bad" } else { "0" };
        (0..count).map(|at| json!({"outcome": outcome(at)})).collect()
    }

    #[tokio::test]
    async fn one_event_that_spoils_a_batch_does_not_stop_the_others() {
        let server = strict().await;
        let repository = repository(&server);
        for bad in [&[][..], &[0], &[6], &[2, 3], &[0, 1, 2, 3, 4, 5, 6]] {
            let mut fates = Vec::new();
            repository.feed(&events(bad, 7), &mut fates).await.unwrap();
            let refused = |at| {
                if bad.contains(&at) {
                    Fate::Refused(422)
                } else {
                    Fate::Kept
                }
            };
            assert_eq!(fates, (0..7).map(refused).collect::<Vec<_>>(), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn several_events_go_together_and_one_goes_alone() {
        let server = strict().await;
        let repository = repository(&server);
        for count in [0, 1, 100] {
            repository.feed(&events(&[], count), &mut Vec::new()).await.unwrap();
        }
        let requests = server.received_requests().await.unwrap();
        let paths: Vec<_> = requests.iter().map(|request| request.url.path()).collect();
        assert_eq!(paths, ["/fhir/AuditEvent", "/fhir"]);
    }

    #[tokio::test]
    async fn what_was_found_out_before_an_outage_is_known() {
        let server = strict().await;
        let mut fates = Vec::new();
        let unavailable = ResponseTemplate::new(503).insert_header("retry-after", "9");
        Mock::given(matchers::path("/fhir/AuditEvent"))
            .respond_with(unavailable)
            .with_priority(1)
            .mount(&server)
            .await;
        // The first half is taken; the second is sent one by one.
        let ended = repository(&server).feed(&events(&[3], 4), &mut fates).await;
        assert_eq!(ended, Err(NotFed::Status(503, Some(Duration::from_secs(9)))));
        assert_eq!(fates, [Fate::Kept, Fate::Kept]);
    }
}
