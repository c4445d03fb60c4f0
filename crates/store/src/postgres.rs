//! PostgreSQL: what several gateways share. Each process has one connection for each concern, on which requests are
//! pipelined. Statements are unnamed, so that a pooler that gives each transaction another connection may stand between.

mod address;
mod database;
mod fault;
mod schema;
mod tls;

pub use address::Address;
pub use database::{Connected, Database};
pub use fault::Fault;
pub use schema::{Needs, check, migrate};
pub use tls::Tls;
