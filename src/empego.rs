//! The upstream: Empego's embeddable endpoints. Two pure files say what is sent and what comes back; one sends.

mod client;
mod error;
mod request;
mod response;

pub use client::{EmpegoClient, Settings};
pub use error::{Cause, EmpegoError, Meaning};
pub use request::{Account, Outgoing, ShownRequest};
