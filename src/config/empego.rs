//! `[empego]`: the upstream, as far as all tenants share it.

use std::time::Duration;

use domain::{embed_url::EmbedHost, empego::BaseUrl};

use super::{error::Mistakes, section::Section, server::millis};

/// `[empego]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmpegoConfig {
    /// Where the API is, for tenants without a base URL of their own.
    pub base_url: Option<BaseUrl>,
    /// The hosts embed URLs may be on, for tenants without a list of their own.
    pub embed_hosts: Vec<EmbedHost>,
    /// How long connecting may take. 1 ms to 60 s.
    pub connect_timeout: Duration,
    /// How long a call may take in all, connecting included. 1 ms to 120 s.
    pub timeout: Duration,
    /// How long an idle connection is kept: less than the upstream keeps it. 1 ms to an hour.
    pub pool_idle_timeout: Duration,
    /// Launches under way at once, in the whole process.
    pub max_in_flight: u32,
    /// Launches under way at once for one tenant.
    pub max_in_flight_per_tenant: u32,
    /// How long a launch over these limits waits for a place.
    pub queue_timeout: Duration,
}

pub(super) fn empego(mut section: Section, mistakes: &mut Mistakes) -> EmpegoConfig {
    let base_url = if section.has("base_url") {
        base_url(&mut section, mistakes)
    } else {
        BaseUrl::parse("https://api.empego.ca/empego-integrations/R4").ok()
    };
    let embed_hosts =
        embed_hosts(&mut section, mistakes).unwrap_or_else(|| EmbedHost::parse("app.empego.ca").into_iter().collect());
    let connect_timeout = millis(section.integer("connect_timeout_ms", 2000, 1..=60_000, mistakes));
    let timeout = millis(section.integer("timeout_ms", 10_000, 1..=120_000, mistakes));
    if connect_timeout > timeout {
        mistakes.add(
            &section.place().clone(),
            section.key("connect_timeout_ms"),
            "must not exceed timeout_ms, which includes it",
        );
    }
    let config = EmpegoConfig {
        base_url,
        embed_hosts,
        connect_timeout,
        timeout,
        pool_idle_timeout: millis(section.integer("pool_idle_timeout_ms", 15_000, 1..=3_600_000, mistakes)),
        max_in_flight: section.integer("max_in_flight", 512, 1..=100_000, mistakes),
        max_in_flight_per_tenant: section.integer("max_in_flight_per_tenant", 128, 1..=100_000, mistakes),
        queue_timeout: millis(section.integer("queue_timeout_ms", 100, 0..=60_000, mistakes)),
    };
    section.finish(mistakes);
    config
}

/// The base URL of this section; `None` if it states none or a wrong one.
pub(super) fn base_url(section: &mut Section, mistakes: &mut Mistakes) -> Option<BaseUrl> {
    section
        .text("base_url", mistakes)?
        .parse(mistakes, |text| BaseUrl::parse(&text).map_err(str::to_owned))
}

/// The embed hosts of this section; `None` if it states none.
pub(super) fn embed_hosts(section: &mut Section, mistakes: &mut Mistakes) -> Option<Vec<EmbedHost>> {
    if !section.has("embed_hosts") {
        return None;
    }
    let (place, key) = (section.place().clone(), section.key("embed_hosts"));
    let listed = section.texts("embed_hosts", mistakes)?;
    if listed.is_empty() {
        mistakes.add(
            &place,
            key,
            "must list at least one host: without one, no embed URL can be answered",
        );
    }
    let hosts = listed
        .into_iter()
        .filter_map(|found| found.parse(mistakes, |text| EmbedHost::parse(&text).map_err(str::to_owned)));
    Some(hosts.collect())
}
