//! Where log entries go and what they look like. The code that writes an entry decides what is in it.

use std::{
    io::IsTerminal as _,
    panic,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    Layer as _,
    filter::{FilterExt as _, Targets, filter_fn},
    fmt::{self, format::JsonFields},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use super::{batch_writer::BatchWriter, json_lines::JsonLines};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

/// What is logged, and how.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The least urgent level that is written.
    pub level: LevelFilter,
    /// How lines are written.
    pub format: Format,
    /// Whether there is a collector of traces.
    pub has_collector: bool,
}

/// As long as this lives, lines are written and traces sent; the last ones when it is dropped.
#[must_use = "dropping it ends logging"]
pub struct Telling {
    _lines: WorkerGuard,
    #[cfg(feature = "otel")]
    _traces: Option<super::trace::Exporting>,
}

/// How many lines may wait to be written. Room for them is taken at the start, used or not.
const LINES_AT_ONCE: usize = 16_384;

/// The process has one log and one panic hook, so it has one count of each.
static LINES: OnceLock<ErrorCounter> = OnceLock::new();
static PANICS: AtomicU64 = AtomicU64::new(0);

/// Starts logging to standard error through a writer that never blocks: log entries that are not taken off it in time
/// are dropped, and counted. Starts sending traces too, in a build that can. Must be called outside of a runtime.
///
/// The libraries' own lines are capped at warnings, and the environment has no say: at their debug levels some print
/// addresses and headers.
///
/// # Errors
/// If the variables that say where traces go cannot be understood.
pub fn start(settings: Settings) -> anyhow::Result<Telling> {
    let Settings {
        level,
        format,
        has_collector,
    } = settings;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_AT_ONCE)
        .finish(BatchWriter::new(std::io::stderr()));
    // A second start in one process (a test's) keeps the first.
    let _first = LINES.set(writer.error_counter());
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        // It logs an error for every head that is not HTTP, and any client may send one.
        .with_target("actix_http", LevelFilter::OFF)
        .with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = fmt::layer()
        .with_writer(writer)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match format {
        Format::Json => lines.event_format(JsonLines).fmt_fields(JsonFields::new()).boxed(),
        Format::Pretty => lines.with_target(false).boxed(),
    };
    // A span costs more than its request's log entry, which says all that matters: entries are put into spans only at
    // the levels debug and trace.
    let looks_closely = level >= LevelFilter::DEBUG;
    let filter = filter.and(filter_fn(move |metadata| metadata.is_event() || looks_closely));
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
    tell_panics_without_their_text();
    #[cfg(feature = "otel")]
    if has_collector {
        let (traces, exporting) = super::trace::Exporter::new()?.layer();
        let _already_started = subscriber.with(traces).try_init();
        return Ok(Telling {
            _lines: guard,
            _traces: Some(exporting),
        });
    }
    let _already_started = subscriber.try_init();
    #[cfg(not(feature = "otel"))]
    if has_collector {
        tracing::warn!(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but this build cannot send traces: it lacks the feature otel"
        );
    }
    Ok(Telling {
        _lines: guard,
        #[cfg(feature = "otel")]
        _traces: None,
    })
}

/// How many log entries were dropped because they were not taken in time.
#[must_use]
pub fn dropped_lines() -> u64 {
    LINES.get().map_or(0, |lines| lines.dropped_lines() as u64)
}

/// How many panics there were: each a defect.
#[must_use]
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

/// A panic's text may hold the value that caused it, so only its place is logged.
fn tell_panics_without_their_text() {
    panic::set_hook(Box::new(|panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}
