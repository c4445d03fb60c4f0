//! Places for those who wait for a host's answer, of which no one subscriber takes more than a share.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// So many slots. A slot that is taken cannot be freed before the host has responded, so a share is kept free for
/// others beforehand.
#[derive(Debug)]
pub(super) struct Places {
    in_all: usize,
    share: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_subscriber: HashMap<IpAddr, usize>,
}

/// One place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    subscriber: IpAddr,
    among: &'a Places,
}

impl Places {
    /// So many places in all, and of these so many for one subscriber at most.
    pub(super) fn new(in_all: usize, share: usize) -> Self {
        Self {
            in_all,
            share,
            taken: Mutex::default(),
        }
    }

    /// Takes a place, if there is one for this subscriber.
    pub(super) fn take(&self, subscriber: IpAddr) -> Option<Place<'_>> {
        let mut taken = self.lock();
        let own = taken.by_subscriber.get(&subscriber).copied().unwrap_or_default();
        if taken.in_all >= self.in_all || own >= self.share {
            return None;
        }
        taken.in_all += 1;
        taken.by_subscriber.insert(subscriber, own + 1);
        drop(taken);
        Some(Place {
            subscriber,
            among: self,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing under the lock can panic halfway.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut taken = self.among.lock();
        taken.in_all = taken.in_all.saturating_sub(1);
        match taken.by_subscriber.get_mut(&self.subscriber) {
            Some(own) if *own > 1 => *own -= 1,
            Some(_) | None => {
                taken.by_subscriber.remove(&self.subscriber);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const CLINICIAN: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn one_subscriber_leaves_the_others_their_places() {
        let places = Places::new(4, 2);
        let strangers = [places.take(STRANGER), places.take(STRANGER)];
        assert!(strangers.iter().all(Option::is_some) && places.take(STRANGER).is_none());
        let clinicians = [places.take(CLINICIAN), places.take(CLINICIAN)];
        assert!(clinicians.iter().all(Option::is_some));
        let third = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 3));
        assert!(places.take(third).is_none(), "there are no more in all");
        drop(strangers);
        assert!(places.take(third).is_some() && places.take(STRANGER).is_some());
        drop(clinicians);
        assert_eq!(places.lock().in_all, 0);
        assert!(
            places.lock().by_subscriber.is_empty(),
            "nothing is kept of who has left"
        );
    }
}
