//! One launch of Empego's app: planned, carried out by one call, or only explained.

mod explanation;
mod known_clinicians;
mod launch;
mod retry;

pub use explanation::{Explained, explain};
pub use known_clinicians::{KnownClinicians, NotedClinicians};
pub use launch::Embed;
