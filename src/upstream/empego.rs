//! The upstream: Empego's embeddable endpoints. Two pure files say what is sent and what comes back; one sends. `wire` is what any
//! upstream needs, and Junction shares.

mod account;
mod client;
mod error;
mod request;
mod response;

pub use account::Account;
pub use client::EmpegoClient;
pub use error::{EmpegoError, Meaning};
pub use request::{Outgoing, ShownRequest};
