//! What a host may do with orders.

use crate::{reason::Reason, words::words};

words! {
    /// One kind of thing that a host may do with orders.
    pub OrderGrant {
        /// Ask which tests there are and where they are offered. Nothing of a patient is in it.
        Catalogue = "catalogue",
        /// Place orders.
        Place = "place",
        /// Read orders and visits, and learn of their changes.
        Read = "read",
        /// Look for slots; book, request and reschedule visits.
        Schedule = "schedule",
        /// Cancel visits and orders.
        Cancel = "cancel",
        /// Read results.
        Results = "results",
        /// Move an order on, in the sandbox.
        Simulate = "simulate",
    }
}

/// What a host may do with orders: nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderGrants(Vec<OrderGrant>);

impl OrderGrants {
    /// These and no others.
    #[must_use]
    pub fn of(grants: impl IntoIterator<Item = OrderGrant>) -> Self {
        Self(grants.into_iter().collect())
    }

    /// Refuses what is not granted.
    ///
    /// # Errors
    /// [`Reason::OrdersNotGranted`].
    pub fn check(&self, grant: OrderGrant) -> Result<(), Reason> {
        if self.include(grant) {
            Ok(())
        } else {
            Err(Reason::OrdersNotGranted)
        }
    }

    /// Whether this is granted.
    #[must_use]
    pub fn include(&self, grant: OrderGrant) -> bool {
        self.0.contains(&grant)
    }

    /// Whether nothing is granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_means_one_grant_and_nothing_is_granted_unasked() {
        for grant in OrderGrant::ALL.iter().copied() {
            assert_eq!(OrderGrant::parse(grant.as_str()), Some(grant));
            assert_eq!(OrderGrants::default().check(grant), Err(Reason::OrdersNotGranted));
            assert_eq!(OrderGrants::of([grant]).check(grant), Ok(()));
        }
        assert_eq!(OrderGrant::parse("Place"), None);
        assert!(!OrderGrants::of([OrderGrant::Read]).include(OrderGrant::Results));
    }
}
