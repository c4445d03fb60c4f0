//! Gateways that share a database, with the real servers: PostgreSQL, PgBouncer, HAProxy. Each runs as a child of the test, on
//! a free port of loopback, and ends with it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod buckets;
mod doctor;
mod helpers;
mod known_users;
mod limits;
mod migrations;
mod orders;
mod orders_flow;
mod refused_servers;
mod trail;
