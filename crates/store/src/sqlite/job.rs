//! What a thread does with the file, and where the result goes.

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot::Sender;

use super::fault::Why;
use crate::known::Unavailable;

/// Something to do with the file, and someone who waits for the result.
pub(super) trait Job: Send {
    /// Does it, inside a transaction if it writes.
    fn work(&mut self, connection: &Connection) -> rusqlite::Result<()>;

    /// Says how it went, once it is durable.
    fn reply(self: Box<Self>, outcome: Result<(), Unavailable>);
}

/// A job by what it does.
pub(super) struct Work<T, F> {
    act: Option<F>,
    done: Option<T>,
    reply: Sender<Result<T, Unavailable>>,
}

impl<T, F> Work<T, F> {
    pub(super) const fn new(act: F, reply: Sender<Result<T, Unavailable>>) -> Self {
        Self {
            act: Some(act),
            done: None,
            reply,
        }
    }
}

impl<T: Send, F: FnOnce(&Connection) -> rusqlite::Result<T> + Send> Job for Work<T, F> {
    fn work(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(act) = self.act.take() {
            self.done = Some(act(connection)?);
        }
        Ok(())
    }

    fn reply(self: Box<Self>, outcome: Result<(), Unavailable>) {
        let outcome = match (outcome, self.done) {
            (Ok(()), Some(done)) => Ok(done),
            (Err(why), _) => Err(why),
            (Ok(()), None) => Err(Unavailable("it was not asked".to_owned())),
        };
        let _asker_may_have_left = self.reply.send(outcome);
    }
}

/// Does all of these in one transaction: either all are durable, or none is.
pub(super) fn write(connection: &mut Connection, mut batch: Vec<Box<dyn Job>>) {
    let written = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .and_then(|transaction| {
            batch.iter_mut().try_for_each(|job| job.work(&transaction))?;
            transaction.commit()
        })
        .map_err(|error| Unavailable::from(&Why::from(error)));
    for job in batch {
        job.reply(written.clone());
    }
}

/// Does them one after the other.
pub(super) fn read(connection: &Connection, batch: Vec<Box<dyn Job>>) {
    for mut job in batch {
        let read = job.work(connection);
        job.reply(read.map_err(|error| Unavailable::from(&Why::from(error))));
    }
}
