//! While nothing can be recorded, nothing is done at Empego, and everything goes on by itself once it can.

use domain::audit::Event;
use store::trail::{Reader, verify::verify};

use crate::{
    disk::Disk,
    gateway::{Gateway, Scene},
};

/// How often a caller tries while nothing can be recorded.
const TRIES: usize = 5;

/// Every caller who tries gets that code, and Empego hears of none of them.
async fn refuses(scene: &Scene, gateway: &Gateway) {
    let before = scene.calls().await;
    for _ in 0..TRIES {
        let (status, body) = scene.launch(&gateway.address, "patient123").await.unwrap();
        assert_eq!(
            (status, body["code"].as_str()),
            (503, Some("audit_unavailable")),
            "{body}"
        );
        assert_eq!(body["retryable"], true);
    }
    assert_eq!(scene.calls().await, before);
}

/// How many records say that an attempt was refused for want of a record.
fn refusals(disk: &Disk) -> usize {
    let records = Reader::of(&disk.trail()).unwrap().flatten();
    let refused = records.filter(|record| match &record.event {
        Event::Attempt(attempt) => attempt.code == "audit_unavailable",
        Event::Correction(correction) => correction.code == "audit_unavailable",
        _ => false,
    });
    refused.count()
}

fn ends_well(scene: &Scene, gateway: Gateway, disk: &Disk) {
    gateway.stop();
    let report = verify(&disk.trail(), None, None, |_| {}).unwrap();
    assert!(report.is_intact() && report.has_ended(), "{report:?}");
    drop(report);
    let verified = scene.run(&["audit", "verify", "--config", "gateway.toml"], "");
    assert_eq!(verified.status.code(), Some(0));
}

#[actix_web::test]
async fn a_disk_that_fills_up_stops_launches_before_it_is_full() {
    let disk = Disk::new();
    let scene = Scene::with_trail_in(&disk.trail(), "min_free_mb = 2");
    let gateway = scene.serve();
    assert_eq!(scene.status(&gateway.address).await, 200);
    disk.fill_but(1024);
    let why = scene.becomes(&gateway, 503).await;
    assert!(why.contains("MiB are free, and audit.min_free_mb asks for 2"), "{why}");
    refuses(&scene, &gateway).await;
    disk.empty();
    scene.becomes(&gateway, 200).await;
    assert_eq!(scene.status(&gateway.address).await, 200);
    ends_well(&scene, gateway, &disk);
    assert_eq!(refusals(&disk), TRIES, "each is recorded once there is room");
}

#[actix_web::test]
async fn a_disk_that_is_full_at_once_lets_no_url_out() {
    let disk = Disk::new();
    let scene = Scene::with_trail_in(&disk.trail(), "min_free_mb = 1");
    let gateway = scene.serve();
    assert_eq!(scene.status(&gateway.address).await, 200);
    disk.fill_but(0);
    // Whether it was noticed before or at the write: no caller gets a URL once it is full.
    loop {
        let (status, body) = scene.launch(&gateway.address, "patient123").await.unwrap();
        if status == 503 {
            assert_eq!(body["code"], "audit_unavailable");
            break;
        }
        // A block that was begun has room for some records more.
        assert_eq!(status, 200);
    }
    refuses(&scene, &gateway).await;
    disk.empty();
    scene.becomes(&gateway, 200).await;
    ends_well(&scene, gateway, &disk);
}

#[actix_web::test]
async fn a_disk_that_turns_read_only_is_told_of_and_taken_up_again() {
    let mut disk = Disk::new();
    let scene = Scene::with_trail_in(&disk.trail(), "min_free_mb = 1");
    let gateway = scene.serve();
    assert_eq!(scene.status(&gateway.address).await, 200);
    disk.turn_read_only();
    // The first one is refused after the call: until then, nothing was known.
    assert_eq!(scene.status(&gateway.address).await, 503);
    let why = scene.becomes(&gateway, 503).await;
    assert!(why.contains("Read-only file system"), "{why}");
    refuses(&scene, &gateway).await;
    disk.replace();
    scene.becomes(&gateway, 200).await;
    assert_eq!(scene.status(&gateway.address).await, 200);
    ends_well(&scene, gateway, &disk);
    assert_eq!(refusals(&disk), TRIES + 1);
}

#[actix_web::test]
async fn a_disk_that_stops_to_answer_holds_nobody_up_for_longer_than_the_timeout() {
    let mut disk = Disk::new();
    let scene = Scene::with_trail_in(&disk.trail(), "min_free_mb = 1\ntimeout_ms = 200");
    let gateway = scene.serve();
    assert_eq!(scene.status(&gateway.address).await, 200);
    disk.freeze();
    // Late, and so without its URL.
    assert_eq!(scene.status(&gateway.address).await, 503);
    let why = scene.becomes(&gateway, 503).await;
    assert!(why.contains("has not responded for"), "{why}");
    refuses(&scene, &gateway).await;
    disk.thaw();
    scene.becomes(&gateway, 200).await;
    assert_eq!(scene.status(&gateway.address).await, 200);
    ends_well(&scene, gateway, &disk);
    assert_eq!(refusals(&disk), TRIES + 1, "the one that was late is corrected");
}
