//! `[host.events]`: where a host learns of changes to orders, signed per Standard Webhooks.

use domain::{address::Address, signing_secret::SigningSecret};
use url::Url;

use super::{error::Mistakes, section::Section, signing_secret::signing_secrets, source::Source};

/// `[host.events]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostEventsConfig {
    /// Where events are sent.
    pub url: Url,
    /// What they are signed with: one secret, or two while they are exchanged, and then each event has both signatures.
    pub secrets: Vec<SigningSecret>,
}

/// Reads the table, if it is there.
pub(super) fn host_events(host: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<HostEventsConfig> {
    if !host.has("events") {
        return None;
    }
    let mut section = host.table("events", mistakes);
    let url = section.required_text("url", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            Address::parse(&text).map(Address::into_url).map_err(str::to_owned)
        })
    });
    let (place, key) = (section.place().clone(), section.key("secret"));
    let secrets = signing_secrets(&mut section, source, mistakes);
    if secrets.is_empty() && !section.has("secret_file") && !section.has("secret_env") {
        mistakes.add(&place, key, "needs exactly one of secret_file and secret_env");
    }
    section.finish(mistakes);
    Some(HostEventsConfig { url: url?, secrets })
}
