//! What lasts, where a configuration says that it should.

use std::sync::Arc;

use anyhow::Context as _;
use store::{
    known::{KnownUsers, NotCreated},
    sqlite::{Missing, Sqlite, Why},
};

use crate::{
    config::{Config, StoreConfig},
    gateway::{KnownClinicians, NotedClinicians},
    telemetry::metrics::Metrics,
};

/// What is remembered of clinicians, and what writes it; none without a store.
pub(super) fn known_clinicians(
    config: &Config,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<Option<(KnownClinicians, NotedClinicians)>> {
    let Some(store) = known_users(config)? else {
        return Ok(None);
    };
    Ok(Some(remembering(config, store, Arc::clone(metrics))?))
}

/// The same to be looked at alone: a file that is not there yet is not created.
pub(super) fn known_clinicians_to_read(config: &Config) -> anyhow::Result<Option<KnownClinicians>> {
    let Some(store) = opened(config, Missing::Refuse)? else {
        return Ok(None);
    };
    Ok(Some(remembering(config, store, Arc::default())?.0))
}

fn remembering(
    config: &Config,
    store: Arc<dyn KnownUsers>,
    metrics: Arc<Metrics>,
) -> anyhow::Result<(KnownClinicians, NotedClinicians)> {
    let keyring = config
        .audit
        .keyring
        .clone()
        .context("[audit] keyring_file is missing")?;
    Ok(KnownClinicians::new(store, keyring, metrics))
}

/// The known users of a configuration's store, if it has one.
///
/// # Errors
/// If the store cannot be used.
pub fn known_users(config: &Config) -> anyhow::Result<Option<Arc<dyn KnownUsers>>> {
    opened(config, Missing::Create)
}

fn opened(config: &Config, missing: Missing) -> anyhow::Result<Option<Arc<dyn KnownUsers>>> {
    match &config.store {
        None | Some(StoreConfig::Postgres(_)) => Ok(None),
        Some(StoreConfig::Sqlite { file }) => match Sqlite::open(file, missing) {
            Ok(store) => Ok(Some(Arc::new(store))),
            Err(fault) if matches!(fault.why, Why::Missing) => Ok(Some(Arc::new(NotCreated))),
            Err(fault) => Err(fault).context("[store] file"),
        },
    }
}
