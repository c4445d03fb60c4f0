//! `[[host]]`: one calling EHR, the tenant it launches for, and how it proves who it is.

use std::num::NonZeroU32;

use domain::{client_certificate::ExpectedCertificate, host_key::KeyDigest};

use super::{
    Policy, RateConfig, SessionConfig, empego,
    error::{Mistakes, Place},
    host_events::{HostEventsConfig, host_events},
    identity::Identity,
    junction,
    jwt::{JwtConfig, jwt},
    origins::origins,
    rate::rate,
    secret::{read_file, read_variable},
    section::{Found, Section},
    session::session,
    source::Source,
    tenant::{ReadTenant, TenantConfig, read_id},
    tls::TlsConfig,
};

/// One host.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// Its name in settings, logs and metrics.
    pub id: String,
    /// Its tenant's place in the configuration's list.
    pub tenant: usize,
    /// How it proves who it is.
    pub proof: ProofConfig,
    /// Of which one must be its connection's, beside its key.
    pub certificates: Vec<ExpectedCertificate>,
    /// What its launches of Empego's app are held against.
    pub empego: domain::empego::HostRules,
    /// What its launches of Junction's app are held against.
    pub junction: domain::junction::HostRules,
    /// The browser origins it may be used from.
    pub origins: Vec<String>,
    /// The origins of its pages that may show the page that looks into a browser; none if there is no such page.
    pub doctor_origins: Vec<String>,
    /// Whether it sees Empego's own messages.
    pub explain: bool,
    /// How a browser proves whose session it has, for Junction's session continuation.
    pub session: Option<SessionConfig>,
    /// Where it learns of changes to orders.
    pub events: Option<HostEventsConfig>,
    /// How many launches it may ask for.
    pub rate: Option<RateConfig>,
    /// How many launches each of its clinicians may ask for.
    pub clinician_rate: Option<RateConfig>,
}

/// How a host proves who it is, and with that who states the clinician.
#[derive(Debug, Clone)]
pub enum ProofConfig {
    /// `identity = "asserted"`: with one of one or two keys, so that keys can be replaced. Its server states the
    /// clinician.
    Keys(Vec<KeyDigest>),
    /// `identity = "token"`: with the clinician's own token.
    Token(Box<JwtConfig>),
}

/// How many launches the clinician of a token host may ask for by default: far more than a person opens who looks at
/// each, including pages that show many frames and tabs that all come back at once, and fewer than a script would. The
/// server of an asserted host must itself limit the clinicians it sends.
const OF_ONE_PERSON: RateConfig = RateConfig {
    per_second: NonZeroU32::MIN.saturating_add(9),
    burst: NonZeroU32::MIN.saturating_add(99),
};

/// Settings of each kind that mean nothing for the other.
const OF_TOKEN_HOSTS: [&str; 6] = [
    "jwt",
    "origins",
    "user_id_prefix",
    "unbound_endpoints",
    "bound_params",
    "unbound_junction",
];
const KEYS: [&str; 3] = ["key_sha256", "key_sha256_file", "key_sha256_env"];
const OF_ASSERTED_HOSTS: [&str; 2] = ["client_certs", "junction_api"];

pub(super) fn hosts(
    sections: Vec<Section>,
    tenants: &[ReadTenant],
    source: &Source,
    mistakes: &mut Mistakes,
) -> Vec<HostConfig> {
    let mut hosts: Vec<HostConfig> = Vec::new();
    for section in sections {
        let (place, key) = (section.place().clone(), section.key(""));
        if let Some(host) = host(section, tenants, source, mistakes) {
            let tenant = tenants.get(host.tenant).and_then(|tenant| tenant.config.as_ref());
            let contradictions = tenant.map(|tenant| contradictions(&host, tenant)).unwrap_or_default();
            for (name, message) in conflicts(&host, &hosts).into_iter().chain(contradictions) {
                mistakes.add(&place, format!("{key}{name}"), message);
            }
            hosts.push(host);
        }
    }
    hosts
}

