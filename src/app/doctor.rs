//! Everything that can be wrong between this machine and a launch, looked at without changing anything: no user, no order, no
//! table, no record. The gateway's own parts do the looking, so that what is found here is what a launch would meet.

mod check;
mod configuration;
mod databases;
mod disk;
mod embedding;
mod empego;
mod frame_policy;
mod gateways;
mod issuers;
mod junction;
mod listeners;
mod machine;
mod meeting;
mod peers;
mod trail;

pub use check::{Check, CheckId, Report, State};

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use tokio::join;
use url::Url;

use self::meeting::Meetings;
use super::egress;
use crate::{config::Config, identity::Fetcher};

/// How long one look at a peer may take.
const WITHIN: Duration = Duration::from_secs(5);

/// Looks at everything that a configuration file leads to, and at the gateways with these operator's pages. Must be called
/// inside a runtime.
pub async fn examine(file: &Path, replicas: &[Url]) -> Report {
    let (mut checks, read) = configuration::read(file);
    match read {
        None => {
            let others = CheckId::ALL.iter().filter(|id| **id != CheckId::Configuration);
            checks.extend(others.map(|id| Check::skipped(*id, "", CheckId::Configuration)));
        }
        Some((config, files)) => {
            checks.extend(machine::checks(&config, &files, Timestamp::now()));
            checks.extend(beyond_the_file(&config, replicas).await);
        }
    }
    Report::of(checks)
}

async fn beyond_the_file(config: &Config, replicas: &[Url]) -> Vec<Check> {
    let met = async {
        let (meetings, mut checks) = meeting::meet(config, WITHIN).await;
        checks.extend(embedding::checks(config, &meetings));
        checks.extend(of_peers(config, &meetings).await);
        checks
    };
    let at_home = async {
        let (running, mut checks) = listeners::checks(config, WITHIN).await;
        checks.extend(trail::checks(config, running, WITHIN).await);
        checks
    };
    let (met, at_home, databases, replicas) = join!(
        met,
        at_home,
        databases::checks(config, WITHIN),
        gateways::replicas(config, replicas, WITHIN),
    );
    [met, at_home, databases, replicas].concat()
}

/// What is asked of peers that respond.
async fn of_peers(config: &Config, meetings: &Meetings) -> Vec<Check> {
    let Ok(egress) = egress::way_out(&config.egress) else {
        let ids = CheckId::ALL.iter().filter(|id| id.needs_peers());
        return ids.map(|id| Check::skipped(*id, "", CheckId::Tls)).collect();
    };
    let fetcher = Fetcher::new(egress.clone());
    let issuers = async {
        match &fetcher {
            Ok(fetcher) => issuers::checks(config, fetcher, meetings).await,
            Err(_reported_where_peers_were_met) => Vec::new(),
        }
    };
    let (issuers, empego, junction) = join!(
        issuers,
        empego::checks(config, &egress, meetings, WITHIN),
        junction::checks(config, &egress, meetings, WITHIN),
    );
    [issuers, empego, junction].concat()
}
