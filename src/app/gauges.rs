//! How the gateway is at the moment, for whoever looks: places taken, breakers, keys.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    directory::{SharedDirectory, Tenant},
    http::Readiness,
    resilience::{Admission, BreakerState, CallGuard},
    telemetry::{self, Figures},
};

/// What there is to look at.
pub(super) struct Vitals {
    pub(super) directory: SharedDirectory,
    pub(super) admission: Admission,
    pub(super) readiness: Readiness,
}

impl Vitals {
    /// Writes the figures of this moment.
    pub(super) fn look_up(&self, figures: &mut Figures<'_>) -> fmt::Result {
        let directory = self.directory.load();
        // Several hosts may share a tenant.
        let tenants: BTreeMap<&str, &Arc<Tenant>> =
            directory.hosts().map(|(_, tenant)| (&*tenant.id, tenant)).collect();
        let each = |figure: fn(&Tenant) -> f64| {
            let values = tenants
                .values()
                .map(move |tenant| (Arc::clone(&tenant.id), figure(tenant)));
            values.collect::<Vec<_>>()
        };
        let count = |figure: fn(&Tenant) -> u64| {
            let values = tenants
                .values()
                .map(move |tenant| (Arc::clone(&tenant.id), figure(tenant)));
            values.collect::<Vec<_>>()
        };

        figures.version("build_info", "Which version this is")?;
        let is_ready = if self.readiness.is_ready() { 1.0 } else { 0.0 };
        figures.gauge(
            "ready",
            "1 while launches are taken, 0 while starting and stopping",
            is_ready,
        )?;
        figures.gauge(
            "in_flight",
            "Launches under way in the whole process",
            self.admission.in_flight().into(),
        )?;
        figures.gauge(
            "max_in_flight",
            "Launches that may be under way in the whole process",
            self.admission.max_in_flight().into(),
        )?;
        figures.tenant_gauges(
            "tenant_in_flight",
            "Launches of a tenant under way",
            each(|tenant| tenant.seats.in_flight().into()),
        )?;
        figures.tenant_gauges(
            "tenant_max_in_flight",
            "Launches of a tenant that may be under way",
            each(|tenant| tenant.seats.max_in_flight().into()),
        )?;
        figures.tenant_gauges(
            "breaker_state",
            "0 closed: calls pass; 1 half open: one call passes, to see; 2 open: none passes",
            each(|tenant| state(tenant.calls.breaker())),
        )?;
        figures.junction_gauges(
            "junction_breaker_state",
            "0 closed: calls to this API of Junction's pass; 1 half open: one call passes, to see; 2 open: none passes",
            tenants.values().flat_map(|tenant| {
                let memory = tenant.junction.as_ref().map(|organisation| &organisation.memory);
                let of = |api, calls: &CallGuard| (Arc::clone(&tenant.id), api, state(calls.breaker()));
                memory.into_iter().flat_map(move |memory| {
                    [
                        of("management", &memory.management_calls),
                        of("team", &memory.team_calls),
                    ]
                })
            }),
        )?;
        figures.tenant_counters(
            "upstream_retries",
            "Calls to the upstream that repeated one before",
            count(|tenant| tenant.repeated_calls().0),
        )?;
        figures.tenant_counters(
            "upstream_retries_denied",
            "Calls that were not repeated because the retry budget was used up",
            count(|tenant| tenant.repeated_calls().1),
        )?;
        let ages = directory
            .token_hosts()
            .filter_map(|(host, keys)| Some((Arc::clone(&host.id), keys.age()?.as_secs_f64())));
        let usable = directory.token_hosts().map(|(host, keys)| {
            let is_usable = if keys.is_usable() { 1.0 } else { 0.0 };
            (Arc::clone(&host.id), is_usable)
        });
        figures.host_gauges(
            "key_set_usable",
            "1 while a token host has keys that are not too old, so that its tokens can be verified",
            usable.collect::<Vec<_>>(),
        )?;
        figures.host_gauges(
            "key_set_age_seconds",
            "Since when a token host's issuer has not confirmed its keys; not there before the first time",
            ages.collect::<Vec<_>>(),
        )?;
        figures.counter(
            "log_lines_dropped",
            "Log lines that nobody took off the process in time",
            telemetry::dropped_lines(),
        )?;
        figures.counter("panics", "Panics: each is a defect of the gateway", telemetry::panics())
    }
}

fn state(breaker: BreakerState) -> f64 {
    match breaker {
        BreakerState::Closed => 0.0,
        BreakerState::HalfOpen => 1.0,
        BreakerState::Open => 2.0,
    }
}