/// A host that needs a certificate cannot call a listener that asks for none.
pub(super) fn check_certificates(
    hosts: &[HostConfig],
    tls: Option<&TlsConfig>,
    has_tls: bool,
    mistakes: &mut Mistakes,
) {
    // What is wrong with [tls] has been said.
    let asks = tls.map_or(has_tls, |tls| tls.asks_clients);
    for host in hosts.iter().filter(|host| !asks && !host.certificates.is_empty()) {
        mistakes.add(
            &Place::File,
            "host.client_certs",
            format!(
                "of host {:?} needs [tls] with client_auth = \"optional\" or \"required\"",
                host.id
            ),
        );
    }
}

/// What a host has in common with an earlier one, and must not.
fn conflicts(host: &HostConfig, earlier: &[HostConfig]) -> Vec<(&'static str, &'static str)> {
    let mut conflicts = Vec::new();
    for other in earlier {
        if let (Some(own), Some(others)) = (&host.session, &other.session)
            && own.cookie == others.cookie
            && (own.endpoint.is_some() || others.endpoint.is_some())
        {
            conflicts.push((
                "session.cookie",
                "duplicates that of an earlier host; their sessions could not be told apart",
            ));
        }
        if other.id == host.id {
            conflicts.push(("id", "duplicates the id of an earlier host"));
        }
        match (&host.proof, &other.proof) {
            (ProofConfig::Keys(own), ProofConfig::Keys(others)) => {
                if own.iter().any(|key| others.contains(key)) {
                    conflicts.push((
                        "key_sha256",
                        "duplicates a key of an earlier host; the callers could not be told apart",
                    ));
                }
            }
            (ProofConfig::Token(own), ProofConfig::Token(others)) => {
                if share_issuer(own, others) && own.audience == others.audience {
                    conflicts.push((
                        "jwt.audience",
                        "duplicates that of an earlier host with the same issuer; the callers could not be told apart",
                    ));
                }
                if share_issuer(own, others) && session_audience_meets(host, own, other, others) {
                    conflicts.push((
                        "session.audience",
                        "must not equal an audience of an earlier host with the same issuer, nor that host's of this one's tokens: what a \
                         token is for would be unclear",
                    ));
                }
                if host.tenant == other.tenant && ids_may_meet(own, others) {
                    conflicts.push((
                        "user_id_prefix",
                        "must not equal, begin or extend that of an earlier host of this tenant, unless both have the same \
                         issuer, user_id claim and prefix; an empty prefix begins every other: one id could be two people",
                    ));
                }
            }
            (ProofConfig::Keys(_), ProofConfig::Token(_)) | (ProofConfig::Token(_), ProofConfig::Keys(_)) => {}
        }
    }
    conflicts
}

fn share_issuer(own: &JwtConfig, others: &JwtConfig) -> bool {
    let mut issuers = own.issuers.iter();
    issuers.any(|own| others.issuers.iter().any(|other| other.issuer == own.issuer))
}

/// Whether tokens for the sessions of one host could be taken for tokens of the other.
fn session_audience_meets(host: &HostConfig, own: &JwtConfig, other: &HostConfig, others: &JwtConfig) -> bool {
    let (of_host, of_other) = (session_audience(host), session_audience(other));
    of_host.is_some_and(|audience| *audience == others.audience || of_other == Some(audience))
        || of_other.is_some_and(|audience| *audience == own.audience)
}

fn session_audience(host: &HostConfig) -> Option<&String> {
    host.session.as_ref().and_then(|session| session.audience.as_ref())
}

