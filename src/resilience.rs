//! Keeps one tenant's trouble, or an overload, from affecting all tenants.

mod admission;
mod breaker;
mod budget;
mod call_guard;
mod deadline;
mod guesses;
mod pauses;
mod rate;
mod shared;

pub use admission::{Admission, NoSeat, Seat, TenantSeats};
pub use breaker::{BreakerState, CircuitOpen, Health};
pub use call_guard::{CallError, CallGuard, Retry, Verdict};
pub use deadline::{CallerHasLeft, Deadline};
pub use guesses::{Guesses, Late, Trying};
pub use pauses::Pauses;
pub use rate::{Pace, Rate, RateLimit, RateLimits, TooMany};
pub use shared::{Kind, Party, Reach, SharedLimits};
