//! Where the trail goes to.

use std::sync::Arc;

use crate::{
    app::egress,
    config::{AuditForwardConfig, Config},
    upstream::repository::AuditRepository,
};

/// The repositories of a configuration.
pub(in crate::app) type Destinations = Arc<Vec<Destination>>;

/// A repository, and how it is called.
#[derive(Clone)]
pub(in crate::app) struct Destination {
    pub(super) config: AuditForwardConfig,
    pub(super) repository: AuditRepository,
}

/// The repositories of a configuration, ready to be called.
pub(in crate::app) fn destinations(config: &Config) -> anyhow::Result<Destinations> {
    let forwards = config.audit.forwards.iter();
    let destinations = forwards.map(|forward| {
        let egress = egress::way_to(forward, &config.egress)?;
        Ok(Destination {
            config: forward.clone(),
            repository: AuditRepository::new(forward.url.clone(), egress)?,
        })
    });
    Ok(Arc::new(destinations.collect::<anyhow::Result<_>>()?))
}