/// Whether the ids of two hosts' clinicians can be the same although they are different people's: those of one claim of one
/// issuer under the same prefix are the same people's, and the issuers of one host are names of one user directory.
fn ids_may_meet(own: &JwtConfig, others: &JwtConfig) -> bool {
    let (prefix, others_prefix) = (&own.claims.person.user_id_prefix, &others.claims.person.user_id_prefix);
    let same_people = share_issuer(own, others) && own.claims.person.user_id == others.claims.person.user_id;
    let one_begins_the_other = prefix.starts_with(others_prefix) || others_prefix.starts_with(prefix);
    one_begins_the_other && !(same_people && prefix == others_prefix)
}

/// What a host says of Junction, and its tenant says otherwise.
fn contradictions(host: &HostConfig, tenant: &TenantConfig) -> Vec<(&'static str, &'static str)> {
    let mut contradictions = Vec::new();
    if host.session.is_some() && tenant.junction.is_none() {
        contradictions.push((
            "session",
            "is for Junction's session continuation, but the tenant has no [tenant.junction]",
        ));
    }
    let names_team = match &host.proof {
        ProofConfig::Keys(_) => false,
        ProofConfig::Token(jwt) => jwt.claims.team.integration_team_id.is_some(),
    };
    let is_of_api = match &host.proof {
        ProofConfig::Keys(_) => false,
        ProofConfig::Token(jwt) => session_audience(host) == Some(&jwt.audience),
    };
    if is_of_api {
        contradictions.push((
            "session.audience",
            "equals jwt.audience: leave it out to accept the API's tokens in the cookie, or use a different audience",
        ));
    }
    let has_team = tenant
        .junction
        .as_ref()
        .is_some_and(|junction| junction.rules.team.is_some());
    if names_team && has_team {
        contradictions.push((
            "jwt.claims.integration_team_id",
            "contradicts the tenant's junction.team, which applies to all its launches: keep one of them",
        ));
    }
    contradictions
}

fn host(mut section: Section, tenants: &[ReadTenant], source: &Source, mistakes: &mut Mistakes) -> Option<HostConfig> {
    let id = read_id(&mut section, mistakes);
    let tenant = section.required_text("tenant", mistakes).and_then(|found| {
        found.parse(mistakes, |id| {
            let at = tenants.iter().position(|tenant| tenant.id.as_ref() == Some(&id));
            at.ok_or_else(|| "does not match the id of any [[tenant]]".to_owned())
        })
    });
    let identity = section.required_text("identity", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "asserted" => Ok(Identity::Asserted),
            "token" => Ok(Identity::Token),
            _ => Err("must be asserted or token".to_owned()),
        })
    });
    // Which settings belong there depends on the identity: without one, what is said about them would mislead.
    let identity = identity?;
    let mut limits = section.table("rate", mistakes);
    let host_rate = rate(&mut limits, "per_second", "burst", mistakes);
    let clinician_rate = rate(&mut limits, "clinician_per_second", "clinician_burst", mistakes).or(match identity {
        Identity::Asserted => None,
        Identity::Token => Some(OF_ONE_PERSON),
    });
    limits.finish(mistakes);
    let empego = empego::host(&mut section, identity, policy(tenant, tenants), mistakes);
    let junction = junction::host(&mut section, identity, mistakes);
    let origins = match identity {
        Identity::Asserted => Vec::new(),
        Identity::Token => origins(&mut section, "origins", mistakes),
    };
    let doctor_origins = self::origins(&mut section, "doctor_origins", mistakes);
    let certificates = match identity {
        Identity::Asserted => certificates(&mut section, mistakes),
        Identity::Token => Vec::new(),
    };
    let proof = match identity {
        Identity::Asserted => Some(asserted(&mut section, source, mistakes)),
        Identity::Token => token(&mut section, source, mistakes),
    };
    let session = if section.has("session") {
        let table = section.table("session", mistakes);
        session(table, identity == Identity::Token, mistakes).map(Some)
    } else {
        Some(None)
    };
    let explain = section.boolean("explain", false, mistakes);
    let events = host_events(&mut section, source, mistakes);
    section.finish(mistakes);
    Some(HostConfig {
        id: id?,
        tenant: tenant?,
        proof: proof?,
        certificates,
        empego,
        junction,
        origins,
        doctor_origins,
        explain,
        session: session?,
        events,
        rate: host_rate,
        clinician_rate,
    })
}

