//! All callers' connections of a listener: how many there may be, and whose goes when there are too many.
//!
//! A gateway that is out of connections cannot be reached by any client, so strangers who open many and request nothing
//! must not be able to use them up. A new caller is never turned away for their sake. Instead, the gateway closes the
//! longest open connection on which no client has ever authenticated and no request is pending, from the address that
//! has the most.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::Context,
};

use futures_util::task::AtomicWaker;

use super::{
    cut_off::{CutOff, CutOffs},
    heads::{AFTER_CUT, Head, Heads},
};

/// A listener's connections, of all of its workers.
#[derive(Debug)]
pub struct Connections {
    limits: ConnectionLimits,
    open: Mutex<Open>,
    closed_early: AtomicU64,
    heads: Arc<Heads>,
    cut_off: CutOffs,
}

/// How many connections may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// In all.
    pub in_all: usize,
    /// From one address; of IPv6, from one network of 64 bits, which is what a single subscriber has.
    pub per_address: usize,
}

/// A connection among all others, for as long as it lasts.
#[derive(Debug)]
pub struct Admitted {
    standing: Arc<Standing>,
    address: IpAddr,
    number: u64,
    among: Arc<Connections>,
}

/// How a connection stands, as both ends of the HTTP library and other connections see it.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// From a request's head to the beginning of its answer.
    has_request: AtomicBool,
    /// Whether a client has authenticated on it.
    is_known: AtomicBool,
    must_go: AtomicBool,
    /// Of its next request, as far as it has come.
    head: Head,
    heads: Arc<Heads>,
    /// The task that reads from it.
    reader: AtomicWaker,
}

/// Those that need not go yet, by address and in the order in which they came.
#[derive(Debug, Default)]
struct Open {
    in_all: usize,
    came: u64,
    by_address: HashMap<IpAddr, BTreeMap<u64, Arc<Standing>>>,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            open: Mutex::default(),
            closed_early: AtomicU64::new(0),
            heads: Arc::default(),
            cut_off: CutOffs::default(),
        })
    }

    /// Lets a connection in; another one may have to go for it. If none can, it is the new one that must go.
    #[must_use]
    pub fn admit(self: &Arc<Self>, from: IpAddr) -> Admitted {
        let address = subscriber(from);
        let standing = Arc::new(Standing {
            heads: Arc::clone(&self.heads),
            ..Standing::default()
        });
        let mut open = self.lock();
        open.came += 1;
        let number = open.came;
        let has_place = self.makes_room(&mut open, address);
        if has_place {
            open.in_all += 1;
            let of_address = open.by_address.entry(address).or_default();
            of_address.insert(number, Arc::clone(&standing));
        } else {
            self.sends_away(&standing);
        }
        drop(open);
        Admitted {
            standing,
            address,
            number,
            among: Arc::clone(self),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // Nothing under the lock can panic halfway.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.lock().in_all
    }

    /// How many there may be.
    #[must_use]
    pub const fn limits(&self) -> ConnectionLimits {
        self.limits
    }

    /// How many were closed for want of a place.
    #[must_use]
    pub fn closed_early(&self) -> u64 {
        self.closed_early.load(Relaxed)
    }

    /// How often a client was cut off before there was a request, and why.
    pub fn cut_off(&self) -> impl Iterator<Item = (CutOff, u64)> {
        self.cut_off.totals()
    }

    /// Notes why a client was cut off that had no place yet.
    pub(super) fn count(&self, reason: CutOff) {
        self.cut_off.count(reason);
    }

    /// How many bytes of unfinished heads there are.
    #[must_use]
    pub fn bytes_of_heads(&self) -> usize {
        self.heads.bytes()
    }

    /// Closes the connections whose heads were begun first, until the others have room again: first those on which no
    /// client has ever authenticated.
    fn makes_room_for_heads(&self) {
        let mut open = self.lock();
        let of_each = open.by_address.iter();
        let mut unfinished: Vec<(bool, u64, IpAddr, u64)> = of_each
            .flat_map(|(address, those)| those.iter().map(|(number, standing)| (*address, *number, standing)))
            .filter_map(|(address, number, standing)| {
                let begun = standing.head.begun()?;
                Some((standing.is_known.load(Relaxed), begun, address, number))
            })
            .collect();
        unfinished.sort_unstable();
        for (_, _, address, number) in unfinished {
            if self.heads.bytes() <= AFTER_CUT {
                return;
            }
            if let Some(standing) = open.remove(address, number) {
                self.heads.ends(&standing.head);
                self.cut_off.count(CutOff::HeadsTooMany);
                standing.leaves();
            }
        }
    }

    /// Whether there is a place for one more from this address, perhaps after another one had to go.
    fn makes_room(&self, open: &mut Open, address: IpAddr) -> bool {
        let of_address = open.by_address.get(&address);
        if of_address.is_some_and(|those| those.len() >= self.limits.per_address) {
            let goes = of_address.and_then(|those| idle(those, false).or_else(|| idle(those, true)));
            return self.replaces(open, goes.map(|number| (address, number)));
        }
        if open.in_all < self.limits.in_all {
            return true;
        }
        let goes = open.of_most_crowded(false).or_else(|| open.of_most_crowded(true));
        self.replaces(open, goes)
    }

    fn replaces(&self, open: &mut Open, goes: Option<(IpAddr, u64)>) -> bool {
        let standing = goes.and_then(|(address, number)| open.remove(address, number));
        standing.map(|standing| self.sends_away(&standing)).is_some()
    }

    fn sends_away(&self, standing: &Standing) {
        self.closed_early.fetch_add(1, Relaxed);
        standing.leaves();
    }
}

