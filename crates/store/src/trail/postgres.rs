//! A trail in PostgreSQL, for several gateways without disks of their own: each has a chain of its own, one connection, and one
//! statement for each group of lines.

mod columns;
mod connection;
mod reading;

pub use reading::{StoredRecords, StoredTrail};

use std::{
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use domain::audit::Head;
use jiff::Timestamp;
use uuid::Uuid;

use self::{
    columns::Columns,
    connection::{Connection, Error, Kept},
};
use super::{
    line::{Hash, Linked},
    sink::{Cause, Failure, Found, Sink, Stopping},
};
use crate::postgres::{Database, Fault};

/// How long a group whose fate is unknown waits before the database is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// How long it is asked after the process was told to stop.
const PATIENCE_AT_STOP: Duration = Duration::from_secs(5);

/// Keeps lines in the tables of a database.
#[derive(Debug)]
pub struct PostgresSink {
    connection: Connection,
    /// The last line that is known to be kept.
    last: Option<(u64, Hash)>,
    stopping: Stopping,
    /// Whether a group was sent of which it will not be known whether it is kept.
    is_unsettled: bool,
}

impl PostgresSink {
    /// Takes a chain of its own in a database. What it finds are the last lines of other chains that no chain names yet.
    ///
    /// # Errors
    /// Why the database cannot be one.
    pub fn open(database: Database, chain: Uuid) -> Result<(Self, Found), Fault> {
        let connection = Connection::start(database, chain);
        let previous = connection.heads()?;
        let sink = Self {
            connection,
            last: None,
            stopping: Stopping::default(),
            is_unsettled: false,
        };
        Ok((sink, Found { previous, torn: None }))
    }

    /// Finds out what became of a group that was sent and not confirmed: it is sent again until it is known to be kept. Writing it
    /// elsewhere instead could leave two lines in one place.
    fn settle(&mut self, columns: &Arc<Columns>, first: Fault) -> Result<(), Failure> {
        let mut stops_at = None;
        let mut reported = first;
        tracing::warn!(fault = %reported, "audit records were sent and not confirmed: they are sent until they are");
        loop {
            match self.connection.send_again(columns) {
                Ok(Kept::Ours) => return Ok(()),
                Ok(Kept::Another) => return Err(foreign()),
                Err(fault) if fault == reported => {}
                Err(fault) => {
                    tracing::warn!(%fault, "audit records cannot be sent again yet");
                    reported = fault;
                }
            }
            if self.stopping.is_near() {
                let until = *stops_at.get_or_insert_with(|| Instant::now() + PATIENCE_AT_STOP);
                if Instant::now() >= until {
                    self.is_unsettled = true;
                    return Err(unsettled());
                }
            }
            sleep(PAUSE);
        }
    }

    fn is_where_it_was(&self) -> Result<(), Failure> {
        let found = self.connection.last().map_err(|fault| failure(&fault))?;
        if found == self.last { Ok(()) } else { Err(foreign()) }
    }
}

impl Sink for PostgresSink {
    fn append(&mut self, lines: &[Linked]) -> Result<(), Failure> {
        let columns = Arc::new(Columns::of(lines));
        match self.connection.send(&columns) {
            Ok(()) => {}
            Err(Error::NotSent(fault) | Error::Refused(fault)) => return Err(failure(&fault)),
            Err(Error::Taken) => return Err(foreign()),
            Err(Error::Unknown(fault)) => self.settle(&columns, fault)?,
        }
        if let Some(line) = lines.last() {
            self.last = Some((line.seq, line.hash));
        }
        Ok(())
    }

    fn reopen(&mut self, _last: Option<&Head>) -> Result<(), Failure> {
        if self.is_unsettled {
            return Err(unsettled());
        }
        self.connection.renew().map_err(|fault| failure(&fault))?;
        self.is_where_it_was()
    }

    fn is_full(&self, _now: Timestamp) -> bool {
        false
    }

    fn turn_over(&mut self, _now: Timestamp) -> Result<(), Failure> {
        Ok(())
    }

    fn check(&mut self) -> Result<(), Failure> {
        self.is_where_it_was()
    }

    fn stops_with(&mut self, stopping: Stopping) {
        self.stopping = stopping;
    }
}

fn failure(fault: &Fault) -> Failure {
    let cause = if fault.is_passing() {
        Cause::Connection
    } else {
        Cause::Write
    };
    Failure::new(cause, format!("audit.postgres {fault}"))
}

fn unsettled() -> Failure {
    Failure::new(
        Cause::Connection,
        "the database was away when the gateway stopped: whether the last records are kept is not known",
    )
}

/// Two that write one chain would each hold launches to have been recorded that the other's lines contradict.
fn foreign() -> Failure {
    Failure::new(
        Cause::Foreign,
        "the database has other lines in this gateway's chain: something else writes to it, and the trail stops here",
    )
}
