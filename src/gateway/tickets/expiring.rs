//! Values that are forgotten at a time of their own. Nothing is evicted before: a cache that drops entries when it is full
//! would drop another person's view.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use tokio::time::Instant;

/// Values by key, each with the time at which it is forgotten.
#[derive(Debug)]
pub(super) struct Expiring<K, V> {
    values: HashMap<K, (V, Instant)>,
    by_time: BTreeSet<(Instant, K)>,
}

impl<K, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            by_time: BTreeSet::new(),
        }
    }
}

impl<K: Copy + Ord + Hash, V> Expiring<K, V> {
    pub(super) fn insert(&mut self, key: K, value: V, until: Instant) {
        if let Some((_, before)) = self.values.insert(key, (value, until)) {
            self.by_time.remove(&(before, key));
        }
        self.by_time.insert((until, key));
    }

    pub(super) fn take(&mut self, key: &K) -> Option<V> {
        let (value, until) = self.values.remove(key)?;
        self.by_time.remove(&(until, *key));
        Some(value)
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.values.contains_key(key)
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Forgets what is due, and hands each value out once more.
    pub(super) fn forget_expired(&mut self, now: Instant, mut forget: impl FnMut(V)) {
        while let Some((until, key)) = self.by_time.first().copied()
            && until <= now
        {
            self.by_time.pop_first();
            if let Some((value, _)) = self.values.remove(&key) {
                forget(value);
            }
        }
    }
}
