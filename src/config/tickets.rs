//! What tickets need: an address, and `[tickets]`, the keys that gateways share so that any of them opens what another one
//! issued.

use domain::delivery::Delivery;
use store::keyring::Keyring;

use super::{
    audit::read_keyring,
    error::{Mistakes, Place},
    host::HostConfig,
    section::Section,
    server::ServerConfig,
    source::Source,
};

/// How many files there may be: two while a key is replaced, and some more.
const MOST_FILES: usize = 8;

/// Reads the keys, if the section is there; the first key of the first file seals.
pub(super) fn keys(root: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<Keyring> {
    if !root.has("tickets") {
        return Vec::new();
    }
    let mut section = root.table("tickets", mistakes);
    let (place, key) = (section.place().clone(), section.key("key_files"));
    let files = section.texts("key_files", mistakes).unwrap_or_default();
    if !(1..=MOST_FILES).contains(&files.len()) && !mistakes.are_about(&key) {
        let message = format!(
            "must list 1 to {MOST_FILES} files: create one with `empego-gateway audit key new --keyring FILE`, or leave [tickets] out if there is only one gateway"
        );
        mistakes.add(&place, key, message);
    }
    section.finish(mistakes);
    let read = files
        .into_iter()
        .filter_map(|found| found.parse(mistakes, |path| read_keyring(&path, source)));
    read.collect()
}

/// A ticket is an address, and only the operator knows which one browsers reach the gateway at.
pub(super) fn check(hosts: &[HostConfig], server: &ServerConfig, mistakes: &mut Mistakes) {
    let delivers = |host: &&HostConfig| {
        let deliveries = [host.empego.delivery, host.junction.delivery];
        deliveries.contains(&Delivery::Ticket)
    };
    if let Some(host) = hosts.iter().find(delivers)
        && server.public_url.is_none()
        && !mistakes.are_about("server.public_url")
    {
        let message = format!(
            "is required for the tickets of host {:?}: write where browsers reach listen, such as https://gateway.example",
            host.id
        );
        mistakes.add(&Place::File, "server.public_url", message);
    }
}
