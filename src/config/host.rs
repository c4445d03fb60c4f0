//! `[[host]]`: one calling EHR, the tenant it launches for, and how it proves who it is.

use super::{
    error::Mistakes,
    secret::read_file,
    section::{Found, Section},
    source::Source,
    tenant::{ReadTenant, read_id},
};
use crate::domain::{
    host_key::KeyDigest,
    intent::Intent,
    rules::{IntentGrants, Upstream401},
};

/// One host that authenticates with a key and states its clinicians (`identity = "asserted"`).
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// Its name in settings, logs and metrics.
    pub id: String,
    /// Its tenant's place in the configuration's list.
    pub tenant: usize,
    /// One or two digests of keys that are valid at once, so that keys can be rotated.
    pub keys: Vec<KeyDigest>,
    /// The intents it may state.
    pub intents: IntentGrants,
    /// How Empego's 401 is passed on to it.
    pub upstream_401: Upstream401,
    /// Whether it sees Empego's own messages.
    pub explain: bool,
}

/// Settings of hosts that authenticate with tokens.
const OF_TOKEN_HOSTS: [&str; 4] = ["jwt", "origins", "user_id_prefix", "unbound_endpoints"];

pub(super) fn hosts(
    sections: Vec<Section>,
    tenants: &[ReadTenant],
    source: &Source,
    mistakes: &mut Mistakes,
) -> Vec<HostConfig> {
    let mut ids: Vec<String> = Vec::new();
    let mut keys: Vec<KeyDigest> = Vec::new();
    let mut hosts = Vec::new();
    for section in sections {
        let (place, key) = (section.place().clone(), section.key(""));
        let Some(host) = host(section, tenants, source, mistakes) else {
            continue;
        };
        if ids.contains(&host.id) {
            mistakes.add(&place, format!("{key}id"), "is the id of an earlier host");
        }
        if host.keys.iter().any(|own| keys.contains(own)) {
            mistakes.add(
                &place,
                format!("{key}key_sha256"),
                "is a key of an earlier host: who calls would be unclear",
            );
        }
        ids.push(host.id.clone());
        keys.extend(&host.keys);
        hosts.push(host);
    }
    hosts
}

fn host(mut section: Section, tenants: &[ReadTenant], source: &Source, mistakes: &mut Mistakes) -> Option<HostConfig> {
    let id = read_id(&mut section, mistakes);
    let tenant = section.required_text("tenant", mistakes).and_then(|found| {
        found.parse(mistakes, |id| {
            let at = tenants.iter().position(|tenant| tenant.id.as_ref() == Some(&id));
            at.ok_or_else(|| "names no [[tenant]]".to_owned())
        })
    });
    let identity = section.required_text("identity", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "asserted" => Ok(()),
            "token" => Err("token is not available in this version: only asserted hosts are".to_owned()),
            _ => Err("must be asserted".to_owned()),
        })
    });
    // A host of another kind has other settings: what is said about these would mislead.
    identity?;
    for name in OF_TOKEN_HOSTS {
        section.refuse(
            name,
            "belongs to token hosts; an asserted host proves itself with a key",
            mistakes,
        );
    }
    section.refuse(
        "rate",
        "is not available in this version: it does not limit rates yet",
        mistakes,
    );
    let keys = keys(&mut section, source, mistakes);
    let intents = intents(&mut section, mistakes);
    let upstream_401 = section.text("upstream_401", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "as-is" => Ok(Upstream401::AsIs),
            "bad-gateway" => Ok(Upstream401::BadGateway),
            _ => Err("must be as-is or bad-gateway".to_owned()),
        })
    });
    let explain = section.boolean("explain", false, mistakes);
    section.finish(mistakes);
    Some(HostConfig {
        id: id?,
        tenant: tenant?,
        keys,
        intents,
        upstream_401: upstream_401.unwrap_or(Upstream401::AsIs),
        explain,
    })
}

fn keys(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<KeyDigest> {
    let (place, key) = (section.place().clone(), section.key("key_sha256"));
    if section.has("key_sha256") == section.has("key_sha256_file") {
        mistakes.add(&place, &key, "needs exactly one of key_sha256 and key_sha256_file");
    }
    let listed = section.text_or_texts("key_sha256", mistakes);
    let from_file = section.text("key_sha256_file", mistakes).and_then(|found| {
        let (place, key) = (found.place.clone(), found.key.clone());
        let text = found.parse(mistakes, |path| read_file(&path, source))?;
        let digests = text.split_whitespace().map(|digest| Found {
            value: digest.to_owned(),
            place: place.clone(),
            key: key.clone(),
        });
        Some(digests.collect::<Vec<_>>())
    });
    let Some(found) = listed.or(from_file) else {
        return Vec::new();
    };
    if !(1..=2).contains(&found.len()) {
        mistakes.add(&place, key, "must be one digest, or two while a key is being replaced");
    }
    let digests = found.into_iter().filter_map(|found| {
        found.parse(mistakes, |text| {
            KeyDigest::from_hex(&text)
                .ok_or_else(|| "must be a SHA-256 in 64 hexadecimal digits: see empego-gateway key generate".to_owned())
        })
    });
    digests.collect()
}

fn intents(section: &mut Section, mistakes: &mut Mistakes) -> IntentGrants {
    let Some(listed) = section.texts("intents", mistakes) else {
        return IntentGrants::of(Intent::ALL);
    };
    let intents = listed.into_iter().filter_map(|found| {
        found.parse(mistakes, |text| {
            Intent::parse(&text).ok_or_else(|| format!("must be one of {}", Intent::VALUES))
        })
    });
    IntentGrants::of(&intents.collect::<Vec<_>>())
}
