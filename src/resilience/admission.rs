//! Limits launches in flight, in the whole process and for each tenant: a launch over the limit waits briefly, and is
//! then refused. One person has a quarter of a tenant's slots at most, so that no single person takes them all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::clinician::UserId;
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
    taken: Taken,
}

/// How many slots each person has taken; a person without any is not in it.
type Taken = Arc<Mutex<HashMap<UserId, u32>>>;

/// A launch's slot among those in flight; dropping it frees the slot.
#[derive(Debug)]
pub struct Seat {
    _tenant: OwnedSemaphorePermit,
    _process: OwnedSemaphorePermit,
    _persons: Option<PersonsSeat>,
}

/// One of those that a person may have at once.
#[derive(Debug)]
struct PersonsSeat {
    person: UserId,
    taken: Taken,
}

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSeat {
    /// None became free within the queue's time.
    AllTaken,
    /// The person has as many as one person may have.
    ShareTaken,
}

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

    /// Takes a slot, or waits for one, but no longer than the caller's `remaining` time. The tenant's own comes first,
    /// so that a tenant whose upstream hangs fills its own queue and not the one of all tenants. `person` is the person
    /// whose share the slot counts towards, if any.
    ///
    /// # Errors
    /// Why there was none in time.
    pub async fn seat(
        &self,
        tenant: &TenantSeats,
        person: Option<&UserId>,
        remaining: Option<Duration>,
    ) -> Result<Seat, NoSeat> {
        // Also who waits has their share of those that wait.
        let persons = person.map(|person| tenant.persons_seat(person)).transpose()?;
        let (tenant, process) = match self.free(tenant) {
            Some(free) => free,
            None => self.freed(tenant, remaining).await.ok_or(NoSeat::AllTaken)?,
        };
        Ok(Seat {
            _tenant: tenant,
            _process: process,
            _persons: persons,
        })
    }

    /// A slot for something that no caller waits for: only one that is free.
    #[must_use]
    pub fn spare_seat(&self, tenant: &TenantSeats) -> Option<Seat> {
        let (tenant, process) = self.free(tenant)?;
        Some(Seat {
            _tenant: tenant,
            _process: process,
            _persons: None,
        })
    }

    /// How many launches are in flight in the whole process.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        taken(&self.process, self.max_in_flight)
    }

    /// How many there may be.
    #[must_use]
    pub fn max_in_flight(&self) -> u32 {
        self.max_in_flight
    }

    fn free(&self, tenant: &TenantSeats) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let tenant = Arc::clone(&tenant.seats).try_acquire_owned().ok()?;
        let process = Arc::clone(&self.process).try_acquire_owned().ok()?;
        Some((tenant, process))
    }

    async fn freed(
        &self,
        tenant: &TenantSeats,
        remaining: Option<Duration>,
    ) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let queued = async {
            let tenant = Arc::clone(&tenant.seats).acquire_owned().await.ok()?;
            let process = Arc::clone(&self.process).acquire_owned().await.ok()?;
            Some((tenant, process))
        };
        let wait = remaining.map_or(self.queue_timeout, |remaining| remaining.min(self.queue_timeout));
        timeout(wait, queued).await.ok()?
    }
}

impl TenantSeats {
    /// Seats for so many launches of one tenant.
    #[must_use]
    pub fn new(max_in_flight: u32) -> Self {
        Self {
            seats: Arc::new(Semaphore::new(max_in_flight as usize)),
            max_in_flight,
            taken: Taken::default(),
        }
    }

    fn persons_seat(&self, person: &UserId) -> Result<PersonsSeat, NoSeat> {
        let share = self.max_in_flight.div_ceil(4);
        let mut taken = lock(&self.taken);
        let seats = taken.entry(person.clone()).or_default();
        if *seats >= share {
            return Err(NoSeat::ShareTaken);
        }
        *seats += 1;
        drop(taken);
        Ok(PersonsSeat {
            person: person.clone(),
            taken: Arc::clone(&self.taken),
        })
    }

