//! What the operator is told: a log, and figures. What a line or a label may hold is decided by whoever writes it; here is
//! how it gets out.

mod figures;
mod log;
pub mod metrics;
mod process;

pub use figures::Figures;
pub use log::{Format, dropped_lines, panics, start};
