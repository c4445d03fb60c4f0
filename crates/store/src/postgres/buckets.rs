//! Limits that several gateways keep together, by the generic cell rate algorithm. A bucket is one row: the moment at which it is
//! full again, by the database's clock, whatever the clocks of the gateways say.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};

use super::{Database, Fault, Link, Needs};

/// How long a launch waits for the database at most.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);

/// After so many failures in a row, the connection is given up.
const FAILURES: u32 = 3;

/// How often rows are deleted that are of no use any more.
const SWEEP_PERIOD: Duration = Duration::from_mins(1);

/// How long that may take.
const SWEEP_TIMEOUT: Duration = Duration::from_secs(10);

/// One row back: taken. None: the bucket is empty. `$2` is the interval between two in microseconds, `$3` that times one less
/// than the burst.
const TAKE: &str = "
insert into rate_bucket as bucket values ($1, clock_timestamp() + $2 * interval '1 microsecond')
on conflict (key) do update
    set tat = greatest(bucket.tat, clock_timestamp()) + $2 * interval '1 microsecond'
    where greatest(bucket.tat, clock_timestamp()) - $3 * interval '1 microsecond' <= clock_timestamp()
returning 1";

/// In how many microseconds the next one can be taken.
const WAIT: &str = "
select ceil(extract(epoch from tat - $2 * interval '1 microsecond' - clock_timestamp()) * 1000000)::bigint
from rate_bucket where key = $1";

/// Full buckets are like new ones. The lock, which ends with the statement, lets one gateway do it at a time.
const SWEEP: &str = "
with lock as materialized (select pg_try_advisory_xact_lock($1) as is_held)
delete from rate_bucket where tat < clock_timestamp() and (select is_held from lock)";

/// Any number that no other program locks.
const SWEEPING: i64 = 0x656d_7065_7377_7065;

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Between two, in the long run. Counted in whole microseconds.
    pub interval: Duration,
    /// How many at once, after a pause. At least 1.
    pub burst: u32,
}

/// What the database says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was counted, and may happen.
    Passed,
    /// There were too many; it was not counted. The next one may come after this time.
    Denied {
        /// Not zero.
        wait: Duration,
    },
    /// The database did not say in time, or failed.
    Failed,
    /// There is no connection, so it was not asked.
    NotAsked,
}

/// How often the database was asked, by what it said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// It could be taken.
    pub passed: u64,
    /// There were too many.
    pub denied: u64,
    /// Nothing was said in time.
    pub failed: u64,
}

/// All buckets of a database.
#[derive(Debug)]
pub struct Buckets {
    link: Link,
    failures: AtomicU32,
    passed: AtomicU64,
    denied: AtomicU64,
    failed: AtomicU64,
}

impl Buckets {
    /// The buckets of this database, which [`Self::keep`] connects to.
    #[must_use]
    pub fn of(database: Database) -> Self {
        Self {
            link: Link::new(database, "store.postgres", Needs::Limits, PATIENCE),
            failures: AtomicU32::new(0),
            passed: AtomicU64::new(0),
            denied: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Takes one from the bucket of this key, in at most 50 ms.
    pub async fn take(&self, key: &[u8], limit: Limit) -> Taken {
        let Some(client) = self.link.client() else {
            return Taken::NotAsked;
        };
        let deadline = Instant::now() + PATIENCE;
        let taken = take(&client, key, limit, deadline).await;
        match taken {
            Some(None) => {
                self.passed.fetch_add(1, Ordering::Relaxed);
                self.failures.store(0, Ordering::Relaxed);
                Taken::Passed
            }
            Some(Some(wait)) => {
                self.denied.fetch_add(1, Ordering::Relaxed);
                self.failures.store(0, Ordering::Relaxed);
                Taken::Denied { wait }
            }
            None => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                self.failed_on(&client);
                Taken::Failed
            }
        }
    }

    /// Stops asking after several failures in a row, so that no further launch waits for a database that is away.
    fn failed_on(&self, client: &Arc<Client>) {
        // What was sent on a connection that is given up fails with it, and says nothing about the next one.
        if !self.link.is_in_use(client) {
            return;
        }
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= FAILURES && self.link.give_up(client) {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// Whether the database is asked at the moment.
    #[must_use]
    pub fn are_shared(&self) -> bool {
        self.link.is_up()
    }

    /// How often it was asked.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked {
            passed: self.passed.load(Ordering::Relaxed),
            denied: self.denied.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }

    /// Stays connected, and deletes what is of no use any more, for as long as it is polled.
    pub async fn keep(&self) {
        tokio::join!(self.link.keep(), self.sweep());
    }

    async fn sweep(&self) {
        let mut ticks = interval(SWEEP_PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.delete_full().await {
                Ok(deleted) => tracing::debug!(deleted, "deleted buckets that were full again"),
                Err(fault) => tracing::warn!(
                    fault = format!("store.postgres {fault}"),
                    "could not delete buckets that are full again"
                ),
            }
        }
    }

    /// Deletes every bucket that is full again, unless another gateway does so at the moment, or there is no connection. How
    /// many there were.
    ///
    /// # Errors
    /// If the database fails, or takes more than ten seconds.
    pub async fn delete_full(&self) -> Result<u64, Fault> {
        let Some(client) = self.link.client() else {
            return Ok(0);
        };
        let lock = [(&SWEEPING as &(dyn ToSql + Sync), Type::INT8)];
        match timeout(SWEEP_TIMEOUT, client.execute_typed(SWEEP, &lock)).await {
            Ok(deleted) => deleted.map_err(|error| Fault::of(&error)),
            Err(_elapsed) => Err(Fault::Silent),
        }
    }
}

/// Nothing if it could not be found out in time; else nothing if one was taken, or how long to wait.
async fn take(client: &Client, key: &[u8], limit: Limit, deadline: Instant) -> Option<Option<Duration>> {
    let interval = micros(limit.interval);
    let tolerance = interval.saturating_mul(i64::from(limit.burst.saturating_sub(1)));
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&key, Type::BYTEA), (&interval, Type::INT8), (&tolerance, Type::INT8)];
    let taken = timeout_at(deadline, client.query_typed_opt(TAKE, &parameters)).await;
    if taken.ok()?.ok()?.is_some() {
        return Some(None);
    }
    let [key, _, tolerance] = parameters;
    let wait = match timeout_at(deadline, client.query_typed_opt(WAIT, &[key, tolerance])).await {
        Ok(Ok(Some(row))) => row.try_get(0).unwrap_or(interval),
        // It was denied all the same.
        Ok(Ok(None) | Err(_)) | Err(_) => interval,
    };
    Some(Some(Duration::from_micros(u64::try_from(wait).unwrap_or(0).max(1))))
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
