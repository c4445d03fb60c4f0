//! Where log lines go and what they look like. What is in them is the business of whoever writes one.

use std::{io::IsTerminal as _, panic};

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{Layer as _, filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

/// Starts logging to standard error through a writer that blocks nobody. Lines are flushed when the guard is dropped.
///
/// The libraries' own lines are capped at warnings, and the environment has no say: at their debug levels some print
/// addresses and headers.
#[must_use = "dropping the guard ends logging"]
pub fn start(level: LevelFilter, format: Format) -> WorkerGuard {
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = fmt::layer()
        .with_writer(writer)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match format {
        Format::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed(),
        Format::Pretty => lines.with_target(false).boxed(),
    };
    // A second start in one process (a test's) keeps the first.
    let _already_started = tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .try_init();
    tell_panics_without_their_text();
    guard
}

/// A panic's text may hold what it stumbled over, so only its place is told.
fn tell_panics_without_their_text() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}
