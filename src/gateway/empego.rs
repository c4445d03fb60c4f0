//! One launch of Empego's app: planned, carried out by one call, or only explained.

mod explanation;
mod launch;
mod retry;

pub use explanation::{Explained, explain};
pub use launch::Embed;
