//! The known users in SQLite.

use futures_util::FutureExt as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Sqlite;
use crate::known::{Answer, KnownUsers, Person, Sighting};

impl KnownUsers for Sqlite {
    fn seen<'a>(&'a self, tenant: &'a str, persons: Vec<Person>) -> Answer<'a, Vec<Person>> {
        let tenant = tenant.to_owned();
        self.read(move |connection| seen(connection, &tenant, &persons)).boxed()
    }

    fn remember(&self, sightings: Vec<Sighting>) -> Answer<'_, u64> {
        self.write(move |connection| remember(connection, &sightings)).boxed()
    }

    fn count<'a>(&'a self, tenant: &'a str) -> Answer<'a, u64> {
        let tenant = tenant.to_owned();
        self.read(move |connection| count(connection, &tenant)).boxed()
    }

    fn forget<'a>(&'a self, tenant: &'a str, persons: Vec<Person>) -> Answer<'a, u64> {
        let tenant = tenant.to_owned();
        self.write(move |connection| forget(connection, &tenant, &persons))
            .boxed()
    }
}

fn remember(connection: &Connection, sightings: &[Sighting]) -> rusqlite::Result<u64> {
    let mut insert =
        connection.prepare_cached("insert or ignore into known_user (tenant, person, seen) values (?, ?, ?)")?;
    let mut renew =
        connection.prepare_cached("update known_user set seen = max(seen, ?3) where tenant = ?1 and person = ?2")?;
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

fn forget(connection: &Connection, tenant: &str, persons: &[Person]) -> rusqlite::Result<u64> {
    let mut delete = connection.prepare_cached("delete from known_user where tenant = ? and person = ?")?;
    let mut forgotten = 0;
    for person in persons {
        forgotten += u64::from(delete.execute(params![tenant, person.as_bytes()])? > 0);
    }
    Ok(forgotten)
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
