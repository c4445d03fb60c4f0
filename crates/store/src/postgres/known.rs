//! The known users in PostgreSQL, which several gateways share.

use std::time::Duration;

use futures_util::{FutureExt as _, future::BoxFuture};
use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row, types::Type};

use super::{
    Connected, Database, Fault, Needs,
    channel::{Channel, Parameter},
};
use crate::known::{Answer, KnownUsers, Person, Sighting};

/// How long a launch waits for the database at most.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long a list that is written or counted may take.
const LISTS: Duration = Duration::from_secs(30);

const SEEN: &str = "select person from known_user where tenant = $1 and person = any($2)";

/// In one order, so that two gateways that write the same rows wait for each other once. A row that was inserted has no `xmax`.
const REMEMBER: &str = "
insert into known_user as known (tenant, person, seen)
select tenant, person, max(seen) from unnest($1::text[], $2::bytea[], $3::timestamptz[]) as noted (tenant, person, seen)
group by tenant, person order by tenant, person
on conflict (tenant, person) do update set seen = greatest(known.seen, excluded.seen)
returning xmax = 0";

const COUNT: &str = "select count(*) from known_user where tenant = $1";

const FORGET: &str = "delete from known_user where tenant = $1 and person = any($2)";

/// The table of a database, over one connection.
#[derive(Debug)]
pub struct SharedKnownUsers(Channel);

impl SharedKnownUsers {
    /// In this database, which [`KnownUsers::keep`] connects to.
    #[must_use]
    pub fn of(database: Database) -> Self {
        Self(Channel::of(database, Needs::KnownUsers, PATIENCE))
    }

    /// Connects once, for a command. The second part must be polled for as long as the first one is used.
    ///
    /// # Errors
    /// Why there is no connection.
    pub async fn connect(database: &Database) -> Result<(Self, Connected), Fault> {
        let (channel, connected) = Channel::connect(database).await?;
        Ok((Self(channel), connected))
    }
}

impl KnownUsers for SharedKnownUsers {
    fn seen<'a>(&'a self, tenant: &'a str, persons: Vec<Person>) -> Answer<'a, Vec<Person>> {
        let question = async move |client: &Client| {
            let persons = bytes(&persons);
            let parameters: [Parameter<'_>; 2] = [(&tenant, Type::TEXT), (&persons, Type::BYTEA_ARRAY)];
            let rows = client.query_typed(SEEN, &parameters).await?;
            rows.iter().filter_map(|row| person(row).transpose()).collect()
        };
        self.0.ask(PATIENCE, question).boxed()
    }

    fn remember(&self, sightings: Vec<Sighting>) -> Answer<'_, u64> {
        let question = async move |client: &Client| {
            let tenants: Vec<&str> = sightings.iter().map(|sighting| &*sighting.tenant).collect();
            let persons: Vec<&[u8]> = sightings
                .iter()
                .map(|sighting| sighting.person.as_bytes().as_slice())
                .collect();
            let times: Vec<Timestamp> = sightings.iter().map(|sighting| sighting.at).collect();
            let parameters: [Parameter<'_>; 3] = [
                (&tenants, Type::TEXT_ARRAY),
                (&persons, Type::BYTEA_ARRAY),
                (&times, Type::TIMESTAMPTZ_ARRAY),
            ];
            let rows = client.query_typed(REMEMBER, &parameters).await?;
            let new: Vec<bool> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            Ok(new.into_iter().map(u64::from).sum())
        };
        self.0.ask(LISTS, question).boxed()
    }

    fn count<'a>(&'a self, tenant: &'a str) -> Answer<'a, u64> {
        let question = async move |client: &Client| {
            let row = client.query_typed_one(COUNT, &[(&tenant, Type::TEXT)]).await?;
            Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
        };
        self.0.ask(LISTS, question).boxed()
    }

    fn forget<'a>(&'a self, tenant: &'a str, persons: Vec<Person>) -> Answer<'a, u64> {
        let question = async move |client: &Client| {
            let persons = bytes(&persons);
            let parameters: [Parameter<'_>; 2] = [(&tenant, Type::TEXT), (&persons, Type::BYTEA_ARRAY)];
            client.execute_typed(FORGET, &parameters).await
        };
        self.0.ask(LISTS, question).boxed()
    }

    fn keep(&self) -> BoxFuture<'_, ()> {
        self.0.keep().boxed()
    }
}

fn bytes(persons: &[Person]) -> Vec<&[u8]> {
    persons.iter().map(|person| person.as_bytes().as_slice()).collect()
}

/// None for what is not a pseudonym: the gateway has not written it.
fn person(row: &Row) -> Result<Option<Person>, Error> {
    let stored: &[u8] = row.try_get(0)?;
    Ok(stored.try_into().ok().map(Person::of_bytes))
}
