//! What keeps one tenant's trouble, or too much of everything, from becoming everybody's.

mod admission;

pub use admission::{Admission, Overloaded, Seat, TenantSeats};
