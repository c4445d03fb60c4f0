//! The audit trail of a configuration, opened for writing.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context as _;
use store::{
    postgres::Fault,
    trail::{
        Figures, Opening, SigningKey, Writing, begin,
        file::{FileSink, Folder},
        postgres::PostgresSink,
    },
};
use uuid::Uuid;

use super::database::database;
use crate::{
    audit::{Audit, Policy, Terms, instance},
    config::{AuditConfig, SinkConfig},
};

/// A trail, and the thread that writes it.
pub(super) struct Begun {
    /// The trail.
    pub(super) audit: Arc<Audit>,
    /// What has to be stopped last.
    pub(super) writing: Writing,
}

/// Begins the trail of a configuration; none if it is off.
///
/// # Errors
/// Why it cannot be written, with the place and what to do.
pub(super) fn open(config: &AuditConfig, fingerprint: String, figures: Figures) -> anyhow::Result<Option<Begun>> {
    let (Some(sink), Some(keyring)) = (&config.sink, &config.keyring) else {
        return Ok(None);
    };
    let chain = Uuid::now_v7();
    let sign_with = config.sign_with_file.as_deref().map(signing_key).transpose()?;
    let opening = Opening {
        program: env!("CARGO_PKG_VERSION"),
        instance: instance(),
        keys: keyring.ids(),
        configuration: fingerprint,
        sign_with,
    };
    let (trail, writing) = match sink {
        SinkConfig::File { directory, limits } => {
            let folder = Folder::take(directory).context("audit.directory")?;
            let (sink, found) = FileSink::open(folder, chain, *limits).context("audit.directory")?;
            begin(sink, found, chain, opening, figures).context("audit.directory")?
        }
        SinkConfig::Postgres(postgres) => {
            let named = |fault: Fault| anyhow::anyhow!("{} {fault}", postgres.named_by);
            let (sink, found) = PostgresSink::open(database(postgres)?, chain).map_err(named)?;
            begin(sink, found, chain, opening, figures).with_context(|| postgres.named_by.clone())?
        }
    };
    let policy = policy(config, chain).context("audit.keyring_file")?;
    Ok(Some(Begun {
        audit: Audit::new(trail, chain, policy),
        writing,
    }))
}

/// The policy of a configuration for this chain.
///
/// # Errors
/// If it has no keys.
pub(super) fn policy(config: &AuditConfig, chain: Uuid) -> anyhow::Result<Policy> {
    let keyring = config.keyring.clone().context("is required")?;
    let terms = Terms {
        purpose: config.purpose.clone().into(),
        addresses: config.addresses,
        timeout: config.timeout,
        keep: config.keep,
    };
    Ok(Policy::new(keyring, chain, terms))
}

fn signing_key(file: &Path) -> anyhow::Result<SigningKey> {
    let pem = fs::read(file).with_context(|| format!("audit.sign_with_file: {}", file.display()))?;
    SigningKey::from_pem(&pem).map_err(|why| anyhow::anyhow!("audit.sign_with_file: names a file {why}"))
}
