//! Figures that are counted nowhere: they are collected whenever somebody asks for them.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeCounterValue, EncodeLabelSet, EncodeMetric, MetricEncoder},
    metrics::{MetricType, TypedMetric, counter::ConstCounter, gauge::ConstGauge},
};

/// A configured tenant or host, by its id.
pub type ConfiguredId = Arc<str>;

/// Where collected figures are written. Their labels are configured ids, or the words of the program.
#[derive(Debug)]
pub struct Figures<'a>(DescriptorEncoder<'a>);

/// Collects figures.
pub(super) struct Collect<F>(pub(super) F);

#[derive(Debug, Clone, EncodeLabelSet)]
struct TenantLabel {
    tenant: ConfiguredId,
}

#[derive(Debug, Clone, EncodeLabelSet)]
struct JunctionLabel {
    tenant: ConfiguredId,
    api: &'static str,
}

#[derive(Debug, Clone, EncodeLabelSet)]
struct HostLabel {
    host: ConfiguredId,
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
        ConstGauge::new(value).encode(encoder)
    }

    /// What only grows.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn counter(&mut self, name: &str, help: &str, value: impl EncodeCounterValue) -> fmt::Result {
        let encoder = self.describe(name, help, MetricType::Counter)?;
        ConstCounter::new(value).encode(encoder)
    }

    /// What is so for each tenant.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn tenant_gauges(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (ConfiguredId, f64)>,
    ) -> fmt::Result {
        let figures = values
            .into_iter()
            .map(|(tenant, value)| (TenantLabel { tenant }, ConstGauge::new(value)));
        self.labelled(name, help, figures)
    }

    /// What is so for each tenant and each of Junction's APIs.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn junction_gauges(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (ConfiguredId, &'static str, f64)>,
    ) -> fmt::Result {
        let figures = values
            .into_iter()
            .map(|(tenant, api, value)| (JunctionLabel { tenant, api }, ConstGauge::new(value)));
        self.labelled(name, help, figures)
    }

    /// What only grows for each tenant.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn tenant_counters(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (ConfiguredId, u64)>,
    ) -> fmt::Result {
        let figures = values
            .into_iter()
            .map(|(tenant, value)| (TenantLabel { tenant }, ConstCounter::new(value)));
        self.labelled(name, help, figures)
    }

    /// What is so for each host.
    ///
    /// # Errors
    /// If it cannot be written as text.
    pub fn host_gauges(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (ConfiguredId, f64)>,
    ) -> fmt::Result {
        let figures = values
            .into_iter()
            .map(|(host, value)| (HostLabel { host }, ConstGauge::new(value)));
        self.labelled(name, help, figures)
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
}

impl Figures<'_> {
    /// One figure under each of these labels.
    fn labelled<L: EncodeLabelSet, M: EncodeMetric + TypedMetric>(
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
