//! The limits that a configuration shares with other gateways, if it does.

use crate::{
    config::{Config, StoreConfig},
    database::database,
    resilience::SharedLimits,
};

/// The limits, not yet connected to their database.
pub(super) fn shared_limits(config: &Config) -> anyhow::Result<Option<SharedLimits>> {
    match (&config.store, &config.audit.keyring) {
        (Some(StoreConfig::Postgres(postgres)), Some(keyring)) => {
            Ok(Some(SharedLimits::new(database(postgres)?, keyring.clone())))
        }
        (Some(StoreConfig::Postgres(_) | StoreConfig::Sqlite { .. }) | None, _) => Ok(None),
    }
}
