//! A launch's place in its caller's trace. A build without the feature `otel` passes the caller's place on; one with
//! it, and with a collector to send to, takes a place of its own in between.

#[cfg(feature = "otel")]
mod export;
#[cfg(not(feature = "otel"))]
mod pass_on;

#[cfg(feature = "otel")]
pub(super) use export::{Exporter, Exporting};
#[cfg(feature = "otel")]
pub use export::{call_span, join, place_of};
#[cfg(not(feature = "otel"))]
pub use pass_on::{call_span, join, place_of};
