//! The thread that writes the trail, and the handle to it.

use std::{
    io,
    mem::take,
    ops::ControlFlow,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use domain::audit::{Attempt, Event};
use jiff::Timestamp;

use super::{
    gathering::{Gathering, Pace},
    queue::{Entrance, Exit, Refused, queue},
    sink::{Sink, Stopping},
    standing::Standing,
    under_way::{InFlight, UnderWay},
    waiter::{NotWritten, Receipt, Waiter, pair},
    writer::{Entry, Writer},
};

/// How many records may wait to be written.
const QUEUE: usize = 4096;

/// How many are written together.
const MOST_TOGETHER: usize = 1024;

/// How often what is due is looked after.
const TICK: Duration = Duration::from_secs(1);

#[derive(Debug)]
enum Order {
    Record(Entry),
    Note(Box<Event>, Waiter),
    Stop,
}

/// A trail that is being written. Cheap to clone; all clones are the same trail.
#[derive(Debug, Clone)]
pub struct Trail {
    queue: Entrance<Order>,
    standing: Arc<Standing>,
    in_flight: InFlight,
}

/// The thread behind a [`Trail`].
#[derive(Debug)]
pub struct Writing {
    queue: Entrance<Order>,
    thread: JoinHandle<()>,
    stopping: Stopping,
}

/// Starts the thread.
///
/// # Errors
/// If the operating system has no thread.
pub(super) fn start<S: Sink>(writer: Writer<S>, standing: Arc<Standing>) -> io::Result<(Trail, Writing)> {
    let (entrance, exit) = queue(QUEUE);
    let in_flight = InFlight::default();
    let counted = in_flight.clone();
    let at_end = AtEnd(Arc::clone(&standing));
    let stopping = standing.stopping().clone();
    let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(move || {
        let _whatever_happens = at_end;
        write(writer, &exit, &counted);
    })?;
    let trail = Trail {
        queue: entrance.clone(),
        standing,
        in_flight,
    };
    let writing = Writing {
        queue: entrance,
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

    /// Says that an attempt has begun whose record may come, until what this returns is dropped. Records of several attempts that are
    /// in flight may wait a little for each other.
    #[must_use]
    pub fn under_way(&self) -> UnderWay {
        self.in_flight.one_more()
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
        let (order, why) = match self.queue.put(Order::Record(entry)) {
            Ok(()) => return Ok(()),
            Err(Refused::Full(order)) => (order, NotWritten::QueueFull),
            Err(Refused::Gone(order)) => (order, NotWritten::Failed),
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
        self.queue.put_at_once(order).map_err(|refused| match refused {
            Refused::Full(_) => NotWritten::QueueFull,
            Refused::Gone(_) => NotWritten::Failed,
        })?;
        Ok(receipt)
    }
}

impl Writing {
    /// Writes what is there, ends the chain in good order, and waits for that. Blocks.
    pub fn stop(self) {
        self.stopping.now();
        // A thread that is gone has said why in the log.
        let _either_way = self.queue.put_last(Order::Stop);
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

fn write<S: Sink>(mut writer: Writer<S>, orders: &Exit<Order>, in_flight: &InFlight) {
    let mut next_tick = Instant::now() + TICK;
    let mut pace = Pace::new();
    loop {
        let patience = next_tick.saturating_duration_since(Instant::now());
        let group = pace.gathering(in_flight.count(), patience);
        let Gathering { until, at_most } = group.unwrap_or(Gathering {
            until: 1,
            at_most: patience,
        });
        // Nothing is left to stop it: the process ends without a word, as after a crash.
        let Ok(waiting) = orders.wait(until, at_most) else {
            return;
        };
        if waiting == 0 {
            if group.is_some() {
                pace.none_came();
            }
        } else {
            let together = orders.take(MOST_TOGETHER);
            pace.taken(together.len(), Instant::now());
            if carry_out(&mut writer, together).is_break() {
                return;
            }
        }
        if Instant::now() >= next_tick {
            writer.tick(Timestamp::now());
            next_tick = Instant::now() + TICK;
        }
    }
}

/// Does what is asked, records in a row as one group; ends with the order to stop.
fn carry_out<S: Sink>(writer: &mut Writer<S>, orders: Vec<Order>) -> ControlFlow<()> {
    let mut group = Vec::with_capacity(orders.len());
    for order in orders {
        match order {
            Order::Record(entry) => group.push(entry),
            Order::Note(event, waiter) => {
                commit(writer, take(&mut group));
                match writer.note(*event, Timestamp::now()) {
                    // A caller that has left finds the record later.
                    Ok(()) => drop(waiter.written(None)),
                    Err(why) => waiter.failed(why),
                }
            }
            Order::Stop => {
                commit(writer, group);
                let _the_log_says_why = writer.stop(Timestamp::now());
                return ControlFlow::Break(());
            }
        }
    }
    commit(writer, group);
    ControlFlow::Continue(())
}

fn commit<S: Sink>(writer: &mut Writer<S>, group: Vec<Entry>) {
    if !group.is_empty() {
        writer.commit(group, Timestamp::now());
    }
}
