//! Sends the audit trail to every repository that is configured, each at its own pace.

mod delivery;
mod destination;

pub(in crate::app) use destination::{Destinations, destinations};

use std::{path::PathBuf, sync::Arc};

use tokio::sync::watch::Receiver;
use tokio_util::sync::CancellationToken;

use self::{delivery::Delivery, destination::Destination};
use super::{
    following::{Following, changed},
    supervisor::{Background, Ended, Phase},
};
use crate::{
    audit::Audit,
    config::AuditForwardConfig,
    telemetry::{Task, metrics::Metrics},
};

pub(super) struct Forward {
    /// Where the trail is.
    pub(super) folder: PathBuf,
    /// Where it goes to. It can change.
    pub(super) destinations: Receiver<Destinations>,
    /// Has the keys that names are opened with.
    pub(super) audit: Arc<Audit>,
    pub(super) metrics: Arc<Metrics>,
}

impl Background for Forward {
    const NAME: Task = Task::Forward;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        let mut following = Following::default();
        loop {
            let destinations = Arc::clone(&self.destinations.borrow_and_update());
            self.follow(&mut following, &destinations).await;
            tokio::select! {
                () = finish.cancelled() => {
                    following.keep(|_: &AuditForwardConfig| false).await;
                    return Ended::Stopped;
                }
                () = changed(&mut self.destinations) => {}
                () = following.ended() => return Ended::Stopped,
            }
        }
    }
}