/// The policy of the host's tenant. One that could not be read, or has no account at Empego, has none to relax anything.
fn policy(tenant: Option<usize>, tenants: &[ReadTenant]) -> Policy {
    let tenant = tenant.and_then(|at| tenants.get(at)?.config.as_ref());
    let empego = tenant.and_then(|tenant| tenant.empego.as_ref());
    empego.map_or(Policy::Strict, |empego| empego.policy)
}

fn asserted(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> ProofConfig {
    for name in OF_TOKEN_HOSTS {
        section.refuse(
            name,
            "is only for token hosts; an asserted host authenticates with a key",
            mistakes,
        );
    }
    ProofConfig::Keys(keys(section, source, mistakes))
}

fn token(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<ProofConfig> {
    for name in KEYS.into_iter().chain(OF_ASSERTED_HOSTS) {
        section.refuse(
            name,
            "is only for asserted hosts; a token host authenticates with tokens",
            mistakes,
        );
    }
    let prefix = section.text("user_id_prefix", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            let fits = text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_graphic());
            fits.then_some(text)
                .ok_or_else(|| "must be up to 32 visible ASCII characters".to_owned())
        })
    });
    if !section.has("jwt") {
        mistakes.add(
            &section.place().clone(),
            section.key("jwt"),
            "is required for a token host",
        );
        return None;
    }
    let jwt = jwt(
        section.table("jwt", mistakes),
        prefix.unwrap_or_default(),
        source,
        mistakes,
    )?;
    Some(ProofConfig::Token(Box::new(jwt)))
}

fn certificates(section: &mut Section, mistakes: &mut Mistakes) -> Vec<ExpectedCertificate> {
    let listed = section.texts("client_certs", mistakes).into_iter().flatten();
    let read = |text: String| ExpectedCertificate::parse(&text).map_err(str::to_owned);
    listed.filter_map(|found| found.parse(mistakes, read)).collect()
}

fn keys(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<KeyDigest> {
    let (place, key) = (section.place().clone(), section.key("key_sha256"));
    if KEYS.into_iter().filter(|name| section.has(name)).count() != 1 {
        mistakes.add(
            &place,
            &key,
            "needs exactly one of key_sha256, key_sha256_file and key_sha256_env",
        );
    }
    let listed = section.text_or_texts("key_sha256", mistakes);
    let mut referred = |name: &str, read: &dyn Fn(&str) -> Result<String, String>| {
        let found = section.text(name, mistakes)?;
        let (place, key) = (found.place.clone(), found.key.clone());
        let text = found.parse(mistakes, |name| read(&name))?;
        Some(digests_of(&text, &place, &key))
    };
    let from_file = referred("key_sha256_file", &|path| read_file(path, source));
    let from_variable = referred("key_sha256_env", &|name| read_variable(name, source));
    let Some(found) = listed.or(from_file).or(from_variable) else {
        return Vec::new();
    };
    if !(1..=2).contains(&found.len()) {
        mistakes.add(
            &place,
            key,
            "must list one digest, or two while a key is being replaced",
        );
    }
    let digests = found.into_iter().filter_map(|found| {
        found.parse(mistakes, |text| {
            KeyDigest::from_hex(&text).ok_or_else(|| {
                "must be a SHA-256 digest of 64 hexadecimal digits: run empego-gateway key generate".to_owned()
            })
        })
    });
    digests.collect()
}

fn digests_of(text: &str, place: &Place, key: &str) -> Vec<Found<String>> {
    let digests = text.split_whitespace().map(|digest| Found {
        value: digest.to_owned(),
        place: place.clone(),
        key: key.to_owned(),
    });
    digests.collect()
}
