//! What is read, and what hosts hear of it, by a clock that the tests move.

use std::sync::atomic::Ordering;

use store::orders::{OrderStore as _, Receipt};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{
    super::scene::{COMPLETED, ORDERED, READY, Scene, TEAM, at, followed, order},
    *,
};

/// What reads, until it is stopped.
struct Running {
    finish: CancellationToken,
    task: JoinHandle<Ended>,
}

impl Running {
    async fn stopped(self) {
        self.finish.cancel();
        assert_eq!(self.task.await.unwrap(), Ended::Stopped);
    }
}

fn consumer(scene: &Scene) -> Consumer {
    Consumer {
        shared: scene.shared(),
        reader: scene.reader(),
        directory: Arc::clone(&scene.directory),
        calls_timeout: Duration::from_secs(30),
    }
}

fn run(scene: &Scene) -> Running {
    let mut consumer = consumer(scene);
    let finish = CancellationToken::new();
    let finished = finish.clone();
    let task = tokio::spawn(async move { consumer.run(&finished).await });
    Running { finish, task }
}

/// A webhook about an order arrives.
async fn arrives(scene: &Scene, id: u8, about: u128, is_urgent: bool) {
    let receipt = Receipt {
        endpoint: "downtown-team".into(),
        id: [id; 32],
        tenant: "downtown".into(),
        team: TEAM,
        environment: "sandbox".into(),
        order: Some(Uuid::from_u128(about)),
        is_urgent,
    };
    scene.store.receive(receipt, scene.now()).await.unwrap();
}

async fn is_clean(scene: &Scene) -> bool {
    scene.store.counts().await.unwrap().dirty == 0
}

async fn states(scene: &Scene) -> Vec<(&'static str, String)> {
    let events = scene.events().await.into_iter();
    events.map(|event| (event.kind.as_str(), event.state)).collect()
}

fn orders(states: &[&str]) -> Vec<(&'static str, String)> {
    states.iter().map(|state| ("order", (*state).to_owned())).collect()
}

#[tokio::test]
async fn each_step_that_is_read_is_told_once_and_a_repeated_webhook_tells_nothing() {
    let scene = Scene::new();
    let running = run(&scene);
    scene.junction.has(order(1, &[ORDERED], 0));
    arrives(&scene, 1, 1, false).await;
    scene.until(|| async { is_clean(&scene).await }).await;
    assert_eq!(states(&scene).await, orders(&["placed"]));

    scene.junction.has(order(1, &[ORDERED, READY, COMPLETED], 9));
    arrives(&scene, 2, 1, false).await;
    scene.until(|| async { is_clean(&scene).await }).await;
    let all = orders(&["placed", "ready_to_schedule", "resulted"]);
    assert_eq!(states(&scene).await, all, "one message was lost, and no step");

    arrives(&scene, 2, 1, false).await;
    arrives(&scene, 3, 1, false).await;
    scene
        .until(|| async { is_clean(&scene).await && scene.junction.asked().len() == 3 })
        .await;
    running.stopped().await;
    assert_eq!(states(&scene).await, all);
}

#[tokio::test]
async fn an_older_reading_is_repeated_and_never_told() {
    let scene = Scene::new();
    let running = run(&scene);
    scene.junction.has(order(1, &[ORDERED, READY], 50));
    scene.store.follow(followed(1), scene.now()).await.unwrap();
    scene.until(|| async { is_clean(&scene).await }).await;
    scene.junction.has(order(1, &[ORDERED], 40));
    arrives(&scene, 1, 1, false).await;
    for (asked, wait) in [(2, 2), (3, 10), (4, 60)] {
        scene.until(|| async { scene.junction.asked().len() == asked }).await;
        scene.pass(Duration::from_secs(wait));
    }
    scene
        .until(|| async { scene.junction.asked().len() == 5 && is_clean(&scene).await })
        .await;
    running.stopped().await;
    assert_eq!(states(&scene).await, orders(&["placed", "ready_to_schedule"]));
}

