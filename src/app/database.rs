//! The database that a configuration names, with the trust that it asks for.

use anyhow::Context as _;
use store::postgres::{Database, Needs, Tls};

use crate::{
    config::{Config, PostgresConfig, SinkConfig, StoreConfig},
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

/// What the store of a configuration does with its database.
const OF_STORE: &[Needs] = &[Needs::Limits, Needs::KnownUsers];

/// The same where orders are followed.
const OF_STORE_WITH_ORDERS: &[Needs] = &[Needs::Limits, Needs::KnownUsers, Needs::Orders];

/// What its audit trail does.
const OF_TRAIL: &[Needs] = &[Needs::Trail];

/// Each database that a configuration names, and for what.
#[must_use]
pub fn databases(config: &Config) -> Vec<(&'static [Needs], &PostgresConfig)> {
    let of_trail = match &config.audit.sink {
        Some(SinkConfig::Postgres(postgres)) => Some((OF_TRAIL, &**postgres)),
        Some(SinkConfig::File { .. }) | None => None,
    };
    database_of_store(config).into_iter().chain(of_trail).collect()
}

/// The database of its store, if it is in one, and for what.
#[must_use]
pub fn database_of_store(config: &Config) -> Option<(&'static [Needs], &PostgresConfig)> {
    let needs = if config.follows_orders() {
        OF_STORE_WITH_ORDERS
    } else {
        OF_STORE
    };
    match &config.store {
        Some(StoreConfig::Postgres(postgres)) => Some((needs, &**postgres)),
        Some(StoreConfig::Sqlite { .. }) | None => None,
    }
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
