//! At most so many launches at once, in the whole process and for each tenant: over that a short wait, then no.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// The process's seats. Cloned into every worker; all share the same seats.
#[derive(Debug, Clone)]
pub struct Admission {
    process: Arc<Semaphore>,
    max_in_flight: u32,
    queue_timeout: Duration,
}

/// One tenant's seats.
#[derive(Debug, Clone)]
pub struct TenantSeats {
    seats: Arc<Semaphore>,
    max_in_flight: u32,
}

/// A launch's place among those under way; dropping it makes room.
#[derive(Debug)]
pub struct Seat {
    _tenant: OwnedSemaphorePermit,
    _process: OwnedSemaphorePermit,
}

/// There was no seat within the queue's time.
#[derive(Debug, PartialEq, Eq)]
pub struct Overloaded;

impl Admission {
    /// Seats for `max_in_flight` launches; one more waits for `queue_timeout`.
    #[must_use]
    pub fn new(max_in_flight: u32, queue_timeout: Duration) -> Self {
        Self {
            process: Arc::new(Semaphore::new(max_in_flight as usize)),
            max_in_flight,
            queue_timeout,
        }
    }

    /// Takes a seat, or waits for one, no longer than the caller's `remaining` time either. The tenant's own comes first, so
    /// that a tenant whose upstream hangs fills its own queue and not everybody's.
    ///
    /// # Errors
    /// [`Overloaded`] if there was none in time.
    pub async fn seat(&self, tenant: &TenantSeats, remaining: Option<Duration>) -> Result<Seat, Overloaded> {
        if let Some(seat) = self.free_seat(tenant) {
            return Ok(seat);
        }
        let queued = async {
            let tenant = Arc::clone(&tenant.seats).acquire_owned().await.ok()?;
            let process = Arc::clone(&self.process).acquire_owned().await.ok()?;
            Some(Seat {
                _tenant: tenant,
                _process: process,
            })
        };
        let wait = remaining.map_or(self.queue_timeout, |remaining| remaining.min(self.queue_timeout));
        match timeout(wait, queued).await {
            Ok(Some(seat)) => Ok(seat),
            Ok(None) | Err(_) => Err(Overloaded),
        }
    }

    /// How many launches are under way in the whole process.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        taken(&self.process, self.max_in_flight)
    }

    /// How many there may be.
    #[must_use]
    pub fn max_in_flight(&self) -> u32 {
        self.max_in_flight
    }

    fn free_seat(&self, tenant: &TenantSeats) -> Option<Seat> {
        let tenant = Arc::clone(&tenant.seats).try_acquire_owned().ok()?;
        let process = Arc::clone(&self.process).try_acquire_owned().ok()?;
        Some(Seat {
            _tenant: tenant,
            _process: process,
        })
    }
}

impl TenantSeats {
    /// Seats for so many launches of one tenant.
    #[must_use]
    pub fn new(max_in_flight: u32) -> Self {
        Self {
            seats: Arc::new(Semaphore::new(max_in_flight as usize)),
            max_in_flight,
        }
    }

    /// How many of this tenant's launches are under way.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        taken(&self.seats, self.max_in_flight)
    }

    /// How many there may be.
    #[must_use]
    pub fn max_in_flight(&self) -> u32 {
        self.max_in_flight
    }
}

fn taken(seats: &Semaphore, all: u32) -> u32 {
    let free = u32::try_from(seats.available_permits()).unwrap_or(u32::MAX);
    all.saturating_sub(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_without_seats_leaves_the_others_theirs() {
        let admission = Admission::new(2, Duration::ZERO);
        let (one, other) = (TenantSeats::new(1), TenantSeats::new(1));
        let held = admission.seat(&one, None).await.unwrap();
        assert_eq!(admission.seat(&one, None).await.unwrap_err(), Overloaded);
        let _others = admission.seat(&other, None).await.unwrap();
        assert_eq!((admission.in_flight(), one.in_flight(), other.in_flight()), (2, 1, 1));
        drop(held);
        assert!(admission.seat(&one, None).await.is_ok());
        assert_eq!((admission.in_flight(), one.in_flight()), (1, 0));
    }

    #[tokio::test]
    async fn the_process_has_a_limit_of_its_own() {
        let admission = Admission::new(1, Duration::ZERO);
        let (one, other) = (TenantSeats::new(9), TenantSeats::new(9));
        let _held = admission.seat(&one, None).await.unwrap();
        assert_eq!(admission.seat(&other, None).await.unwrap_err(), Overloaded);
        assert_eq!(other.in_flight(), 0, "who waited in vain holds nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_as_long_as_both_sides_have_time() {
        let queue = Duration::from_secs(10);
        let (admission, tenant) = (Admission::new(1, queue), TenantSeats::new(1));
        let held = admission.seat(&tenant, None).await.unwrap();
        let begin = tokio::time::Instant::now();
        assert_eq!(admission.seat(&tenant, Some(queue / 10)).await.unwrap_err(), Overloaded);
        assert_eq!(begin.elapsed(), queue / 10);
        assert_eq!(admission.seat(&tenant, Some(queue * 10)).await.unwrap_err(), Overloaded);
        assert_eq!(begin.elapsed(), queue / 10 + queue);
        let freed = async {
            tokio::time::sleep(queue / 2).await;
            drop(held);
        };
        let (seat, ()) = tokio::join!(admission.seat(&tenant, None), freed);
        assert!(seat.is_ok());
    }
}
