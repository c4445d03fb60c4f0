//! The one connection of a chain. The trail's thread waits for each statement; a thread of the connection's own sends it, because
//! the trail may be begun where nothing may wait.

use std::{
    fmt,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use domain::audit::Head;
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};
use uuid::Uuid;

use super::columns::{Begins, Columns, hash};
use crate::{
    postgres::{Connected, Database, Fault, Needs, check},
    trail::line::Hash,
};

/// How long a statement may take before its fate is unknown.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// A group of lines, in one transaction.
const APPEND: &str = "
insert into audit_record (chain, seq, at, tenant, op, code, key, patient, clinician, line, hash)
select $1, * from unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[],
    $9::bytea[], $10::bytea[], $11::bytea[])";

const BEGIN: &str = "
insert into audit_chain (chain, instance, started, first_key, previous) values ($1, $2, $3, $4, $5::text::jsonb)";

const LAST: &str = "select seq, hash from audit_record where chain = $1 order by seq desc limit 1";

const STORED: &str = "select seq, hash from audit_record where chain = $1 and seq between $2 and $3 order by seq";

/// The last line of each chain, unless another chain names it.
const HEADS: &str = "
with last as (
    select chain, record.seq, encode(record.hash, 'hex') as hash from audit_chain
    cross join lateral (
        select seq, hash from audit_record where audit_record.chain = audit_chain.chain order by seq desc limit 1
    ) record
), named as (
    select (head ->> 'chain')::uuid as chain, (head ->> 'seq')::bigint as seq
    from audit_chain cross join jsonb_array_elements(previous) head
)
select chain, seq, hash from last where (chain, seq) not in (select chain, seq from named) order by chain";

/// What became of a group that is not confirmed.
pub(super) enum Error {
    /// It was never sent.
    NotSent(Fault),
    /// The database refused it.
    Refused(Fault),
    /// Something else is in its place.
    Taken,
    /// It may be there, or come to be there.
    Unknown(Fault),
}

/// Whose lines stand in the places of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// The group's own, all of them.
    Ours,
    /// Others.
    Another,
}

type Work = Box<dyn FnOnce(&mut State) + Send>;

/// The handle of the connection's thread.
pub(super) struct Connection {
    orders: Sender<Work>,
}

/// What the connection's thread has.
struct State {
    runtime: Runtime,
    database: Database,
    chain: Uuid,
    open: Option<(Client, Connected)>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connection")
    }
}

impl Connection {
    pub(super) fn start(database: Database, chain: Uuid) -> Self {
        let (orders, received) = channel();
        let started = Builder::new_current_thread().enable_all().build().and_then(|runtime| {
            let state = State {
                runtime,
                database,
                chain,
                open: None,
            };
            thread::Builder::new()
                .name("audit-db".to_owned())
                .spawn(move || work(state, &received))
        });
        if let Err(error) = started {
            // Each order fails from here on, which is what their senders report.
            tracing::error!(%error, "cannot start the thread of the trail's connection");
        }
        Self { orders }
    }

    /// Does something on the connection's thread, and waits for it. Nothing if the thread is gone.
    fn ask<T: Send + 'static>(&self, work: impl FnOnce(&mut State) -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = channel();
        let order: Work = Box::new(move |state| {
            // The asker waits for nothing else.
            let _it_waits = answer.send(work(state));
        });
        self.orders.send(order).ok()?;
        answered.recv().ok()
    }

    /// Keeps a group.
    pub(super) fn send(&self, columns: &Arc<Columns>) -> Result<(), Error> {
        let columns = Arc::clone(columns);
        let sent = self.ask(move |state| state.send(&columns));
        sent.unwrap_or_else(|| Err(Error::NotSent(gone())))
    }

    /// Keeps a group of which it is not known whether it is kept already.
    pub(super) fn send_again(&self, columns: &Arc<Columns>) -> Result<Kept, Fault> {
        let columns = Arc::clone(columns);
        let sent = self.ask(move |state| {
            state.renew()?;
            state.send_again(&columns)
        });
        sent.unwrap_or_else(|| Err(gone()))
    }

    /// The place of the chain's last line, if there is one.
    pub(super) fn last(&self) -> Result<Option<(u64, Hash)>, Fault> {
        self.ask(State::last).unwrap_or_else(|| Err(gone()))
    }

    /// Drops the connection, and makes another one to a database that is fit for a trail.
    pub(super) fn renew(&self) -> Result<(), Fault> {
        self.ask(State::renew).unwrap_or_else(|| Err(gone()))
    }

    /// The last lines of all chains that no chain names.
    pub(super) fn heads(&self) -> Result<Vec<Head>, Fault> {
        let heads = self.ask(|state| {
            state.renew()?;
            state.heads()
        });
        heads.unwrap_or_else(|| Err(gone()))
    }
}

