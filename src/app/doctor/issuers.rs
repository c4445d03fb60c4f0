//! The documents and keys of issuers, fetched as for a token.

use std::{collections::BTreeMap, sync::Arc};

use domain::issuer::KeyLocation;
use futures_util::future::join_all;

use super::{
    check::{Check, CheckId},
    meeting::Meetings,
};
use crate::{
    config::{Config, IssuerConfig, JwtConfig, ProofConfig},
    identity::{Fetcher, KeySource, NoKeys},
};

pub(super) async fn checks(config: &Config, fetcher: &Fetcher, meetings: &Meetings) -> Vec<Check> {
    let tokens = config.hosts.iter().filter_map(|host| match &host.proof {
        ProofConfig::Token(jwt) => Some(jwt),
        ProofConfig::Keys(_) => None,
    });
    let issuers = tokens.flat_map(|jwt| jwt.issuers.iter().map(move |issuer| (issuer, jwt)));
    // Hosts may share an issuer, and then its keys.
    let once: BTreeMap<_, _> = issuers.map(|(issuer, jwt)| (about(issuer), (issuer, jwt))).collect();
    let each = once
        .values()
        .map(|(issuer, jwt)| of_issuer(issuer, jwt, fetcher, meetings));
    join_all(each).await.concat()
}

fn about(issuer: &IssuerConfig) -> String {
    match &issuer.keys {
        KeyLocation::Discovery { issuer, .. } => issuer.clone(),
        elsewhere @ (KeyLocation::Address(_) | KeyLocation::File(_)) => format!("{}, keys {elsewhere}", issuer.issuer),
    }
}

async fn of_issuer(issuer: &IssuerConfig, jwt: &JwtConfig, fetcher: &Fetcher, meetings: &Meetings) -> Vec<Check> {
    let about = about(issuer);
    let (asked, has_discovery) = match &issuer.keys {
        KeyLocation::Discovery { document, .. } => (Some(document), true),
        KeyLocation::Address(url) => (Some(url), false),
        KeyLocation::File(_) => (None, false),
    };
    let discovery = |check: Check| has_discovery.then_some(check);
    if let Some(by) = asked.and_then(|url| meetings.obstacle(url)) {
        let skipped = discovery(Check::skipped(CheckId::IssuerDiscovery, about.clone(), by));
        let keys = Check::skipped(CheckId::IssuerKeys, about, by);
        return skipped.into_iter().chain([keys]).collect();
    }
    let source = KeySource::new(issuer.keys.clone(), jwt.refresh, jwt.keep_stale, fetcher.clone());
    let names_it = discovery(Check::ok(CheckId::IssuerDiscovery, about.clone(), "names this issuer"));
    match source.fetch_now().await {
        Ok(()) => {
            let unused = source
                .unused()
                .map_or_else(String::new, |unused| format!("; unused: {unused}"));
            let keys = Check::ok(CheckId::IssuerKeys, about, format!("usable{unused}"));
            names_it.into_iter().chain([keys]).collect()
        }
        Err(no_keys) if no_keys.is_about_discovery() => {
            vec![
                failed(CheckId::IssuerDiscovery, about.clone(), &no_keys),
                Check::skipped(CheckId::IssuerKeys, about, CheckId::IssuerDiscovery),
            ]
        }
        Err(no_keys) => {
            let keys = failed(CheckId::IssuerKeys, about, &no_keys);
            names_it.into_iter().chain([keys]).collect()
        }
    }
}

fn failed(id: CheckId, about: String, no_keys: &Arc<NoKeys>) -> Check {
    let remedy = if id == CheckId::IssuerDiscovery {
        "write issuer in [host.jwt] exactly as the identity provider has it, or name its documents with discovery_url or jwks_url"
    } else {
        "check which keys the identity provider publishes, or name them with jwks_url or jwks_file"
    };
    Check::failed(id, about, no_keys.to_string(), remedy)
}