impl Open {
    /// The longest open one that asks for nothing, of the address that has the most connections.
    fn of_most_crowded(&self, is_known: bool) -> Option<(IpAddr, u64)> {
        let of_each = self.by_address.iter();
        let candidates = of_each.filter_map(|(address, those)| Some((those.len(), *address, idle(those, is_known)?)));
        let of_most = candidates.max_by_key(|(count, ..)| *count);
        of_most.map(|(_, address, number)| (address, number))
    }

    fn remove(&mut self, address: IpAddr, number: u64) -> Option<Arc<Standing>> {
        let of_address = self.by_address.get_mut(&address)?;
        let removed = of_address.remove(&number);
        if of_address.is_empty() {
            self.by_address.remove(&address);
        }
        if removed.is_some() {
            self.in_all -= 1;
        }
        removed
    }
}

/// The longest open one of these that asks for nothing.
fn idle(those: &BTreeMap<u64, Arc<Standing>>, is_known: bool) -> Option<u64> {
    let mut idle = those
        .iter()
        .filter(|(_, standing)| !standing.has_request.load(Relaxed) && standing.is_known.load(Relaxed) == is_known);
    idle.next().map(|(number, _)| *number)
}

/// What one subscriber has: an address, or in IPv6 a network.
pub(in crate::http) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

impl Admitted {
    pub(super) const fn standing(&self) -> &Arc<Standing> {
        &self.standing
    }

    /// Something was read of a request's head. Others may have to go for it, or it itself.
    pub(super) fn reads_head(&self, bytes: usize) {
        if self.standing.heads.grows(&self.standing.head, bytes) {
            self.among.makes_room_for_heads();
        }
    }

    /// Notes why the caller is cut off.
    pub(super) fn is_cut_off(&self, reason: CutOff) {
        self.among.cut_off.count(reason);
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.among.lock().remove(self.address, self.number);
        self.standing.heads.ends(&self.standing.head);
    }
}

impl Standing {
    /// Whether the connection must go; if not, the task that reads is woken when it must.
    pub(super) fn must_go(&self, reader: &Context<'_>) -> bool {
        self.reader.register(reader.waker());
        self.must_go.load(Relaxed)
    }

    fn leaves(&self) {
        self.must_go.store(true, Relaxed);
        self.reader.wake();
    }

    /// A request's head is here.
    pub(super) fn asks(&self) {
        self.has_request.store(true, Relaxed);
        self.heads.ends(&self.head);
    }

    /// Its answer begins. Whether there was a request.
    pub(super) fn begins_answer(&self) -> bool {
        self.has_request.swap(false, Relaxed)
    }

    /// Whether there is a request that has no answer yet.
    pub(super) fn has_request(&self) -> bool {
        self.has_request.load(Relaxed)
    }

