//! Orders under trouble: gateways that are killed at every step, replicas of which one is gone, and events that are lost, doubled
//! and out of order.

mod events;
mod kills;
mod replicas;
mod storm;
