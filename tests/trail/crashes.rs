//! A gateway that is killed in the middle of its work.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::audit::Event;
use store::trail::{Reader, verify::verify};
use tokio::task::JoinSet;

use crate::gateway::Scene;

/// How often it is killed.
const KILLS: usize = 50;

/// How many callers launch at once.
const CALLERS: usize = 8;

#[actix_web::test]
async fn every_url_that_a_caller_got_is_in_the_trail_however_often_the_gateway_is_killed() {
    let place = tempfile::tempdir().unwrap();
    let trail = place.path().join("trail");
    let scene = Arc::new(Scene::with_trail_in(&trail, ""));
    let answered: Arc<Mutex<BTreeMap<String, u16>>> = Arc::default();
    for kill in 0..KILLS {
        let gateway = scene.serve();
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (scene, answered) = (Arc::clone(&scene), Arc::clone(&answered));
            let address = gateway.address.clone();
            callers.spawn(async move {
                // Until the gateway is gone.
                while let Some((status, body)) = scene.launch(&address, "patient123").await {
                    let id = body["requestId"].as_str().unwrap().to_owned();
                    answered.lock().unwrap().insert(id, status);
                }
            });
        }
        // At another moment each time: of the start, of a group, of a tick.
        tokio::time::sleep(Duration::from_millis(15 + 7 * kill as u64)).await;
        gateway.kill();
        while callers.join_next().await.is_some() {}
        check(&trail, &answered.lock().unwrap());
    }
    let urls = answered
        .lock()
        .unwrap()
        .values()
        .filter(|status| **status == 200)
        .count();
    assert!(urls > KILLS, "only {urls} launches went well");
    scene.serve().stop();
    let report = verify(&trail, None, None, |_| {}).unwrap();
    assert!(report.is_intact() && report.has_ended(), "{report:?}");
    assert_eq!(report.chains.len(), KILLS + 1);
}

fn check(trail: &Path, answered: &BTreeMap<String, u16>) {
    let report = verify(trail, None, None, |_| {}).unwrap();
    assert!(report.is_intact(), "{report:?}");
    let mut recorded = BTreeSet::new();
    for record in Reader::of(trail).unwrap() {
        if let Event::Attempt(attempt) = record.unwrap().event {
            recorded.insert((attempt.id, attempt.status.unwrap()));
        }
    }
    for (id, status) in answered {
        assert!(
            recorded.contains(&(id.clone(), *status)),
            "{id} was answered {status} and is not in the trail"
        );
    }
}