fn work(mut state: State, orders: &Receiver<Work>) {
    for order in orders {
        order(&mut state);
    }
}

fn gone() -> Fault {
    Fault::Unreachable("the thread of the connection has ended".to_owned())
}

impl State {
    fn renew(&mut self) -> Result<(), Fault> {
        self.open = None;
        let Self { runtime, database, .. } = self;
        let open = runtime.block_on(async {
            let (client, mut connected) = database.connect().await?;
            connected.beside(check(&client, Needs::Trail)).await??;
            Ok::<_, Fault>((client, connected))
        })?;
        self.open = Some(open);
        Ok(())
    }

    /// Does something with the client while the connection is served, within the deadline. An error of the connection, or none in
    /// time, closes it.
    fn within<T>(
        &mut self,
        work: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Attempted> {
        let Some((client, mut connected)) = self.open.take() else {
            return Err(Attempted::NotOpen);
        };
        let done = self.runtime.block_on(async {
            let working = connected.beside(work(&client));
            timeout(STATEMENT_TIMEOUT, working).await
        });
        match done {
            Err(_elapsed) => Err(Attempted::Lost(Fault::Silent)),
            Ok(Err(lost)) => Err(Attempted::Lost(lost)),
            Ok(Ok(Err(error))) if error.as_db_error().is_none() || client.is_closed() => {
                Err(Attempted::Lost(Fault::of(&error)))
            }
            Ok(Ok(Err(error))) => {
                self.open = Some((client, connected));
                Err(Attempted::Refused(error))
            }
            Ok(Ok(Ok(value))) => {
                self.open = Some((client, connected));
                Ok(value)
            }
        }
    }

    fn send(&mut self, columns: &Columns) -> Result<(), Error> {
        if self.open.as_ref().is_none_or(|(client, _)| client.is_closed()) {
            return Err(Error::NotSent(Fault::Unreachable(
                "the connection is closed".to_owned(),
            )));
        }
        let chain = self.chain;
        let sent = self.within(async |client| insert(client, chain, columns, "").await);
        sent.map_err(|attempted| match attempted {
            Attempted::NotOpen => Error::NotSent(Fault::Silent),
            Attempted::Lost(fault) => Error::Unknown(fault),
            Attempted::Refused(error) if error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION) => {
                Error::Taken
            }
            // The server's own end: what it was doing may have been done.
            Attempted::Refused(error) => match Fault::of(&error) {
                fault if fault.is_passing() => Error::Unknown(fault),
                fault => Error::Refused(fault),
            },
        })
    }

    fn send_again(&mut self, columns: &Columns) -> Result<Kept, Fault> {
        let chain = self.chain;
        let (Some(first), Some(last)) = (columns.seq.first().copied(), columns.seq.last().copied()) else {
            return Ok(Kept::Ours);
        };
        let stored = self.within(async |client| {
            insert(client, chain, columns, " on conflict do nothing").await?;
            let places: [(&(dyn ToSql + Sync), Type); 3] =
                [(&chain, Type::UUID), (&first, Type::INT8), (&last, Type::INT8)];
            let rows = client.query_typed(STORED, &places).await?;
            let stored = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
            stored.collect::<Result<Vec<(i64, Vec<u8>)>, tokio_postgres::Error>>()
        });
        let stored = stored.map_err(Fault::from)?;
        let stored = stored.iter().map(|(seq, hash)| (*seq, hash.as_slice()));
        Ok(if stored.eq(columns.places()) {
            Kept::Ours
        } else {
            Kept::Another
        })
    }

