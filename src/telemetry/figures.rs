//! Metrics that are not counted anywhere: they are collected at each scrape.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{
        DescriptorEncoder, EncodeCounterValue, EncodeLabel as _, EncodeLabelSet, EncodeMetric, LabelSetEncoder,
        MetricEncoder,
    },
    metrics::{MetricType, TypedMetric, counter::ConstCounter, gauge::ConstGauge},
};

use super::tasks::Task;

/// A configured tenant or host, by its id.
pub type ConfiguredId = Arc<str>;

/// What is so at the moment.
pub type Gauge = ConstGauge<f64>;

/// What only grows.
pub type Count = ConstCounter<u64>;

/// Where collected figures are written. Their labels are configured ids, or the words of the program.
#[derive(Debug)]
pub struct Figures<'a>(DescriptorEncoder<'a>);

/// Collects figures.
pub(super) struct Collect<F>(pub(super) F);

/// A figure of one tenant.
#[derive(Debug, Clone, EncodeLabelSet)]
pub struct TenantLabel {
    /// The tenant.
    pub tenant: ConfiguredId,
}

/// A figure of one tenant and one of the APIs that its launches call.
#[derive(Debug, Clone, EncodeLabelSet)]
pub struct UpstreamLabel {
    /// The tenant.
    pub tenant: ConfiguredId,
    /// Whose API it is.
    pub upstream: &'static str,
    /// The API.
    pub api: &'static str,
}

/// A figure of one host and, where it has several issuers, of one of them.
#[derive(Debug, Clone)]
pub struct IssuerLabel {
    /// The host.
    pub host: ConfiguredId,
    /// The issuer, as its setting has it.
    pub issuer: Option<Arc<str>>,
}

impl EncodeLabelSet for IssuerLabel {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        ("host", &*self.host).encode(encoder.encode_label())?;
        match &self.issuer {
            Some(issuer) => ("issuer", &**issuer).encode(encoder.encode_label()),
            None => Ok(()),
        }
    }
}

/// A figure of one reason.
#[derive(Debug, Clone, EncodeLabelSet)]
pub struct ReasonLabel {
    /// The reason, in a word.
    pub reason: &'static str,
}

/// A figure of one outcome.
#[derive(Debug, Clone, EncodeLabelSet)]
pub struct OutcomeLabel {
    /// The outcome, in a word.
    pub outcome: &'static str,
}

/// A figure of one background task.
#[derive(Debug, Clone, EncodeLabelSet)]
pub struct TaskLabel {
    task: &'static str,
}

impl TaskLabel {
    /// The label of this task.
    #[must_use]
    pub const fn of(task: Task) -> Self {
        Self { task: task.as_str() }
    }
}

#[derive(Debug, Clone, EncodeLabelSet)]
struct VersionLabel {
    version: &'static str,
}

impl<F> Collector for Collect<F>
where
    F: Fn(&mut Figures<'_>) -> fmt::Result + Send + Sync + 'static,
{
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        (self.0)(&mut Figures(encoder))
    }
}

impl<F> fmt::Debug for Collect<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Collect")
    }
}

impl Figures<'_> {
    /// What is so at the moment.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        let encoder = self.describe(name, help, MetricType::Gauge)?;
        Gauge::new(value).encode(encoder)
    }

    /// What is so at the moment, if that can be said at all.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn gauge_if_any(&mut self, name: &str, help: &str, value: Option<f64>) -> fmt::Result {
        let encoder = self.describe(name, help, MetricType::Gauge)?;
        value.map_or(Ok(()), |value| Gauge::new(value).encode(encoder))
    }

    /// What only grows.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn counter(&mut self, name: &str, help: &str, value: impl EncodeCounterValue) -> fmt::Result {
        let encoder = self.describe(name, help, MetricType::Counter)?;
        ConstCounter::new(value).encode(encoder)
    }

    /// One figure under each of these labels: a [`Gauge`] of what is so, or a [`Count`] of what only grows.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn labelled<L: EncodeLabelSet, M: EncodeMetric + TypedMetric>(
        &mut self,
        name: &str,
        help: &str,
        figures: impl IntoIterator<Item = (L, M)>,
    ) -> fmt::Result {
        let mut encoder = self.describe(name, help, M::TYPE)?;
        for (labels, figure) in figures {
            figure.encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }

    /// Which version this is: 1.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn version(&mut self, name: &str, help: &str) -> fmt::Result {
        let version = VersionLabel {
            version: env!("CARGO_PKG_VERSION"),
        };
        self.labelled(name, help, [(version, ConstGauge::new(1_i64))])
    }

    /// The library ends the sentences of what is counted with a full stop.
    fn describe<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0.encode_descriptor(name, &format!("{help}."), None, kind)
    }
}
