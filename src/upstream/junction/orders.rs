//! At-home phlebotomy: what is asked about orders, visits and results, and what is read of what comes back, all pure.
//! `calls` and `scheduling` have the constructors, and each other file reads one kind of answer into the types of `domain`. Junction's own
//! examples leave out members that its documents require, so a reader needs only what the gateway cannot do without.

mod calls;
mod catalogue;
mod coverage;
mod fields;
pub(super) mod order;
mod page;
mod results;
mod scheduling;
pub(super) mod slots;
pub(super) mod visit;

pub use page::Page;
