//! The thread that writes the trail, and the handle to it.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use domain::audit::{Attempt, Event};
use jiff::Timestamp;

use super::{
    sink::{Sink, Stopping},
    standing::Standing,
    waiter::{NotWritten, Receipt, Waiter, pair},
    writer::{Entry, Writer},
};

/// How many records may wait to be written.
const QUEUE: usize = 4096;

/// How many are written together.
const MOST_TOGETHER: usize = 1024;

/// How often what is due is looked after.
const TICK: Duration = Duration::from_secs(1);

enum Order {
    Record(Entry),
    Note(Box<Event>, Waiter),
    Stop,
}

/// A trail that is being written. Cheap to clone; all clones are the same trail.
#[derive(Debug, Clone)]
pub struct Trail {
    queue: SyncSender<Order>,
    standing: Arc<Standing>,
}

/// The thread behind a [`Trail`].
#[derive(Debug)]
pub struct Writing {
    queue: SyncSender<Order>,
    thread: JoinHandle<()>,
    stopping: Stopping,
}

/// Starts the thread.
///
/// # Errors
/// If the operating system has no thread.
pub(super) fn start<S: Sink>(writer: Writer<S>, standing: Arc<Standing>) -> io::Result<(Trail, Writing)> {
    let (sender, receiver) = sync_channel(QUEUE);
    let at_end = AtEnd(Arc::clone(&standing));
    let stopping = standing.stopping().clone();
    let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(move || {
        let _whatever_happens = at_end;
        write(writer, &receiver);
    })?;
    let trail = Trail {
        queue: sender.clone(),
        standing,
    };
    let writing = Writing {
        queue: sender,
        thread,
        stopping,
    };
    Ok((trail, writing))
}

impl Trail {
    /// How it is doing.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Hands over a record. Its response must not leave before the receipt says that it is durable.
    ///
    /// # Errors
    /// [`NotWritten::QueueFull`], [`NotWritten::Failed`].
    pub fn record(&self, attempt: Box<Attempt>) -> Result<Receipt, (Box<Attempt>, NotWritten)> {
        let (waiter, receipt) = pair();
        let waiter = Some(waiter);
        self.send(Entry { attempt, waiter }).map(|()| receipt)
    }

    /// Hands over a record that no caller waits for. If there is no room for it, it is counted.
    pub fn record_later(&self, attempt: Box<Attempt>) {
        let waiter = None;
        if self.send(Entry { attempt, waiter }).is_err() {
            self.standing.unrecorded(1);
        }
    }

    fn send(&self, entry: Entry) -> Result<(), (Box<Attempt>, NotWritten)> {
        let (order, why) = match self.queue.try_send(Order::Record(entry)) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(order)) => (order, NotWritten::QueueFull),
            Err(TrySendError::Disconnected(order)) => (order, NotWritten::Failed),
        };
        match order {
            Order::Record(entry) => Err((entry.attempt, why)),
            Order::Note(..) | Order::Stop => Ok(()),
        }
    }

    /// Hands over a record about the trail itself, and tells when it is durable.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub fn note(&self, event: Event) -> Result<Receipt, NotWritten> {
        let (waiter, receipt) = pair();
        let order = Order::Note(Box::new(event), waiter);
        self.queue.try_send(order).map_err(|refused| match refused {
            TrySendError::Full(_) => NotWritten::QueueFull,
            TrySendError::Disconnected(_) => NotWritten::Failed,
        })?;
        Ok(receipt)
    }
}

impl Writing {
    /// Writes what is there, ends the chain in good order, and waits for that. Blocks.
    pub fn stop(self) {
        self.stopping.now();
        // A thread that is gone has said why in the log.
        let _either_way = self.queue.send(Order::Stop);
        let _panics_are_reported_by_their_hook = self.thread.join();
    }
}

/// When the thread ends for whatever reason, nothing can be written.
struct AtEnd(Arc<Standing>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.writable(false);
    }
}

fn write<S: Sink>(mut writer: Writer<S>, orders: &Receiver<Order>) {
    let mut next_tick = Instant::now() + TICK;
    let mut upcoming = None;
    loop {
        let patience = next_tick.saturating_duration_since(Instant::now());
        let order = match upcoming.take() {
            Some(order) => Ok(order),
            None => orders.recv_timeout(patience),
        };
        match order {
            Ok(Order::Record(first)) => {
                let group;
                (group, upcoming) = together(first, orders);
                writer.commit(group, Timestamp::now());
            }
            Ok(Order::Note(event, waiter)) => match writer.note(*event, Timestamp::now()) {
                // A caller that has left finds the record later.
                Ok(()) => drop(waiter.written()),
                Err(why) => waiter.failed(why),
            },
            Ok(Order::Stop) => {
                let _the_log_says_why = writer.stop(Timestamp::now());
                return;
            }
            Err(RecvTimeoutError::Timeout) => {}
            // Nothing is left to stop it: the process ends without a word, as after a crash.
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if Instant::now() >= next_tick {
            writer.tick(Timestamp::now());
            next_tick = Instant::now() + TICK;
        }
    }
}

/// What waits already, at once; and the order after it, if that is another. It does not wait for more to come: that would cost each
/// launch more than it saves.
fn together(first: Entry, orders: &Receiver<Order>) -> (Vec<Entry>, Option<Order>) {
    let mut group = vec![first];
    while group.len() < MOST_TOGETHER {
        match orders.try_recv() {
            Ok(Order::Record(entry)) => group.push(entry),
            Ok(other @ (Order::Note(..) | Order::Stop)) => return (group, Some(other)),
            Err(_empty_or_gone) => break,
        }
    }
    (group, None)
}
