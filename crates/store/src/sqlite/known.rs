//! The known users in SQLite: what is asked and written, and how.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot::Sender;

use super::fault::Why;
use crate::known::{Person, Sighting, Unavailable};

/// Where an answer goes.
pub(super) type Reply<T> = Sender<Result<T, Unavailable>>;

/// What is to be written.
pub(super) enum Write {
    Remember(Vec<Sighting>, Reply<u64>),
    Forget(String, Vec<Person>, Reply<u64>),
}

/// What is to be read.
pub(super) enum Read {
    Seen(String, Vec<Person>, Reply<Vec<Person>>),
    Count(String, Reply<u64>),
}

/// Writes all of these in one transaction: either all are durable, or none is.
pub(super) fn write(connection: &mut Connection, batch: Vec<Write>) {
    let written = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .and_then(|transaction| {
            let counts: Result<Vec<u64>, _> = batch.iter().map(|job| apply(&transaction, job)).collect();
            let counts = counts?;
            transaction.commit()?;
            Ok(counts)
        });
    match written {
        Ok(counts) => {
            for (job, count) in batch.into_iter().zip(counts) {
                job.reply(Ok(count));
            }
        }
        Err(error) => {
            let why = Unavailable::from(&Why::from(error));
            for job in batch {
                job.reply(Err(why.clone()));
            }
        }
    }
}

impl Write {
    fn reply(self, outcome: Result<u64, Unavailable>) {
        let (Self::Remember(_, reply) | Self::Forget(_, _, reply)) = self;
        let _asker_may_have_left = reply.send(outcome);
    }
}

fn apply(transaction: &Transaction<'_>, job: &Write) -> rusqlite::Result<u64> {
    match job {
        Write::Remember(sightings, _) => remember(transaction, sightings),
        Write::Forget(tenant, persons, _) => forget(transaction, tenant, persons),
    }
}

fn remember(transaction: &Transaction<'_>, sightings: &[Sighting]) -> rusqlite::Result<u64> {
    let mut insert =
        transaction.prepare_cached("insert or ignore into known_user (tenant, person, seen) values (?, ?, ?)")?;
    let mut renew =
        transaction.prepare_cached("update known_user set seen = max(seen, ?3) where tenant = ?1 and person = ?2")?;
    let mut new = 0;
    for Sighting { tenant, person, at } in sightings {
        let row = params![&**tenant, person.as_bytes(), at.as_second()];
        if insert.execute(row)? == 0 {
            renew.execute(row)?;
        } else {
            new += 1;
        }
    }
    Ok(new)
}

fn forget(transaction: &Transaction<'_>, tenant: &str, persons: &[Person]) -> rusqlite::Result<u64> {
    let mut delete = transaction.prepare_cached("delete from known_user where tenant = ? and person = ?")?;
    let mut forgotten = 0;
    for person in persons {
        forgotten += u64::from(delete.execute(params![tenant, person.as_bytes()])? > 0);
    }
    Ok(forgotten)
}

pub(super) fn read(connection: &Connection, batch: Vec<Read>) {
    for job in batch {
        match job {
            Read::Seen(tenant, persons, reply) => respond(reply, seen(connection, &tenant, &persons)),
            Read::Count(tenant, reply) => respond(reply, count(connection, &tenant)),
        }
    }
}

fn respond<T>(reply: Reply<T>, outcome: rusqlite::Result<T>) {
    let outcome = outcome.map_err(|error| Unavailable::from(&Why::from(error)));
    let _asker_may_have_left = reply.send(outcome);
}

fn seen(connection: &Connection, tenant: &str, persons: &[Person]) -> rusqlite::Result<Vec<Person>> {
    let mut find = connection.prepare_cached("select 1 from known_user where tenant = ? and person = ?")?;
    let mut found = Vec::new();
    for person in persons {
        let row = find.query_row(params![tenant, person.as_bytes()], |_| Ok(()));
        found.extend(row.optional()?.map(|()| *person));
    }
    Ok(found)
}

fn count(connection: &Connection, tenant: &str) -> rusqlite::Result<u64> {
    let mut count = connection.prepare_cached("select count(*) from known_user where tenant = ?")?;
    let rows: i64 = count.query_row([tenant], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}
