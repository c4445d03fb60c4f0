//! Asking a database over one connection, within a time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::time::timeout;
use tokio_postgres::{
    Client, Error,
    types::{ToSql, Type},
};

use super::{Connected, Database, Fault, Link, Needs};
use crate::known::Unavailable;

/// After so many failures in a row, the connection is given up.
const FAILURES: u32 = 3;

/// What a statement takes, with its type, so that it needs no preparing.
pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// One connection for one concern.
#[derive(Debug)]
pub(super) struct Channel {
    connection: Connection,
    failures: AtomicU32,
}

#[derive(Debug)]
enum Connection {
    /// Made again when it is lost.
    Kept(Box<Link>),
    /// One for all there is to do.
    Lent(Client),
}

impl Channel {
    /// To this database, which [`Self::keep`] connects to. A new connection that does not respond within `prompt` is not used.
    pub(super) fn of(database: Database, needs: Needs, prompt: Duration) -> Self {
        let link = Link::new(database, "store.postgres", needs, prompt);
        Self::over(Connection::Kept(Box::new(link)))
    }

    /// Connects once, for a command. The second part must be polled for as long as the first one is used.
    pub(super) async fn connect(database: &Database) -> Result<(Self, Connected), Fault> {
        let (client, connected) = database.connect().await?;
        Ok((Self::over(Connection::Lent(client)), connected))
    }

    const fn over(connection: Connection) -> Self {
        Self {
            connection,
            failures: AtomicU32::new(0),
        }
    }

    /// Asks within this time. A connection on which nothing comes back any more is given up.
    pub(super) async fn ask<T>(
        &self,
        within: Duration,
        question: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Unavailable> {
        match &self.connection {
            Connection::Lent(client) => answer(timeout(within, question(client)).await.ok()),
            Connection::Kept(link) => {
                let client = link.client();
                let client = client.ok_or_else(|| Unavailable("the database is away".to_owned()))?;
                let said = timeout(within, question(&client)).await.ok();
                self.judge(link, &client, said.is_none());
                answer(said)
            }
        }
    }

    /// Stays connected for as long as it is polled.
    pub(super) async fn keep(&self) {
        match &self.connection {
            Connection::Kept(link) => link.keep().await,
            Connection::Lent(_) => std::future::pending().await,
        }
    }

    fn judge(&self, link: &Link, client: &Arc<Client>, is_silent: bool) {
        if !is_silent {
            self.failures.store(0, Ordering::Relaxed);
        } else if link.is_in_use(client) {
            let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
            if failures >= FAILURES && link.give_up(client) {
                self.failures.store(0, Ordering::Relaxed);
            }
        }
    }
}

fn answer<T>(said: Option<Result<T, Error>>) -> Result<T, Unavailable> {
    match said {
        Some(Ok(said)) => Ok(said),
        Some(Err(error)) => Err(Unavailable::from(&Fault::of(&error))),
        None => Err(Unavailable::from(&Fault::Silent)),
    }
}

impl From<&Fault> for Unavailable {
    fn from(fault: &Fault) -> Self {
        Self(format!("[store.postgres] {fault}"))
    }
}
