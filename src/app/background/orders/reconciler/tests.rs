//! Changes that no webhook reported, by a clock that the tests move.

use std::sync::atomic::Ordering;

use store::orders::OrderStore as _;

use super::{
    super::scene::{ORDERED, READY, Scene, at, followed, order},
    *,
};

fn reconciler(scene: &Scene) -> Reconciler {
    Reconciler {
        shared: scene.shared(),
        reader: scene.reader(),
        directory: Arc::clone(&scene.directory),
    }
}

async fn dirty(scene: &Scene) -> u64 {
    scene.store.counts().await.unwrap().dirty
}

#[tokio::test]
async fn what_changed_without_a_webhook_is_read_and_sent_again() {
    let scene = Scene::new();
    let reconciler = reconciler(&scene);
    scene.junction.has(order(1, &[ORDERED], -3600));
    scene.junction.has(order(2, &[ORDERED, READY], -1800));
    scene.junction.has(order(3, &[ORDERED], -2 * 24 * 3600));
    reconciler.compare_all().await.unwrap();
    assert_eq!(dirty(&scene).await, 2, "the third one is too old to be asked for");
    let since = earlier(at(0), AT_FIRST);
    let resent = format!("resend {} {}", earlier(at(-3600), OVERLAP), at(0));
    let changed = format!("changed since {since}");
    assert_eq!(scene.junction.asked(), [changed.clone(), changed, resent]);
}

#[tokio::test]
async fn a_team_is_compared_once_an_hour_by_all_together_and_from_where_it_ended() {
    let scene = Scene::new();
    let (one, other) = (reconciler(&scene), reconciler(&scene));
    one.compare_all().await.unwrap();
    one.compare_all().await.unwrap();
    other.compare_all().await.unwrap();
    assert_eq!(scene.junction.asked().len(), 1);
    scene.pass(Duration::from_mins(59));
    other.compare_all().await.unwrap();
    assert_eq!(scene.junction.asked().len(), 1);
    scene.pass(Duration::from_mins(1));
    other.compare_all().await.unwrap();
    let since = earlier(at(0), OVERLAP);
    assert_eq!(scene.junction.asked()[1..], [format!("changed since {since}")]);
}

#[tokio::test]
async fn what_is_known_already_or_changed_just_now_is_no_gap() {
    let scene = Scene::new();
    let reconciler = reconciler(&scene);
    scene.junction.has(order(1, &[ORDERED], -3600));
    scene.store.follow(followed(1), at(-3600)).await.unwrap();
    let claimed = scene.store.claim(at(-3600), at(0), 1).await.unwrap().remove(0);
    let observed = store::orders::Observed {
        state: "placed".to_owned(),
        raw_status: ORDERED.to_owned(),
        updated_at: at(-3600),
        last_event_id: Some(1),
        appointment: None,
        visit_state: None,
        transaction: None,
    };
    let settled = scene
        .store
        .settle(claimed.key, claimed.marks, observed, Vec::new(), at(-3600));
    settled.await.unwrap();
    scene.junction.has(order(2, &[ORDERED], -60));
    reconciler.compare_all().await.unwrap();
    assert_eq!(dirty(&scene).await, 1);
    assert!(!scene.junction.asked().iter().any(|asked| asked.starts_with("resend")));
}

#[tokio::test]
async fn a_comparison_that_failed_is_repeated_soon_and_misses_nothing() {
    let scene = Scene::new();
    let reconciler = reconciler(&scene);
    scene.junction.is_away.store(true, Ordering::SeqCst);
    scene.junction.has(order(1, &[ORDERED], -60));
    reconciler.compare_all().await.unwrap();
    scene.junction.is_away.store(false, Ordering::SeqCst);
    scene.pass(Duration::from_mins(4));
    reconciler.compare_all().await.unwrap();
    assert_eq!(dirty(&scene).await, 0);
    scene.pass(Duration::from_mins(1));
    reconciler.compare_all().await.unwrap();
    assert_eq!(dirty(&scene).await, 1);
}
