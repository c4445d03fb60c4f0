//! What the operator's collector of figures reads.

use std::fmt;

use prometheus_client::{encoding::text, registry::Registry};

use super::{
    figures::{Collect, Figures},
    metrics::Metrics,
    process,
};

/// Everything that is shown at `/metrics`.
#[derive(Debug)]
pub struct Exposition(Registry);

impl Exposition {
    /// The media type of [`Exposition::text`].
    pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// Shows what is counted, what `gauges` finds at each scrape, and the process's own metrics.
    #[must_use]
    pub fn new(metrics: &Metrics, gauges: impl Fn(&mut Figures<'_>) -> fmt::Result + Send + Sync + 'static) -> Self {
        let mut registry = Registry::default();
        let ours = registry.sub_registry_with_prefix("empego_gateway");
        metrics.register(ours);
        ours.register_collector(Box::new(Collect(gauges)));
        registry.register_collector(Box::new(Collect(process::collect)));
        Self(registry)
    }

    /// As a collector of figures reads it.
    ///
    /// # Errors
    /// If a figure cannot be written as text: a defect.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut written = String::new();
        text::encode(&mut written, &self.0)?;
        Ok(written)
    }
}
