//! What settings about orders need of each other.

use domain::junction::orders::grant::OrderGrant;

use super::{
    error::{Mistakes, Place},
    host::HostConfig,
    tenant::ReadTenant,
};

pub(super) fn check(
    hosts: &[HostConfig],
    tenants: &[ReadTenant],
    has_store: bool,
    has_keyring: bool,
    mistakes: &mut Mistakes,
) {
    let mut add = |key: &str, message: String| mistakes.add(&Place::File, key, message);
    let seals = |host: &&HostConfig| {
        let orders = &host.junction.orders;
        orders.include(OrderGrant::Place) || orders.include(OrderGrant::Schedule)
    };
    if let Some(host) = hosts.iter().find(seals)
        && !has_keyring
    {
        let id = &host.id;
        add(
            "audit.keyring_file",
            format!(
                "is required for the junction_orders of host {id:?}: slots and idempotency keys are protected with it; make one with `empego-gateway audit key new --keyring FILE`"
            ),
        );
    }
    let hears = |host: &&HostConfig| host.events.is_some() && !host.junction.orders.include(OrderGrant::Read);
    if let Some(host) = hosts.iter().find(hears) {
        let id = &host.id;
        add(
            "host.events",
            format!("of host {id:?} needs \"read\" in its junction_orders: events say how far orders are"),
        );
    }
    if !has_store {
        if let Some(host) = hosts.iter().find(|host| host.events.is_some()) {
            let id = &host.id;
            add(
                "store",
                format!("is required for [host.events] of host {id:?}: events wait there until they are delivered"),
            );
        }
        if let Some(tenant) = tenants.iter().find(|tenant| !endpoints(tenant).is_empty()) {
            let id = tenant.id.as_deref().unwrap_or_default();
            add(
                "store",
                format!(
                    "is required for [[tenant.junction.webhook]] of tenant {id:?}: events are kept there before they are acknowledged"
                ),
            );
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    for endpoint in tenants.iter().flat_map(endpoints) {
        if seen.contains(&endpoint) {
            add(
                "tenant.junction.webhook.endpoint",
                format!("{endpoint:?} is an endpoint of two tenants: their events could not be told apart"),
            );
        }
        seen.push(endpoint);
    }
}

fn endpoints(tenant: &ReadTenant) -> Vec<&str> {
    let junction = tenant.config.as_ref().and_then(|config| config.junction.as_ref());
    let webhooks = junction.iter().flat_map(|junction| &junction.webhooks);
    webhooks.map(|webhook| webhook.endpoint.as_str()).collect()
}
