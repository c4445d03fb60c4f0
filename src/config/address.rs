//! Settings that say where something is.

use domain::{address::Address, embed_url::EmbedHost};
use url::Url;

use super::{
    error::Mistakes,
    section::{Found, Section},
};

/// An address: https, or http on loopback.
pub(super) fn address(found: Found<String>, mistakes: &mut Mistakes) -> Option<Url> {
    found.parse(mistakes, |text| {
        Address::parse(&text).map(Address::into_url).map_err(str::to_owned)
    })
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
            "must list at least one host: without one, every embed URL would be refused",
        );
    }
    let hosts = listed
        .into_iter()
        .filter_map(|found| found.parse(mistakes, |text| EmbedHost::parse(&text).map_err(str::to_owned)));
    Some(hosts.collect())
}
