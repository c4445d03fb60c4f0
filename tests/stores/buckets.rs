//! What a bucket in the database promises, however many take from it. Time is moved in the rows: no test waits for it.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use store::postgres::{Address, Buckets, Database, Limit, Taken, Tls};
use tokio::task::JoinHandle;

use crate::helpers::{Postgres, Setting};

const HOUR: Duration = Duration::from_hours(1);

/// Buckets that are connected until the test ends.
struct Connected {
    buckets: Arc<Buckets>,
    keeping: JoinHandle<()>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.keeping.abort();
    }
}

fn migrated() -> Postgres {
    let postgres = Postgres::start();
    let _said = Setting::with(&postgres.url(), "").migrate(&postgres.owners_url());
    postgres
}

async fn connected(postgres: &Postgres) -> Connected {
    let address = Address::parse(&postgres.url()).unwrap();
    let buckets = Arc::new(Buckets::of(Database::new(address, Tls::Off)));
    let kept = Arc::clone(&buckets);
    let keeping = tokio::spawn(async move { kept.keep().await });
    let connecting = async {
        while !buckets.are_shared() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), connecting).await.unwrap();
    Connected { buckets, keeping }
}

fn hourly(burst: u32) -> Limit {
    Limit { interval: HOUR, burst }
}

#[tokio::test]
async fn a_burst_passes_and_what_is_denied_does_not_count() {
    let postgres = migrated();
    let one = connected(&postgres).await;
    for _ in 0..5 {
        assert_eq!(one.buckets.take(b"key", hourly(5)).await, Taken::Passed);
    }
    let full_at = || postgres.sql("select tat from rate_bucket");
    let before = full_at();
    let Taken::Denied { wait } = one.buckets.take(b"key", hourly(5)).await else {
        panic!("the burst is used up");
    };
    assert!((Duration::from_mins(59)..=HOUR).contains(&wait), "{wait:?}");
    assert_eq!(full_at(), before);
    assert_eq!(
        one.buckets.take(b"other", hourly(5)).await,
        Taken::Passed,
        "another bucket"
    );

    postgres.sql("update rate_bucket set tat = tat - interval '1 hour'");
    assert_eq!(
        one.buckets.take(b"key", hourly(5)).await,
        Taken::Passed,
        "an hour later"
    );
    assert!(matches!(
        one.buckets.take(b"key", hourly(5)).await,
        Taken::Denied { .. }
    ));

    postgres.sql("update rate_bucket set tat = tat - interval '1 year'");
    for _ in 0..5 {
        assert_eq!(one.buckets.take(b"key", hourly(5)).await, Taken::Passed, "a year later");
    }
    assert!(
        matches!(one.buckets.take(b"key", hourly(5)).await, Taken::Denied { .. }),
        "a long pause allows no more than the burst"
    );
    let asked = one.buckets.asked();
    assert_eq!((asked.passed, asked.denied, asked.failed), (12, 3, 0));
}

#[tokio::test]
async fn of_many_that_take_at_once_exactly_the_burst_passes() {
    let postgres = migrated();
    let all = [
        connected(&postgres).await,
        connected(&postgres).await,
        connected(&postgres).await,
    ];
    let attempts = (0..60).flat_map(|_| all.iter().map(|one| one.buckets.take(b"key", hourly(50))));
    let taken = join_all(attempts).await;
    // One that found no response in time may have been counted all the same.
    let passed = taken.iter().filter(|taken| **taken == Taken::Passed).count();
    let failed = taken
        .iter()
        .filter(|taken| **taken == Taken::Failed || **taken == Taken::NotAsked)
        .count();
    assert!(
        passed <= 50 && passed + failed >= 50,
        "{passed} passed, {failed} failed"
    );
}

#[tokio::test]
async fn full_buckets_are_deleted_and_by_one_at_a_time() {
    let postgres = migrated();
    let one = connected(&postgres).await;
    for key in ["a", "b", "c"] {
        assert_eq!(one.buckets.take(key.as_bytes(), hourly(5)).await, Taken::Passed);
    }
    assert_eq!(one.buckets.delete_full().await, Ok(0));
    postgres.sql("update rate_bucket set tat = clock_timestamp() - interval '1 second' where key <> 'c'");
    assert_eq!(one.buckets.delete_full().await, Ok(2));
    assert_eq!(postgres.sql("select key = 'c' from rate_bucket"), "t");
    assert_eq!(one.buckets.take(b"a", hourly(5)).await, Taken::Passed);
}
