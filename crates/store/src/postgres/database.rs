//! A database, and connecting to it.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use super::{Address, Fault, Tls, tls::MakeTls};

/// How long connecting may take, with all that servers and poolers do before the first statement.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the shared data is, and how it is reached.
#[derive(Debug, Clone)]
pub struct Database {
    address: Address,
    tls: Tls,
}

/// What sends the client's statements, and must be polled for as long as the client is used. It ends when the client is dropped,
/// or when the connection is lost.
pub struct Connected(Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>);

impl fmt::Debug for Connected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connected")
    }
}

impl Connected {
    /// Sends statements until the connection is lost, or no client is left.
    ///
    /// # Errors
    /// Why it was lost.
    pub async fn run(self) -> Result<(), Fault> {
        self.0.await.map_err(|error| Fault::of(&error))
    }
}

impl Connected {
    /// Does something while statements are sent.
    ///
    /// # Errors
    /// If the connection is lost before it is done.
    pub async fn beside<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Fault> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            lost = &mut self.0 => Err(lost.map_or_else(|error| Fault::of(&error), |()| Fault::Silent)),
        }
    }
}

impl Database {
    /// The database at this address.
    #[must_use]
    pub fn new(address: Address, tls: Tls) -> Self {
        Self { address, tls }
    }

    /// Connects, in at most five seconds.
    ///
    /// # Errors
    /// Why there is no connection.
    pub async fn connect(&self) -> Result<(Client, Connected), Fault> {
        let connecting = async {
            match &self.tls {
                Tls::Off => {
                    let (client, connection) = self.address.config(false).connect(NoTls).await?;
                    Ok((client, Connected(Box::pin(connection))))
                }
                Tls::Verified(client) => {
                    let tls = MakeTls(Arc::clone(client));
                    let (client, connection) = self.address.config(true).connect(tls).await?;
                    Ok((client, Connected(Box::pin(connection))))
                }
            }
        };
        match timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(connected) => connected.map_err(|error| Fault::of(&error)),
            Err(_elapsed) => Err(Fault::Silent),
        }
    }

    /// Connects for one piece of work, and leaves.
    ///
    /// # Errors
    /// Why there is no connection, or what the work says.
    pub async fn visit<T>(&self, work: impl AsyncFnOnce(&mut Client) -> Result<T, Fault>) -> Result<T, Fault> {
        let (mut client, connected) = self.connect().await?;
        tokio::select! {
            biased;
            done = work(&mut client) => done,
            // The work learns of it too, if it still waits for something.
            lost = connected.run() => Err(lost.err().unwrap_or(Fault::Silent)),
        }
    }
}
