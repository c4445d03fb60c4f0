//! What the operator is told: a log, and figures. What a line or a label may hold is decided by whoever writes it; here is
//! how it gets out.

pub mod attempt_line;
mod batch_writer;
pub mod exposition;
mod figures;
mod json_lines;
mod log;
pub mod metrics;
mod process;
mod tasks;
pub mod trace;

pub use figures::{
    ConfiguredId, Count, Figures, Gauge, IssuerLabel, ReasonLabel, TaskLabel, TenantLabel, UpstreamLabel,
};
pub use log::{Format, Settings, Telling, dropped_lines, panics, start};
pub use tasks::{Restarts, Task, Trouble};
