//! A connection that is made again when it is lost.

use std::{pin::pin, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_postgres::Client;

use super::{Database, Fault, Needs, check};

/// How long the first attempt to connect again waits: twice as long each time, up to the longest delay.
const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// How long a connection that was given up is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// One connection to a database, or none at the moment. All workers use it at once: what they send is pipelined.
#[derive(Debug)]
pub struct Link {
    database: Database,
    /// The setting that names it, for the log.
    setting: &'static str,
    needs: Needs,
    /// How soon a new connection must respond to be of use.
    prompt: Duration,
    client: ArcSwapOption<Client>,
    given_up: Notify,
}

/// How a connection ended.
enum Ended {
    /// There was none, or none of use.
    NotConnected(Fault),
    /// It was lost.
    Lost(Fault),
    /// It was given up.
    GivenUp,
}

impl Link {
    /// A link that [`Self::keep`] will connect to the database that this setting names. A new connection that does not respond
    /// within `prompt` is not used.
    #[must_use]
    pub fn new(database: Database, setting: &'static str, needs: Needs, prompt: Duration) -> Self {
        Self {
            database,
            setting,
            needs,
            prompt,
            client: ArcSwapOption::empty(),
            given_up: Notify::new(),
        }
    }

    /// The connection, if there is one. It never waits.
    #[must_use]
    pub fn client(&self) -> Option<Arc<Client>> {
        self.client.load_full()
    }

    /// Whether there is a connection.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.client.load().is_some()
    }

    /// Whether this is the connection at hand.
    #[must_use]
    pub fn is_in_use(&self, client: &Arc<Client>) -> bool {
        let current = self.client.load();
        current.as_ref().is_some_and(|current| Arc::ptr_eq(current, client))
    }

    /// Stops using this connection: what was sent on it and waits for a response fails at once, and another connection is made
    /// after five seconds. Says whether it was the one in use.
    pub fn give_up(&self, client: &Arc<Client>) -> bool {
        let previous = self.client.compare_and_swap(client, None);
        let was_in_use = previous.as_ref().is_some_and(|previous| Arc::ptr_eq(previous, client));
        if was_in_use {
            self.given_up.notify_one();
        }
        was_in_use
    }

    /// Connects, and connects again, for as long as it is polled.
    pub async fn keep(&self) {
        let mut delay = FIRST_DELAY;
        let mut is_reported = false;
        loop {
            let ended = self.connected().await;
            self.client.store(None);
            let (fault, pause) = match ended {
                Ended::NotConnected(fault) => (fault, delay),
                Ended::Lost(fault) => {
                    (delay, is_reported) = (FIRST_DELAY, false);
                    (fault, delay)
                }
                Ended::GivenUp => {
                    (delay, is_reported) = (FIRST_DELAY, false);
                    (Fault::Silent, PAUSE)
                }
            };
            // Once for each time that it is away, however often it is tried.
            if is_reported {
                tracing::debug!(
                    fault = format!("{} {fault}", self.setting),
                    "the database is still away"
                );
            } else {
                tracing::warn!(fault = format!("{} {fault}", self.setting), "the database is away");
                is_reported = true;
            }
            sleep(pause).await;
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    }

    /// Connects once, and stays connected for as long as it can.
    async fn connected(&self) -> Ended {
        let (client, connection) = match self.database.connect().await {
            Ok(connected) => connected,
            Err(fault) => return Ended::NotConnected(fault),
        };
        let client = Arc::new(client);
        let mut connection = pin!(connection.run());
        let usable = tokio::select! {
            usable = self.is_usable(&client) => usable,
            lost = &mut connection => Err(lost.err().unwrap_or(Fault::Silent)),
        };
        if let Err(fault) = usable {
            return Ended::NotConnected(fault);
        }
        self.client.store(Some(client));
        tracing::info!("connected to the database");
        tokio::select! {
            lost = &mut connection => Ended::Lost(lost.err().unwrap_or(Fault::Silent)),
            // The connection is dropped, so that what waits on it goes on.
            () = self.given_up.notified() => Ended::GivenUp,
        }
    }

    /// Whether a new connection is of use. Tables of a newer program are: it is being put in force, one gateway after the other.
    async fn is_usable(&self, client: &Client) -> Result<(), Fault> {
        match check(client, self.needs).await {
            Ok(()) | Err(Fault::Newer { .. }) => {}
            Err(fault) => return Err(fault),
        }
        match timeout(self.prompt, client.query_typed_one("select 1", &[])).await {
            Ok(responded) => responded.map(drop).map_err(|error| Fault::of(&error)),
            Err(_elapsed) => Err(Fault::Silent),
        }
    }
}
