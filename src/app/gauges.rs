//! The gateway's current state, for the operator: slots taken, breakers, keys.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::Timestamp;

use super::tls::Tls;
use crate::{
    audit::Audit,
    directory::{Host, SharedDirectory, Tenant},
    http::{Connections, Readiness},
    identity::TokenIssuer,
    resilience::{Admission, BreakerState, SharedLimits},
    telemetry::{
        self, Count, Figures, Gauge, IssuerLabel, OutcomeLabel, ReasonLabel, Restarts, TaskLabel, TenantLabel,
        UpstreamLabel,
    },
};

/// What there is to look at.
pub(super) struct Gauges {
    pub(super) directory: SharedDirectory,
    pub(super) admission: Admission,
    pub(super) readiness: Readiness,
    pub(super) restarts: Restarts,
    pub(super) connections: Arc<Connections>,
    pub(super) audit: Option<Arc<Audit>>,
    pub(super) shared_limits: Option<Arc<SharedLimits>>,
    pub(super) tls: Option<Tls>,
}

impl Gauges {
    /// Writes the figures of this moment.
    pub(super) fn collect(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let directory = self.directory.load();
        // Several hosts may share a tenant.
        let tenants: BTreeMap<&str, &Arc<Tenant>> =
            directory.hosts().map(|(_, tenant)| (&*tenant.id, tenant)).collect();

        figures.version("build_info", "Always 1; its label is the version")?;
        let is_ready = if self.readiness.is_ready() { 1.0 } else { 0.0 };
        figures.gauge(
            "ready",
            "1 while launches are accepted, 0 while starting and stopping",
            is_ready,
        )?;
        figures.gauge(
            "in_flight",
            "Launches in the whole process that have a slot",
            self.admission.in_flight().into(),
        )?;
        figures.gauge(
            "max_in_flight",
            "How many slots there are",
            self.admission.max_in_flight().into(),
        )?;
        self.collect_connections(figures)?;
        figures.gauge(
            "certificate_expires_seconds",
            "How long the certificate of both listeners is still valid; infinite without [tls]",
            self.tls
                .as_ref()
                .map_or(f64::INFINITY, |tls| tls.expires_in(Timestamp::now())),
        )?;
        self.collect_audit(figures)?;
        self.collect_shared_limits(figures)?;
        figures.labelled(
            "tenant_in_flight",
            "Launches of a tenant that have a slot",
            each(&tenants, |tenant| Gauge::new(tenant.seats.in_flight().into())),
        )?;
        figures.labelled(
            "tenant_max_in_flight",
            "How many slots the tenant has",
            each(&tenants, |tenant| Gauge::new(tenant.seats.max_in_flight().into())),
        )?;
        figures.labelled(
            "breaker_state",
            "0 closed, calls pass; 1 half open, one call passes as a probe; 2 open, none passes",
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
            "Retried calls, to either upstream",
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
            "1 while a token host has keys of this issuer that are not too old; 0 if none of its tokens from there can be verified. The issuer is a label where a host has several",
            usable,
        )?;
        figures.labelled(
            "key_set_age_seconds",
            "How long ago a token host's issuer last confirmed its keys; missing until it has done so once. The issuer is a label where a host has several",
            ages,
        )?;
        figures.labelled(
            "background_restarts",
            "Restarts of a background task that panicked or ended; each is a bug",
            self.restarts
                .totals()
                .map(|(task, total)| (TaskLabel::of(task), Count::new(total))),
        )?;
        collect_faults(figures)
    }

    fn collect_audit(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let Some(audit) = &self.audit else { return Ok(()) };
        let is_writable = if audit.trouble().is_none() { 1.0 } else { 0.0 };
        figures.gauge(
            "audit_writable",
            "1 while the audit trail can be written, 0 while no launch is carried out because it cannot; missing if there is no trail",
            is_writable,
        )?;
        figures.gauge(
            "audit_seq",
            "Number of the last record of this process's chain in the audit trail",
            precise(audit.seq()),
        )
    }

    fn collect_shared_limits(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let is_active = self.shared_limits.as_ref().map(|shared| shared.are_active());
        figures.gauge_if_any(
            "shared_limits_active",
            "1 while rates are those of all gateways together, 0 while the database is away and each gateway applies its own; missing without [store] in PostgreSQL",
            is_active.map(|is_active| if is_active { 1.0 } else { 0.0 }),
        )?;
        let asked = self
            .shared_limits
            .as_ref()
            .map(|shared| shared.asked())
            .unwrap_or_default();
        figures.labelled(
            "shared_limits_asked",
            "Questions to the database whether a shared limit allows one more: passed, denied, or failed without a response in 50 ms",
            [("passed", asked.passed), ("denied", asked.denied), ("failed", asked.failed)]
                .map(|(outcome, times)| (OutcomeLabel { outcome }, Count::new(times))),
        )
    }

    fn collect_connections(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let few = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        figures.gauge("connections", "Open client connections", few(self.connections.open()))?;
        figures.gauge(
            "max_connections",
            "How many client connections may be open",
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
            "Client connections that ended without an attempt, by reason: what the HTTP library answers with an empty 400, 431 or 408 (a POST of HTTP/1.0 without a length, among others), and what exceeds a limit",
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
        "Log lines lost because standard error was not read in time",
        telemetry::dropped_lines(),
    )?;
    figures.counter("panics", "Panics; each is a bug", telemetry::panics())
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

/// Exact up to 2⁵³, which no chain reaches.
#[expect(clippy::cast_precision_loss, reason = "no chain has 2^53 records")]
const fn precise(count: u64) -> f64 {
    count as f64
}

fn state(breaker: BreakerState) -> f64 {
    match breaker {
        BreakerState::Closed => 0.0,
        BreakerState::HalfOpen => 1.0,
        BreakerState::Open => 2.0,
    }
}