    fn last(&mut self) -> Result<Option<(u64, Hash)>, Fault> {
        let chain = self.chain;
        let row = self.within(async |client| client.query_typed_opt(LAST, &[(&chain, Type::UUID)]).await);
        let Some(row) = row.map_err(Fault::from)? else {
            return Ok(None);
        };
        let of = |error: tokio_postgres::Error| Fault::of(&error);
        let (seq, stored): (i64, &[u8]) = (row.try_get(0).map_err(of)?, row.try_get(1).map_err(of)?);
        // What is no number or no hash of ours equals none.
        Ok(Some((
            u64::try_from(seq).unwrap_or(u64::MAX),
            hash(stored).unwrap_or_default(),
        )))
    }

    fn heads(&mut self) -> Result<Vec<Head>, Fault> {
        let rows = self.within(async |client| client.query_typed(HEADS, &[]).await);
        let head = |row: &tokio_postgres::Row| {
            let seq: i64 = row.try_get(1)?;
            Ok(Head {
                chain: row.try_get(0)?,
                seq: u64::try_from(seq).unwrap_or(u64::MAX),
                hash: row.try_get(2)?,
            })
        };
        let heads: Result<_, tokio_postgres::Error> = rows.map_err(Fault::from)?.iter().map(head).collect();
        heads.map_err(|error| Fault::of(&error))
    }
}

/// What became of a statement that brought nothing.
enum Attempted {
    /// There was no connection.
    NotOpen,
    /// The connection was lost, or nothing came back in time.
    Lost(Fault),
    /// The server said no.
    Refused(tokio_postgres::Error),
}

impl From<Attempted> for Fault {
    fn from(attempted: Attempted) -> Self {
        match attempted {
            Attempted::NotOpen => Self::Unreachable("the connection is closed".to_owned()),
            Attempted::Lost(fault) => fault,
            Attempted::Refused(error) => Self::of(&error),
        }
    }
}

async fn insert(
    client: &Client,
    chain: Uuid,
    columns: &Columns,
    on_conflict: &str,
) -> Result<(), tokio_postgres::Error> {
    let begins = columns.begins.as_ref();
    if let Some(begins) = begins {
        begin(client, chain, begins, on_conflict).await?;
    }
    let parameters: [(&(dyn ToSql + Sync), Type); 11] = [
        (&chain, Type::UUID),
        (&columns.seq, Type::INT8_ARRAY),
        (&columns.at, Type::TIMESTAMPTZ_ARRAY),
        (&columns.tenant, Type::TEXT_ARRAY),
        (&columns.op, Type::TEXT_ARRAY),
        (&columns.code, Type::TEXT_ARRAY),
        (&columns.key, Type::TEXT_ARRAY),
        (&columns.patient, Type::BYTEA_ARRAY),
        (&columns.clinician, Type::BYTEA_ARRAY),
        (&columns.line, Type::BYTEA_ARRAY),
        (&columns.hash, Type::BYTEA_ARRAY),
    ];
    client
        .execute_typed(&format!("{APPEND}{on_conflict}"), &parameters)
        .await?;
    Ok(())
}

/// The chain's row comes before its first line: a chain without lines is one that never began.
async fn begin(client: &Client, chain: Uuid, begins: &Begins, on_conflict: &str) -> Result<(), tokio_postgres::Error> {
    let parameters: [(&(dyn ToSql + Sync), Type); 5] = [
        (&chain, Type::UUID),
        (&begins.instance, Type::TEXT),
        (&begins.started, Type::TIMESTAMPTZ),
        (&begins.first_key, Type::TEXT),
        (&begins.previous, Type::TEXT),
    ];
    client
        .execute_typed(&format!("{BEGIN}{on_conflict}"), &parameters)
        .await?;
    Ok(())
}