#[tokio::test]
async fn a_critical_result_is_told_at_once_even_if_the_reading_is_older() {
    let scene = Scene::new();
    let running = run(&scene);
    scene.junction.has(order(1, &[ORDERED, READY], 50));
    arrives(&scene, 1, 1, true).await;
    scene.until(|| async { is_clean(&scene).await }).await;
    let told = states(&scene).await;
    assert_eq!(told[0], ("result_critical", "ready_to_schedule".to_owned()));
    assert_eq!(told[1..], orders(&["placed", "ready_to_schedule"]));

    scene.junction.has(order(1, &[ORDERED], 40));
    arrives(&scene, 2, 1, true).await;
    scene.until(|| async { scene.events().await.len() == 4 }).await;
    assert_eq!(
        states(&scene).await[3],
        ("result_critical", "ready_to_schedule".to_owned())
    );
    scene.junction.has(order(1, &[ORDERED, READY, COMPLETED], 60));
    scene.pass(Duration::from_secs(61));
    scene.until(|| async { is_clean(&scene).await }).await;
    running.stopped().await;
    assert_eq!(states(&scene).await[4..], orders(&["resulted"]), "and it was told once");
}

#[tokio::test]
async fn while_junction_is_away_nothing_is_told_and_nothing_is_lost() {
    let scene = Scene::new();
    let running = run(&scene);
    scene.junction.is_away.store(true, Ordering::SeqCst);
    scene.junction.has(order(1, &[ORDERED], 0));
    arrives(&scene, 1, 1, false).await;
    for (asked, wait) in [(1, 2), (2, 4), (3, 8)] {
        scene.until(|| async { scene.junction.asked().len() == asked }).await;
        scene.pass(Duration::from_secs(wait));
    }
    scene.until(|| async { scene.junction.asked().len() == 4 }).await;
    assert_eq!(states(&scene).await, Vec::new());
    scene.junction.is_away.store(false, Ordering::SeqCst);
    scene.pass(Duration::from_secs(16));
    scene.until(|| async { is_clean(&scene).await }).await;
    running.stopped().await;
    assert_eq!(states(&scene).await, orders(&["placed"]));
}

#[tokio::test]
async fn an_order_that_junction_never_knew_is_forgotten_in_the_end() {
    let scene = Scene::new();
    arrives(&scene, 1, 1, false).await;
    // All but the last two of a day's readings.
    for _ in 0..98 {
        let claimed = scene.store.claim(scene.now(), scene.now(), 1).await.unwrap();
        assert_eq!(claimed.len(), 1);
    }
    let running = run(&scene);
    scene.until(|| async { scene.junction.asked().len() == 1 }).await;
    scene.pass(Duration::from_mins(15));
    scene.until(|| async { is_clean(&scene).await }).await;
    running.stopped().await;
    assert_eq!(scene.junction.asked().len(), 2);
    assert_eq!(scene.store.teams().await, Ok(Vec::new()));
}

#[tokio::test]
async fn an_order_of_another_team_is_not_told() {
    let scene = Scene::new();
    let running = run(&scene);
    let mut of_another = order(1, &[ORDERED], 0);
    of_another.team = JunctionId::of(Uuid::from_u128(0xbad)).unwrap();
    scene.junction.has(of_another);
    arrives(&scene, 1, 1, false).await;
    scene.until(|| async { scene.junction.asked().len() == 1 }).await;
    running.stopped().await;
    assert_eq!(states(&scene).await, Vec::new());
}

#[tokio::test]
async fn an_order_is_held_little_longer_than_its_calls_may_take() {
    let scene = Scene::new();
    arrives(&scene, 1, 1, false).await;
    assert_eq!(consumer(&scene).claim(1).await.unwrap().len(), 1);
    let others = async |seconds| scene.store.claim(at(seconds), at(600), 1).await.unwrap().len();
    assert_eq!((others(39).await, others(40).await), (0, 1));
}

#[tokio::test]
async fn an_order_that_was_being_read_when_the_gateway_died_is_read_again() {
    let scene = Scene::new();
    scene.junction.has(order(1, &[ORDERED], 0));
    arrives(&scene, 1, 1, false).await;
    let lost = scene.store.claim(scene.now(), at(40), 1).await.unwrap();
    assert_eq!(lost.len(), 1);
    scene.pass(Duration::from_secs(40));
    let running = run(&scene);
    scene.until(|| async { is_clean(&scene).await }).await;
    running.stopped().await;
    assert_eq!(states(&scene).await, orders(&["placed"]));
}
