//! How the gateway is at the moment, for whoever looks: places taken, breakers, keys.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    directory::{Host, SharedDirectory, Tenant},
    http::{Connections, Readiness},
    identity::TokenIssuer,
    resilience::{Admission, BreakerState},
    telemetry::{
        self, Count, Figures, Gauge, IssuerLabel, ReasonLabel, Restarts, TaskLabel, TenantLabel, UpstreamLabel,
    },
};

/// What there is to look at.
pub(super) struct Gauges {
    pub(super) directory: SharedDirectory,
    pub(super) admission: Admission,
    pub(super) readiness: Readiness,
    pub(super) restarts: Restarts,
    pub(super) connections: Arc<Connections>,
}

impl Gauges {
    /// Writes the figures of this moment.
    pub(super) fn collect(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let directory = self.directory.load();
        // Several hosts may share a tenant.
        let tenants: BTreeMap<&str, &Arc<Tenant>> =
            directory.hosts().map(|(_, tenant)| (&*tenant.id, tenant)).collect();

        figures.version("build_info", "Which version this is")?;
        let is_ready = if self.readiness.is_ready() { 1.0 } else { 0.0 };
        figures.gauge(
            "ready",
            "1 while launches are accepted, 0 while starting and stopping",
            is_ready,
        )?;
        figures.gauge(
            "in_flight",
            "Launches in flight in the whole process",
            self.admission.in_flight().into(),
        )?;
        figures.gauge(
            "max_in_flight",
            "Launches that may be in flight in the whole process",
            self.admission.max_in_flight().into(),
        )?;
        self.collect_connections(figures)?;
        figures.labelled(
            "tenant_in_flight",
            "Launches of a tenant in flight",
            each(&tenants, |tenant| Gauge::new(tenant.seats.in_flight().into())),
        )?;
        figures.labelled(
            "tenant_max_in_flight",
            "Launches of a tenant that may be in flight",
            each(&tenants, |tenant| Gauge::new(tenant.seats.max_in_flight().into())),
        )?;
        figures.labelled(
            "breaker_state",
            "0 closed: calls pass; 1 half open: one call passes as a probe; 2 open: no call passes",
            tenants.values().flat_map(|tenant| {
                tenant.upstreams().map(|upstream| {
                    let label = UpstreamLabel {
                        tenant: Arc::clone(&tenant.id),
                        upstream: upstream.vendor.as_str(),
                        api: upstream.api,
                    };
                    (label, Gauge::new(state(upstream.calls.breaker())))
                })
            }),
        )?;
        figures.labelled(
            "upstream_retries",
            "Retries of calls to the upstream",
            each(&tenants, |tenant| Count::new(tenant.repeated_calls().0)),
        )?;
        figures.labelled(
            "upstream_retries_denied",
            "Calls that were not retried because the retry budget was used up",
            each(&tenants, |tenant| Count::new(tenant.repeated_calls().1)),
        )?;
        let label = |host: &Host, issuer: &TokenIssuer| IssuerLabel {
            host: Arc::clone(&host.id),
            issuer: issuer.is_one_of_several.then(|| Arc::clone(&issuer.issuer)),
        };
        let ages = directory
            .token_hosts()
            .filter_map(|(host, issuer)| Some((label(host, issuer), Gauge::new(issuer.keys.age()?.as_secs_f64()))));
        let usable = directory.token_hosts().map(|(host, issuer)| {
            let is_usable = if issuer.keys.is_usable() { 1.0 } else { 0.0 };
            (label(host, issuer), Gauge::new(is_usable))
        });
        figures.labelled(
            "key_set_usable",
            "1 while a token host has sufficiently fresh keys of this issuer, so that its tokens can be verified",
            usable,
        )?;
        figures.labelled(
            "key_set_age_seconds",
            "Time since a token host's issuer last confirmed its keys; absent until it first does",
            ages,
        )?;
        figures.labelled(
            "background_restarts",
            "Restarts of a background task that panicked or ended",
            self.restarts
                .totals()
                .map(|(task, total)| (TaskLabel::of(task), Count::new(total))),
        )?;
        collect_faults(figures)
    }

    fn collect_connections(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let few = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        figures.gauge("connections", "Open client connections", few(self.connections.open()))?;
        figures.gauge(
            "max_connections",
            "Client connections that may be open",
            few(self.connections.limits().in_all),
        )?;
        figures.counter(
            "connections_closed_early",
            "Client connections closed because too many were open",
            self.connections.closed_early(),
        )?;
        figures.gauge(
            "unfinished_heads_bytes",
            "Bytes of incomplete request heads",
            few(self.connections.bytes_of_heads()),
        )?;
        let cut_off = self.connections.cut_off();
        figures.labelled(
            "connections_cut_off",
            "Client connections closed without an attempt, by reason",
            cut_off.map(|(reason, times)| {
                let reason = reason.as_str();
                (ReasonLabel { reason }, Count::new(times))
            }),
        )
    }
}

/// What should not have happened, of the whole process.
fn collect_faults(figures: &mut Figures<'_>) -> fmt::Result {
    figures.counter(
        "log_lines_dropped",
        "Log entries dropped because they were not read in time",
        telemetry::dropped_lines(),
    )?;
    figures.counter("panics", "Panics: each is a bug in the gateway", telemetry::panics())
}

/// A figure of each of these tenants.
fn each<M>(tenants: &BTreeMap<&str, &Arc<Tenant>>, figure: fn(&Tenant) -> M) -> impl Iterator<Item = (TenantLabel, M)> {
    tenants.values().map(move |tenant| {
        let label = TenantLabel {
            tenant: Arc::clone(&tenant.id),
        };
        (label, figure(tenant))
    })
}

fn state(breaker: BreakerState) -> f64 {
    match breaker {
        BreakerState::Closed => 0.0,
        BreakerState::HalfOpen => 1.0,
        BreakerState::Open => 2.0,
    }
}
