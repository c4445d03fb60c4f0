//! Whom to tell.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;

use super::message::test_message;
use crate::{
    app::egress,
    config::{Config, HostEventsConfig},
    telemetry::ConfiguredId,
    upstream::host_endpoint::HostEndpoint,
};

/// The endpoints of all hosts that have one.
pub(in crate::app) type HostEndpoints = Arc<Vec<Endpoint>>;

/// A host's endpoint, and how it is called.
#[derive(Clone)]
pub(in crate::app) struct Endpoint {
    pub(super) config: EndpointConfig,
    pub(super) client: HostEndpoint,
}

/// What an endpoint is, as far as the configuration says it.
#[derive(Clone, PartialEq)]
pub(in crate::app) struct EndpointConfig {
    /// The host's id, by which its queue is known.
    pub(super) host: ConfiguredId,
    /// The tenant whose orders it hears of.
    pub(super) tenant: ConfiguredId,
    pub(super) events: HostEventsConfig,
}

impl Endpoint {
    /// The id of the host that it is of.
    pub(in crate::app::background) fn host(&self) -> &ConfiguredId {
        &self.config.host
    }
}

/// The endpoints of a configuration, ready to be called.
pub(in crate::app) fn host_endpoints(config: &Config) -> anyhow::Result<HostEndpoints> {
    let with_events = config
        .hosts
        .iter()
        .filter_map(|host| Some((host, host.events.as_ref()?)));
    let endpoints = with_events.map(|(host, events)| {
        let tenant = config.tenants.get(host.tenant);
        let tenant = tenant.with_context(|| format!("host {} has no tenant", host.id))?;
        let egress = egress::way_out(&config.egress)?;
        Ok(Endpoint {
            client: HostEndpoint::new(events.url.clone(), events.secrets.clone(), egress)?,
            config: EndpointConfig {
                host: host.id.as_str().into(),
                tenant: tenant.id.as_str().into(),
                events: events.clone(),
            },
        })
    });
    Ok(Arc::new(endpoints.collect::<anyhow::Result<_>>()?))
}

/// Sends a host's endpoint an event that is about nothing, if it has one.
pub(in crate::app) async fn send_test(
    config: &Config,
    host: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Result<(), String>>> {
    let endpoints = host_endpoints(config)?;
    let Some(endpoint) = endpoints.iter().find(|endpoint| *endpoint.config.host == *host) else {
        return Ok(None);
    };
    let message = test_message(&endpoint.config.tenant, now)?;
    let reply = endpoint.client.send(&message, now).await;
    Ok(Some(reply.trouble().map_or(Ok(()), Err)))
}
