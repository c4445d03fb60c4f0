//! The database that a configuration names, with the trust that it asks for.

use anyhow::Context as _;
use store::postgres::{Database, Tls};

use crate::{
    config::{Config, PostgresConfig, StoreConfig},
    resilience::SharedLimits,
    tls,
};

/// The database, not yet connected to.
///
/// # Errors
/// If it must prove its name, and this machine and its setting trust no authority.
pub fn database(config: &PostgresConfig) -> anyhow::Result<Database> {
    let tls = if config.uses_tls() {
        let client = tls::trusting_also(config.authorities.clone()).context(
            "this machine trusts no certificate authority, and ca_file beside the database's URL names none",
        )?;
        Tls::Verified(client.into())
    } else {
        Tls::Off
    };
    Ok(Database::new(config.address.clone(), tls))
}

/// The limits that a configuration shares with other gateways, if it does.
pub(super) fn shared_limits(config: &Config) -> anyhow::Result<Option<SharedLimits>> {
    match (&config.store, &config.audit.keyring) {
        (Some(StoreConfig::Postgres(postgres)), Some(keyring)) => {
            Ok(Some(SharedLimits::new(database(postgres)?, keyring.clone())))
        }
        (Some(StoreConfig::Postgres(_) | StoreConfig::Sqlite { .. }) | None, _) => Ok(None),
    }
}