    /// A client has authenticated.
    pub(super) fn becomes_known(&self) {
        self.is_known.store(true, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{super::heads::BUDGET, *};

    const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    fn connections(in_all: usize, per_address: usize) -> Arc<Connections> {
        Connections::new(ConnectionLimits { in_all, per_address })
    }

    fn went(admitted: &Admitted) -> bool {
        admitted.standing.must_go.load(Relaxed)
    }

    #[test]
    fn the_stranger_who_came_first_goes_for_one_who_comes() {
        let all = connections(2, 2);
        let (first, second, third) = (all.admit(STRANGER), all.admit(STRANGER), all.admit(STRANGER));
        assert_eq!([went(&first), went(&second), went(&third)], [true, false, false]);
        assert_eq!((all.open(), all.closed_early()), (2, 1));
    }

    #[test]
    fn authenticated_and_requesting_connections_stay() {
        let all = connections(3, 3);
        let (known, asking, stranger) = (all.admit(STRANGER), all.admit(STRANGER), all.admit(STRANGER));
        known.standing.becomes_known();
        asking.standing.asks();
        let fourth = all.admit(OTHER);
        assert_eq!(
            [&known, &asking, &stranger, &fourth].map(went),
            [false, false, true, false]
        );
    }

    #[test]
    fn an_idle_known_connection_closes_before_a_caller_is_turned_away() {
        let all = connections(2, 2);
        let (known, asking) = (all.admit(STRANGER), all.admit(STRANGER));
        known.standing.becomes_known();
        asking.standing.asks();
        let third = all.admit(OTHER);
        third.standing.asks();
        let fourth = all.admit(OTHER);
        assert_eq!([&known, &asking, &third, &fourth].map(went), [true, false, false, true]);
        assert_eq!(all.open(), 2);
    }

    #[test]
    fn the_address_with_the_most_connections_loses_one() {
        let all = connections(3, 3);
        let lone = all.admit(OTHER);
        let (first, _second) = (all.admit(STRANGER), all.admit(STRANGER));
        let _newest = all.admit(OTHER);
        assert_eq!([&lone, &first].map(went), [false, true]);
    }

    #[test]
    fn an_address_has_no_more_than_its_share() {
        let all = connections(10, 2);
        let other = all.admit(OTHER);
        let (first, _second, _third) = (all.admit(STRANGER), all.admit(STRANGER), all.admit(STRANGER));
        assert_eq!([&other, &first].map(went), [false, true]);
        assert_eq!(all.open(), 3);
    }

    #[test]
    fn of_unfinished_heads_the_strangers_that_were_begun_first_go() {
        const LONG: usize = 100_000;
        let all = connections(10_000, 10_000);
        let known = all.admit(STRANGER);
        known.standing.becomes_known();
        known.reads_head(LONG);
        let small = all.admit(OTHER);
        small.reads_head(1);
        let others: Vec<_> = (0..BUDGET / LONG).map(|_| all.admit(STRANGER)).collect();
        for other in &others {
            other.reads_head(LONG);
        }
        let newest = all.admit(OTHER);
        newest.reads_head(LONG);
        assert_eq!(
            [&known, &small, &others[0], &others[others.len() - 1], &newest].map(went),
            [false, true, true, false, false]
        );
        assert!(all.bytes_of_heads() <= BUDGET);
        drop((known, small, others, newest));
        assert_eq!(all.bytes_of_heads(), 0, "nothing is counted of who has left");
    }

    #[test]
    fn a_finished_head_costs_nothing_and_none_counts_beyond_the_longest() {
        let all = connections(1, 1);
        let connection = all.admit(STRANGER);
        for _ in 0..1000 {
            connection.reads_head(BUDGET);
        }
        assert!(!went(&connection));
        assert!((1..BUDGET / 100).contains(&all.bytes_of_heads()));
        connection.standing.asks();
        assert_eq!(all.bytes_of_heads(), 0);
    }

    #[test]
    fn a_connection_that_ends_leaves_its_place() {
        let all = connections(1, 1);
        drop(all.admit(STRANGER));
        let next = all.admit(STRANGER);
        assert!(!went(&next));
        drop(next);
        assert_eq!((all.open(), all.closed_early()), (0, 0));
        assert!(all.lock().by_address.is_empty(), "nothing is kept of who has left");
    }

    #[test]
    fn a_network_of_one_subscriber_counts_as_one_address() {
        let same = ["2001:db8::1", "2001:db8::ffff:1"].map(|text| subscriber(text.parse().unwrap()));
        assert_eq!(same[0], same[1]);
        assert_ne!(subscriber("2001:db8:0:1::1".parse().unwrap()), same[0]);
        let mapped = subscriber("::ffff:192.0.2.1".parse().unwrap());
        assert_eq!(mapped, STRANGER, "IPv4 by way of IPv6 is an address");
    }
}
