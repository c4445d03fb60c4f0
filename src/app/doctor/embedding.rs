//! Whether pages of the hosts may show what is on the embed hosts: by the headers of their roots, without a session.

use url::Url;

use super::{
    check::{Check, CheckId},
    frame_policy::FramePolicy,
    meeting::Meetings,
    peers::{embed_hosts, origin, page_of},
};
use crate::config::Config;

pub(super) fn checks(config: &Config, meetings: &Meetings) -> Vec<Check> {
    let peers = meetings.peers();
    let mut roots: Vec<Url> = Vec::new();
    for root in embed_hosts(config).filter_map(|(_, host)| page_of(host, &peers)) {
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
        .iter()
        .map(|root| of_host(meetings, root, &pages(config, root, meetings)))
        .collect()
}

/// The origins of the hosts of each tenant that has this embed host.
fn pages(config: &Config, root: &Url, meetings: &Meetings) -> Vec<Url> {
    let peers = meetings.peers();
    let of_root: Vec<_> = embed_hosts(config)
        .filter(|(_, host)| page_of(host, &peers).as_ref() == Some(root))
        .map(|(tenant, _)| tenant)
        .collect();
    let hosts = config.hosts.iter().filter(|host| {
        let tenant = config.tenants.get(host.tenant);
        tenant.is_some_and(|tenant| of_root.contains(&tenant.id.as_str()))
    });
    let mut pages: Vec<_> = hosts
        .flat_map(|host| &host.origins)
        .filter_map(|page| Url::parse(page).ok())
        .collect();
    pages.sort();
    pages.dedup();
    pages
}

fn of_host(meetings: &Meetings, root: &Url, pages: &[Url]) -> Check {
    let (id, about) = (CheckId::Embedding, origin(root));
    let Some(sight) = meetings.sight(root) else {
        let by = meetings.obstacle(root).unwrap_or(CheckId::Tls);
        return Check::skipped(id, about, by);
    };
    let policy = FramePolicy::of(&sight.headers);
    let refused: Vec<_> = pages
        .iter()
        .filter(|page| !policy.allows(page, root))
        .map(origin)
        .collect();
    let shown = policy.shown();
    if refused.is_empty() && !(pages.is_empty() && policy.is_closed()) {
        let compared = if pages.is_empty() {
            "; the hosts name no origins to compare"
        } else {
            ""
        };
        return Check::ok(id, about, format!("{shown}{compared}"));
    }
    let pages = if refused.is_empty() {
        "any page".to_owned()
    } else {
        refused.join(", ")
    };
    let found = format!("{shown}, so browsers do not show it in {pages}");
    let remedy = "ask the vendor to allow these origins, and compare origins in [[host]] with where the pages are";
    if (200..300).contains(&sight.status) {
        Check::failed(id, about, found, remedy)
    } else {
        let found = format!(
            "{found}; its root responded with {}, and the app's own pages may differ",
            sight.status
        );
        Check::warning(id, about, found, remedy)
    }
}
