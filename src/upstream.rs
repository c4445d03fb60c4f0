//! What is called. Each vendor has the same two kinds of files: pure ones that say what is sent and what comes back, and
//! one that sends. `repository` is where audit records go, and `host_endpoint` where hosts hear of events. `wire` is the
//! one HTTP client of the whole program.
//! `probe` looks at any of them without a key.

pub mod empego;
pub mod host_endpoint;
pub mod junction;
pub mod probe;
pub mod repository;
pub mod wire;