    /// How many of this tenant's launches are in flight.
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

impl Drop for PersonsSeat {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        if let Some(seats) = taken.get_mut(&self.person) {
            *seats -= 1;
            if *seats == 0 {
                taken.remove(&self.person);
            }
        }
    }
}

fn lock(taken: &Mutex<HashMap<UserId, u32>>) -> MutexGuard<'_, HashMap<UserId, u32>> {
    // Nothing under the lock can panic halfway.
    taken.lock().unwrap_or_else(PoisonError::into_inner)
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
        let held = admission.seat(&one, None, None).await.unwrap();
        assert_eq!(admission.seat(&one, None, None).await.unwrap_err(), NoSeat::AllTaken);
        let _others = admission.seat(&other, None, None).await.unwrap();
        assert_eq!((admission.in_flight(), one.in_flight(), other.in_flight()), (2, 1, 1));
        drop(held);
        assert!(admission.seat(&one, None, None).await.is_ok());
        assert_eq!((admission.in_flight(), one.in_flight()), (1, 0));
    }

    #[tokio::test]
    async fn the_process_has_a_limit_of_its_own() {
        let admission = Admission::new(1, Duration::ZERO);
        let (one, other) = (TenantSeats::new(9), TenantSeats::new(9));
        let _held = admission.seat(&one, None, None).await.unwrap();
        assert_eq!(admission.seat(&other, None, None).await.unwrap_err(), NoSeat::AllTaken);
        assert_eq!(other.in_flight(), 0, "who waited in vain holds nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_as_long_as_both_sides_have_time() {
        let queue = Duration::from_secs(10);
        let (admission, tenant) = (Admission::new(1, queue), TenantSeats::new(1));
        let held = admission.seat(&tenant, None, None).await.unwrap();
        let begin = tokio::time::Instant::now();
        assert_eq!(
            admission.seat(&tenant, None, Some(queue / 10)).await.unwrap_err(),
            NoSeat::AllTaken
        );
        assert_eq!(begin.elapsed(), queue / 10);
        assert_eq!(
            admission.seat(&tenant, None, Some(queue * 10)).await.unwrap_err(),
            NoSeat::AllTaken
        );
        assert_eq!(begin.elapsed(), queue / 10 + queue);
        let freed = async {
            tokio::time::sleep(queue / 2).await;
            drop(held);
        };
        let (seat, ()) = tokio::join!(admission.seat(&tenant, None, None), freed);
        assert!(seat.is_ok());
    }

    #[tokio::test]
    async fn one_person_has_a_quarter_of_a_tenants_seats_at_most() {
        let (one, other) = (
            UserId::parse("one".to_owned()).unwrap(),
            UserId::parse("other".to_owned()).unwrap(),
        );
        for (seats, share) in [(1, 1), (4, 1), (5, 2), (16, 4), (128, 32)] {
            let (admission, tenant) = (Admission::new(1000, Duration::ZERO), TenantSeats::new(seats));
            let mut held = Vec::new();
            for _ in 0..share {
                held.push(admission.seat(&tenant, Some(&one), None).await.unwrap());
            }
            let more = admission.seat(&tenant, Some(&one), None).await;
            assert_eq!(more.unwrap_err(), NoSeat::ShareTaken, "of {seats}");
            if seats > share {
                assert!(admission.seat(&tenant, Some(&other), None).await.is_ok(), "of {seats}");
                assert!(admission.seat(&tenant, None, None).await.is_ok(), "of {seats}");
            }
            held.pop();
            assert!(admission.seat(&tenant, Some(&one), None).await.is_ok(), "of {seats}");
            drop(held);
            assert!(lock(&tenant.taken).is_empty(), "nobody is remembered");
        }
    }

    #[tokio::test]
    async fn who_waited_in_vain_has_their_share_back() {
        let person = UserId::parse("one".to_owned()).unwrap();
        let (admission, tenant) = (Admission::new(1, Duration::ZERO), TenantSeats::new(4));
        let _held = admission.seat(&tenant, None, None).await.unwrap();
        for _ in 0..3 {
            let waited = admission.seat(&tenant, Some(&person), None).await;
            assert_eq!(waited.unwrap_err(), NoSeat::AllTaken);
        }
    }
}
