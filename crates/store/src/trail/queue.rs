//! What waits for the thread. Only the order that the thread sleeps for wakes it: while it writes, no order has to.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Where orders are put. Cheap to clone; when all clones are gone, the thread learns that nothing more comes.
#[derive(Debug)]
pub(super) struct Entrance<T>(Arc<Door<T>>);

impl<T> Clone for Entrance<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What the last clone closes.
#[derive(Debug)]
struct Door<T>(Arc<Queue<T>>);

/// Where the thread takes orders.
#[derive(Debug)]
pub(super) struct Exit<T>(Arc<Queue<T>>);

#[derive(Debug)]
struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    woken: Condvar,
    most: usize,
}

#[derive(Debug)]
struct Waiting<T> {
    orders: VecDeque<T>,
    /// How many the thread sleeps for; none if it is awake.
    sleeps_for: Option<usize>,
    /// Whether none can be put in, or none will.
    is_closed: bool,
}

/// An order that was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused<T> {
    /// Too many wait.
    Full(T),
    /// The thread is gone.
    Gone(T),
}

/// No order is there, and none will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deserted;

/// The two ends of a queue in which at most so many orders wait.
pub(super) fn queue<T>(most: usize) -> (Entrance<T>, Exit<T>) {
    let queue = Arc::new(Queue {
        waiting: Mutex::new(Waiting {
            orders: VecDeque::new(),
            sleeps_for: None,
            is_closed: false,
        }),
        woken: Condvar::new(),
        most,
    });
    (Entrance(Arc::new(Door(Arc::clone(&queue)))), Exit(queue))
}

impl<T> Entrance<T> {
    /// Puts in an order, which the thread may gather with others.
    ///
    /// # Errors
    /// [`Refused`], with the order.
    pub(super) fn put(&self, order: T) -> Result<(), Refused<T>> {
        let Door(queue) = &*self.0;
        queue.put(order, queue.most, false)
    }

    /// Puts in an order that the thread is woken for in any case.
    ///
    /// # Errors
    /// [`Refused`], with the order.
    pub(super) fn put_at_once(&self, order: T) -> Result<(), Refused<T>> {
        let Door(queue) = &*self.0;
        queue.put(order, queue.most, true)
    }

    /// As [`Self::put_at_once`], and there is always room for it.
    ///
    /// # Errors
    /// [`Refused::Gone`], with the order.
    pub(super) fn put_last(&self, order: T) -> Result<(), Refused<T>> {
        let Door(queue) = &*self.0;
        queue.put(order, usize::MAX, true)
    }
}

impl<T> Exit<T> {
    /// Sleeps until so many orders wait, or one that is not gathered comes, or the time is over; how many wait then.
    ///
    /// # Errors
    /// [`Deserted`].
    pub(super) fn wait(&self, count: usize, at_most: Duration) -> Result<usize, Deserted> {
        let mut waiting = self.0.lock();
        if waiting.orders.len() < count && !waiting.is_closed {
            waiting.sleeps_for = Some(count);
            let sleeps = |waiting: &mut Waiting<T>| waiting.sleeps_for.is_some();
            let woken = self.0.woken.wait_timeout_while(waiting, at_most, sleeps);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
            waiting.sleeps_for = None;
        }
        match waiting.orders.len() {
            0 if waiting.is_closed => Err(Deserted),
            there => Ok(there),
        }
    }

    /// The first so many of those that wait.
    pub(super) fn take(&self, most: usize) -> Vec<T> {
        let orders = &mut self.0.lock().orders;
        let most = most.min(orders.len());
        orders.drain(..most).collect()
    }
}

impl<T> Queue<T> {
    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, order: T, most: usize, is_urgent: bool) -> Result<(), Refused<T>> {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return Err(Refused::Gone(order));
        }
        if waiting.orders.len() >= most {
            return Err(Refused::Full(order));
        }
        waiting.orders.push_back(order);
        let wakes = |sleeps_for| is_urgent || waiting.orders.len() >= sleeps_for;
        if waiting.sleeps_for.is_some_and(wakes) {
            waiting.sleeps_for = None;
            drop(waiting);
            self.woken.notify_one();
        }
        Ok(())
    }

    /// Closes it, and returns what is in it.
    fn close(&self) -> VecDeque<T> {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        waiting.sleeps_for = None;
        self.woken.notify_one();
        std::mem::take(&mut waiting.orders)
    }
}

impl<T> Drop for Door<T> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        waiting.is_closed = true;
        waiting.sleeps_for = None;
        self.0.woken.notify_one();
    }
}

impl<T> Drop for Exit<T> {
    fn drop(&mut self) {
        // Dropping them tells those who wait for them, who may want to put in others: not under the lock.
        let orders = self.0.close();
        drop(orders);
    }
}

#[cfg(test)]
mod tests {
    use std::thread::spawn;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn the_thread_sleeps_until_as_many_wait_as_it_asked_for() {
        let (entrance, exit) = queue(10);
        let thread = spawn(move || (exit.wait(3, LONG), exit.take(2), exit.take(10)));
        for order in 1..=3 {
            entrance.put(order).unwrap();
        }
        assert_eq!(thread.join().unwrap(), (Ok(3), vec![1, 2], vec![3]));
    }

    #[test]
    fn what_is_not_gathered_ends_the_sleep() {
        for is_last in [false, true] {
            let (entrance, exit) = queue(10);
            let thread = spawn(move || {
                loop {
                    // Should it come before the sleep begins, the next one is short.
                    if exit.wait(3, Duration::from_millis(50)).unwrap() > 0 {
                        return exit.take(10);
                    }
                }
            });
            if is_last {
                entrance.put_last("stop").unwrap();
                assert_eq!(thread.join().unwrap(), ["stop"]);
            } else {
                entrance.put_at_once("note").unwrap();
                assert_eq!(thread.join().unwrap(), ["note"]);
            }
        }
    }

    #[test]
    fn a_full_queue_takes_nothing_more_but_the_last_order() {
        let (entrance, exit) = queue(1);
        entrance.put(1).unwrap();
        assert_eq!(entrance.put(2), Err(Refused::Full(2)));
        assert_eq!(entrance.put_at_once(3), Err(Refused::Full(3)));
        entrance.put_last(4).unwrap();
        assert_eq!(exit.take(10), [1, 4]);
        entrance.put(5).unwrap();
    }

    #[test]
    fn time_is_over_with_whatever_waits() {
        let (entrance, exit) = queue(10);
        assert_eq!(exit.wait(1, Duration::ZERO), Ok(0));
        entrance.put(1).unwrap();
        assert_eq!(exit.wait(2, Duration::ZERO), Ok(1));
    }

    #[test]
    fn a_deserted_queue_still_gives_what_is_in_it() {
        let (entrance, exit) = queue(10);
        let other = entrance.clone();
        entrance.put(1).unwrap();
        drop(entrance);
        other.put(2).unwrap();
        drop(other);
        assert_eq!(exit.wait(3, LONG), Ok(2));
        assert_eq!(exit.take(3), [1, 2]);
        assert_eq!(exit.wait(1, LONG), Err(Deserted));
    }

    #[test]
    fn when_the_thread_is_gone_orders_are_dropped_and_refused() {
        let (entrance, exit) = queue(10);
        let (order, is_alive) = (Arc::new(()), Arc::new(()));
        entrance.put(Arc::clone(&order)).unwrap();
        drop(exit);
        assert_eq!(Arc::strong_count(&order), 1);
        assert_eq!(entrance.put(Arc::clone(&is_alive)), Err(Refused::Gone(is_alive)));
    }
}
