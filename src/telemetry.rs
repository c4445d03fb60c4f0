//! What the operator sees: a log, and metrics. The code that writes a log entry or a label decides what it may hold;
//! here is how it gets out.

pub mod attempt_line;
pub mod audit_metrics;
mod batch_writer;
pub mod event_metrics;
pub mod exposition;
mod figures;
pub mod forward_metrics;
mod json_lines;
mod log;
pub mod metrics;
pub mod order_metrics;
mod process;
mod tasks;
pub mod trace;

pub use figures::{
    ConfiguredId, Count, Figures, Gauge, IssuerLabel, OutcomeLabel, ReasonLabel, TaskLabel, TenantLabel, UpstreamLabel,
};
pub use log::{Format, Settings, Telling, dropped_lines, panics, start};
pub use tasks::{Restarts, Task, Trouble};
