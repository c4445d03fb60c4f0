//! The store in one file, for a gateway that runs on one machine. SQLite is used from two threads of its own: what is written
//! waits for the disk, and what is read does not wait for what is written.

mod engine;
mod fault;
mod file;
mod inspection;
mod job;
mod known;
mod orders;
mod schema;
mod worker;

pub use engine::Sqlite;
pub use fault::{SqliteFault, Why};
pub use file::Missing;
pub use inspection::{Standing, inspect};
