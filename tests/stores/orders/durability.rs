//! A file that outlasts its process, and says nothing of a person.

use std::{path::Path, sync::Arc};

use actix_web::rt::System;
use futures_util::future::join_all;
use store::{
    orders::{OrderStore as _, Receipt, Received},
    sqlite::{Missing, Sqlite},
};

use super::{at, event, followed, happened, order, receipt};

fn open(path: &Path) -> Sqlite {
    Sqlite::open(path, Missing::Create).unwrap()
}

#[test]
fn thousands_of_webhooks_at_once_are_all_noted_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let receipts = || {
        (0..4000_u32).map(|number| {
            let mut id = [9; 32];
            id[..4].copy_from_slice(&number.to_be_bytes());
            Receipt {
                id,
                order: Some(order(u128::from(number % 1000))),
                ..receipt(0, None)
            }
        })
    };
    System::new().block_on(async {
        let store = Arc::new(open(&path));
        let received = join_all(receipts().map(|receipt| store.receive(receipt, at(0)))).await;
        assert!(received.iter().all(|received| *received == Ok(Received::New)));
        drop(store);
        let store = open(&path);
        let again = join_all(receipts().map(|receipt| store.receive(receipt, at(1)))).await;
        assert!(again.iter().all(|received| *received == Ok(Received::Unfinished)));
        assert_eq!(store.counts().await.unwrap().dirty, 1000);
        let claimed = store.claim(at(2), at(60), 2000).await.unwrap();
        assert_eq!(claimed.len(), 1000);
    });
}

#[test]
fn two_processes_never_take_the_same_order_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    System::new().block_on(async {
        let (one, other) = (open(&path), open(&path));
        join_all((0..200).map(|number| one.follow(followed(number), at(0)))).await;
        let mut taken = Vec::new();
        while taken.len() < 200 {
            let (first, second) = tokio::join!(one.claim(at(1), at(60), 7), other.claim(at(1), at(60), 7));
            taken.extend(
                first
                    .unwrap()
                    .into_iter()
                    .chain(second.unwrap())
                    .map(|claimed| claimed.key.order),
            );
        }
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), 200);
    });
}

#[test]
fn what_was_deleted_is_not_left_in_the_file() {
    const CANARY: &str = "canary-7f3a";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let holds = || {
        let stored = std::fs::read(&path).unwrap();
        stored.windows(CANARY.len()).any(|part| part == CANARY.as_bytes())
    };
    System::new().block_on(async {
        // Each time the last connection closes, what waited in the log is in the file.
        let store = open(&path);
        happened(&store, 1, vec![event(CANARY, 0)], 0).await;
        drop(store);
        assert!(holds());
        let store = open(&path);
        store.forget(followed(1).key()).await.unwrap();
        drop(store);
        assert!(!holds());
    });
}
