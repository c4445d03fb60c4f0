//! What keeps one tenant's trouble, or too much of everything, from becoming everybody's.

mod admission;
mod rate;

pub use admission::{Admission, Overloaded, Seat, TenantSeats};
pub use rate::{Rate, RateLimit, RateLimits, TooMany};
