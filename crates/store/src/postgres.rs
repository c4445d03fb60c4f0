//! PostgreSQL: what several gateways share. Each process has one connection for each concern, on which requests are
//! pipelined. Statements are unnamed, so that a pooler that gives each transaction another connection may stand between.

mod address;
mod buckets;
mod channel;
mod database;
mod fault;
mod known;
mod link;
mod orders;
mod schema;
mod tls;

pub use address::Address;
pub use buckets::{Asked, Buckets, Limit, Taken};
pub use database::{Connected, Database};
pub use fault::Fault;
pub use known::SharedKnownUsers;
pub use link::Link;
pub use orders::SharedOrders;
pub use schema::{Needs, check, check_for, migrate};
pub use tls::Tls;
