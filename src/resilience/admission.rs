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
    queue_timeout: Duration,
}

/// One tenant's seats.
#[derive(Debug, Clone)]
pub struct TenantSeats(Arc<Semaphore>);

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
            queue_timeout,
        }
    }

    /// Takes a seat. The tenant's own comes first, so that a tenant whose upstream hangs fills its own queue and not
    /// everybody's.
    ///
    /// # Errors
    /// [`Overloaded`] if there was none in time.
    pub async fn seat(&self, tenant: &TenantSeats) -> Result<Seat, Overloaded> {
        if let Some(seat) = self.free_seat(tenant) {
            return Ok(seat);
        }
        let queued = async {
            let tenant = Arc::clone(&tenant.0).acquire_owned().await.ok()?;
            let process = Arc::clone(&self.process).acquire_owned().await.ok()?;
            Some(Seat {
                _tenant: tenant,
                _process: process,
            })
        };
        match timeout(self.queue_timeout, queued).await {
            Ok(Some(seat)) => Ok(seat),
            Ok(None) | Err(_) => Err(Overloaded),
        }
    }

    fn free_seat(&self, tenant: &TenantSeats) -> Option<Seat> {
        let tenant = Arc::clone(&tenant.0).try_acquire_owned().ok()?;
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
        Self(Arc::new(Semaphore::new(max_in_flight as usize)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_without_seats_leaves_the_others_theirs() {
        let admission = Admission::new(2, Duration::ZERO);
        let (one, other) = (TenantSeats::new(1), TenantSeats::new(1));
        let held = admission.seat(&one).await.unwrap();
        assert_eq!(admission.seat(&one).await.unwrap_err(), Overloaded);
        let _others = admission.seat(&other).await.unwrap();
        drop(held);
        assert!(admission.seat(&one).await.is_ok());
    }

    #[tokio::test]
    async fn the_process_has_a_limit_of_its_own() {
        let admission = Admission::new(1, Duration::ZERO);
        let (one, other) = (TenantSeats::new(9), TenantSeats::new(9));
        let _held = admission.seat(&one).await.unwrap();
        assert_eq!(admission.seat(&other).await.unwrap_err(), Overloaded);
    }
}