impl Forward {
    /// Delivers to these and to no others. One that has not changed goes on undisturbed.
    async fn follow(&self, following: &mut Following<AuditForwardConfig>, destinations: &[Destination]) {
        let stays = |config: &AuditForwardConfig| destinations.iter().any(|destination| destination.config == *config);
        following.keep(stays).await;
        for destination in destinations {
            following.begin(&destination.config, |stop| {
                let delivery = Delivery::new(
                    destination.clone(),
                    self.folder.clone(),
                    Arc::clone(&self.audit),
                    Arc::clone(&self.metrics),
                );
                delivery.run(stop)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

    use domain::audit::{Event, fhir::event_id};
    use serde_json::{Value, json};
    use store::{
        keyring::Keyring,
        trail::{
            self, Figures, Opening, Reader,
            file::{FileSink, Folder, Limits},
        },
    };
    use tempfile::TempDir;
    use tokio::{
        sync::watch::channel,
        time::{Instant, sleep},
    };
    use uuid::Uuid;
    use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

    use super::*;
    use crate::{
        audit::{Outgoing, Policy, Terms, export::tests::attempt},
        tls,
        upstream::repository::AuditRepository,
    };

    /// How long a test waits for what happens in its own time.
    const BOUND: Duration = Duration::from_secs(30);

    /// A trail with so many attempts, and what it was written with.
    fn written(attempts: usize) -> (TempDir, Arc<Audit>) {
        let private = Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(private).tempdir().unwrap();
        let chain = Uuid::now_v7();
        let limits = Limits {
            segment: 1024 * 1024,
            free: 0,
        };
        let (sink, found) = FileSink::open(Folder::take(folder.path()).unwrap(), chain, limits).unwrap();
        let opening = Opening {
            program: "0.1.0",
            instance: "gw-1".to_owned(),
            keys: vec!["k1".to_owned()],
            configuration: String::new(),
            sign_with: None,
        };
        let (trail, writing) = trail::begin(sink, found, chain, opening, Figures::default()).unwrap();
        let keyring = Keyring::parse("k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let terms = Terms {
            purpose: "TREAT".into(),
            addresses: true,
            timeout: Duration::from_secs(1),
            keep: None,
        };
        let audit = Audit::new(trail, chain, Policy::new(keyring, chain, terms));
        for _ in 0..attempts {
            let Event::Attempt(attempt) = attempt("ok") else {
                unreachable!()
            };
            audit.record_later(attempt);
        }
        writing.stop();
        (folder, audit)
    }

    fn destination(server: &MockServer) -> Destination {
        let config = AuditForwardConfig {
            url: format!("{}/fhir", server.uri()).parse().unwrap(),
            authorities: Vec::new(),
            identity: None,
            batch: 4,
            reveal: false,
        };
        let repository = AuditRepository::new(config.url.clone(), tls::trusting_this_machine().unwrap()).unwrap();
        Destination { config, repository }
    }

    /// The ids that the trail's events have.
    fn recorded(folder: &Path) -> Vec<String> {
        let records = Reader::of(folder).unwrap().map(Result::unwrap);
        let exported = records.filter(|record| !matches!(record.event, Event::Checkpoint(_)));
        exported.map(|record| event_id(&record.head)).collect()
    }

    /// Responds to a batch with a status for each of its events.
    fn respond(request: &Request, status: impl Fn(&Value) -> u16) -> ResponseTemplate {
        let bundle: Value = request.body_json().unwrap();
        let outcomes = bundle["entry"].as_array().unwrap().iter().map(|entry| {
            let status = status(&entry["resource"]).to_string();
            json!({"response": {"status": status}})
        });
        ResponseTemplate::new(200).set_body_json(json!({"entry": outcomes.collect::<Vec<_>>()}))
    }

    /// The ids of the events that a repository was sent in batches, in their order.
    async fn received(server: &MockServer) -> Vec<String> {
        let requests = server.received_requests().await.unwrap();
        let bundles = requests.iter().map(|request| request.body_json::<Value>().unwrap());
        let ids = bundles.flat_map(|bundle| {
            let entries = bundle["entry"]
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![json!({"resource": bundle})]);
            entries
                .into_iter()
                .map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned())
        });
        ids.collect()
    }

    /// Forwards until the repository has been sent so many events, and stops.
    async fn forwarded(folder: &Path, audit: &Arc<Audit>, server: &MockServer, events: usize) -> Vec<String> {
        let (_stays, destinations) = channel(Arc::new(vec![destination(server)]));
        let mut forward = Forward {
            folder: folder.to_owned(),
            destinations,
            audit: Arc::clone(audit),
            metrics: Arc::default(),
        };
        let finish = CancellationToken::new();
        let finished = finish.clone();
        let running = tokio::spawn(async move { forward.run(&finished).await });
        let end = Instant::now() + BOUND;
        while received(server).await.len() < events {
            assert!(Instant::now() < end, "{:?}", received(server).await);
            sleep(Duration::from_millis(20)).await;
        }
        // What was sent is to be acknowledged too.
        while !nothing_is_pending(folder, server) {
            assert!(Instant::now() < end, "it is not acknowledged");
            sleep(Duration::from_millis(20)).await;
        }
        finish.cancel();
        assert_eq!(running.await.unwrap(), Ended::Stopped);
        received(server).await
    }

    fn nothing_is_pending(folder: &Path, server: &MockServer) -> bool {
        let url = destination(server).config.url;
        let mut outgoing = Outgoing::resume(folder, &url).unwrap();
        outgoing.pending(1).unwrap().records.is_empty()
    }

    #[tokio::test]
    async fn a_repository_that_is_away_gets_everything_once_it_is_back_and_nothing_twice() {
        let (folder, audit) = written(9);
        let server = MockServer::start().await;
        Mock::given(matchers::path("/fhir"))
            .respond_with(ResponseTemplate::new(503))
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(matchers::path("/fhir"))
            .respond_with(|request: &Request| respond(request, |_| 201))
            .mount(&server)
            .await;
        Mock::given(matchers::path("/fhir/AuditEvent"))
            .respond_with(ResponseTemplate::new(201))
            .mount(&server)
            .await;
        let recorded = recorded(folder.path());
        let received = forwarded(folder.path(), &audit, &server, recorded.len() + 1).await;
        let while_away = received.len() - recorded.len();
        assert!((1..=4).contains(&while_away), "{while_away}");
        assert_eq!(received[..while_away], recorded[..while_away]);
        assert_eq!(received[while_away..], recorded);
        let again = forwarded(folder.path(), &audit, &server, received.len()).await;
        assert_eq!(again, received, "a restart sends nothing again");
    }

    #[tokio::test]
    async fn what_is_to_be_sent_again_goes_alone_and_what_is_refused_does_not_go_again() {
        let (folder, audit) = written(6);
        let recorded = recorded(folder.path());
        let (refused, busy) = (recorded[1].clone(), recorded[2].clone());
        let server = MockServer::start().await;
        Mock::given(matchers::path("/fhir"))
            .respond_with(move |request: &Request| {
                respond(request, |event| match event["id"].as_str().unwrap() {
                    id if id == refused => 422,
                    id if id == busy => 503,
                    _ => 201,
                })
            })
            .mount(&server)
            .await;
        Mock::given(matchers::path("/fhir/AuditEvent"))
            .respond_with(ResponseTemplate::new(201))
            .mount(&server)
            .await;
        let mut received = forwarded(folder.path(), &audit, &server, recorded.len() + 1).await;
        let again = received.iter().rposition(|id| *id == recorded[2]).unwrap();
        assert_eq!(received.remove(again), recorded[2]);
        assert_eq!(received, recorded);
    }
}
