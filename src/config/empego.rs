//! Empego: where it is, what a tenant has there, and what a host may.

use std::collections::BTreeMap;

use domain::{
    embed_url::EmbedHost,
    empego::{
        BaseUrl, Endpoint, EndpointGrants, ExistingUsers, ExtraParameters, HostRules, IdentityPolicy, Intent,
        IntentGrants, Locale, ParameterName, Permission, TenantRules, Upstream401,
    },
    header_names::is_plain_name,
};
use secrecy::SecretString;

use super::{
    address::embed_hosts,
    delivery::delivery,
    error::Mistakes,
    identity::Identity,
    launches,
    secret::{header_value, optional_secret, secret},
    section::Section,
    source::Source,
};

/// `[empego]`: what tenants have who say nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmpegoConfig {
    /// Where the API is; `None` if that could not be read.
    pub base_url: Option<BaseUrl>,
    /// The hosts embed URLs may be on, for tenants without a list of their own.
    pub embed_hosts: Vec<EmbedHost>,
    /// Whether there is a `[store]`, which tenants need who want their users to have been seen.
    pub has_store: bool,
}

/// `policy`: what is presumed where single settings say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Nothing risky happens that no setting names.
    Strict,
    /// Exactly what Empego documents.
    Documented,
}

/// What a tenant has at Empego.
#[derive(Debug, Clone)]
pub struct EmpegoTenantConfig {
    /// What its settings, and those of its hosts, presume.
    pub policy: Policy,
    /// What its launches are held against.
    pub rules: TenantRules,
    /// Empego's API key.
    pub api_key: SecretString,
    /// Sent as `X-Tenant-Key`, which scopes a key of several franchises to one.
    pub tenant_key: Option<SecretString>,
    /// Where its upstream is.
    pub base_url: BaseUrl,
    /// The hosts its embed URLs may be on.
    pub embed_hosts: Vec<EmbedHost>,
}

const DEFAULT_ENDPOINTS: [&str; 4] = [
    "consultation/view",
    "consultation/dashboard",
    "consultation/specific",
    "followup/*",
];

pub(super) fn empego(mut section: Section, has_store: bool, mistakes: &mut Mistakes) -> EmpegoConfig {
    let base_url = if section.has("base_url") {
        base_url(&mut section, mistakes)
    } else {
        BaseUrl::parse("https://api.empego.ca/empego-integrations/R4").ok()
    };
    let embed_hosts =
        embed_hosts(&mut section, mistakes).unwrap_or_else(|| EmbedHost::parse("app.empego.ca").into_iter().collect());
    launches::refuse_moved(&mut section, mistakes);
    section.finish(mistakes);
    EmpegoConfig {
        base_url,
        embed_hosts,
        has_store,
    }
}

/// Whether a `[[tenant]]` says that it has a key of Empego's.
pub(super) fn is_stated(section: &Section) -> bool {
    ["api_key", "api_key_file", "api_key_env"]
        .into_iter()
        .any(|key| section.has(key))
}

/// What a `[[tenant]]` says about Empego.
pub(super) fn tenant(
    section: &mut Section,
    empego: &EmpegoConfig,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<EmpegoTenantConfig> {
    let policy = policy(section, mistakes);
    let rules = rules(section, policy, empego.has_store, mistakes);
    let api_key = secret(section, "api_key", source, mistakes);
    let tenant_key = tenant_key(section, source, mistakes);
    let mut own = section.table("empego", mistakes);
    let base_url = if own.has("base_url") {
        base_url(&mut own, mistakes)
    } else {
        empego.base_url.clone()
    };
    let embed_hosts = embed_hosts(&mut own, mistakes).unwrap_or_else(|| empego.embed_hosts.clone());
    own.finish(mistakes);
    Some(EmpegoTenantConfig {
        policy,
        rules,
        api_key: api_key?,
        tenant_key,
        base_url: base_url?,
        embed_hosts,
    })
}

/// The tenant's key may stand in the file, since it opens nothing without the API key; or beside it, like any secret.
fn tenant_key(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Option<SecretString> {
    let keys = ["tenant_key", "tenant_key_file", "tenant_key_env"];
    if keys.into_iter().filter(|key| section.has(key)).count() > 1 {
        let message = format!("must be set once: keep one of {}", keys.join(", "));
        mistakes.add(&section.place().clone(), section.key("tenant_key"), message);
    }
    let in_clear = section
        .text("tenant_key", mistakes)
        .and_then(|found| found.parse(mistakes, |text| header_value(&text)));
    in_clear.or_else(|| optional_secret(section, "tenant_key", source, mistakes))
}

/// What a `[[host]]` of a tenant with this policy says about Empego.
pub(super) fn host(section: &mut Section, identity: Identity, policy: Policy, mistakes: &mut Mistakes) -> HostRules {
    let upstream_401 = section.text("upstream_401", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "as-is" => Ok(Upstream401::AsIs),
            "bad-gateway" => Ok(Upstream401::BadGateway),
            _ => Err("must be as-is or bad-gateway".to_owned()),
        })
    });
    HostRules {
        intents: intents(section, identity, policy, mistakes),
        unbound_endpoints: unbound_endpoints(section, identity, mistakes),
        bound_parameters: bound_parameters(section, identity, mistakes),
        upstream_401: upstream_401.unwrap_or(Upstream401::AsIs),
        delivery: delivery("deliver", section, mistakes),
    }
}

/// `existing` with a mistyped id opens a session of the key's owner, so by default only the server of a tenant that
/// wants exactly what Empego documents may send it. A person's token is not enough: it proves who the person is, not
/// whether Empego knows them.
fn intents(section: &mut Section, identity: Identity, policy: Policy, mistakes: &mut Mistakes) -> IntentGrants {
    let Some(listed) = section.texts("intents", mistakes) else {
        return IntentGrants::of(match (identity, policy) {
            (Identity::Asserted, Policy::Documented) => Intent::ALL,
            (Identity::Asserted, Policy::Strict) | (Identity::Token, _) => &[Intent::Upsert, Intent::New],
        });
    };
    let intents = listed.into_iter().filter_map(|found| {
        found.parse(mistakes, |text| {
            Intent::parse(&text).ok_or_else(|| format!("must be one of {}", Intent::VALUES))
        })
    });
    IntentGrants::of(&intents.collect::<Vec<_>>())
}

fn unbound_endpoints(section: &mut Section, identity: Identity, mistakes: &mut Mistakes) -> EndpointGrants {
    let mut grants = EndpointGrants::default();
    if identity == Identity::Token {
        for found in section.texts("unbound_endpoints", mistakes).into_iter().flatten() {
            if !grants.add(&found.value) {
                mistakes.add(
                    &found.place,
                    found.key,
                    "is not an endpoint: write one such as followup/dashboard, followup/* or *",
                );
            }
        }
    }
    grants
}

/// Names of parameters that launches bound to a patient may state.
fn bound_parameters(section: &mut Section, identity: Identity, mistakes: &mut Mistakes) -> Vec<String> {
    match identity {
        Identity::Asserted => Vec::new(),
        Identity::Token => {
            let listed = section.texts("bound_params", mistakes).into_iter().flatten();
            listed.filter_map(|found| found.parse(mistakes, plain_name)).collect()
        }
    }
}

/// The base URL of this section; `None` if it states none or a wrong one.
pub(super) fn base_url(section: &mut Section, mistakes: &mut Mistakes) -> Option<BaseUrl> {
    section.text("base_url", mistakes)?.parse(mistakes, |text| {
        let is_endpoints = |segment: &str| segment.eq_ignore_ascii_case("embeddable");
        if text.split(['/', '?', '#']).skip(1).any(is_endpoints) {
            return Err("must end before /embeddable, which the gateway adds, as in …/R4".to_owned());
        }
        BaseUrl::parse(&text).map_err(str::to_owned)
    })
}

fn policy(section: &mut Section, mistakes: &mut Mistakes) -> Policy {
    let policy = section.text("policy", mistakes).and_then(|found| {
        found.parse(mistakes, |text| match text.as_str() {
            "strict" => Ok(Policy::Strict),
            "documented" => Ok(Policy::Documented),
            _ => Err("must be strict or documented".to_owned()),
        })
    });
    policy.unwrap_or(Policy::Strict)
}

fn rules(section: &mut Section, policy: Policy, has_store: bool, mistakes: &mut Mistakes) -> TenantRules {
    let preset = match policy {
        Policy::Strict => IdentityPolicy::STRICT,
        Policy::Documented => IdentityPolicy::DOCUMENTED,
    };
    let identity = IdentityPolicy {
        owner_session: permission(section, "owner_session", "allow", mistakes).unwrap_or(preset.owner_session),
        owner_clone: permission(section, "owner_clone", "allow", mistakes).unwrap_or(preset.owner_clone),
        partial_profile: permission(section, "partial_profile", "allow", mistakes).unwrap_or(preset.partial_profile),
        missing_licence: permission(section, "missing_licence", "warn", mistakes).unwrap_or(preset.missing_licence),
        existing_users: existing_users(section, has_store, mistakes).unwrap_or(preset.existing_users),
    };
    let extra_parameters = extra_parameters(section, policy, mistakes);
    TenantRules {
        identity,
        endpoints: endpoints(section, mistakes),
        required_parameters: required_parameters(section, &extra_parameters, mistakes),
        extra_parameters,
        default_locale: section.text("default_locale", mistakes).and_then(|found| {
            found.parse(mistakes, |text| {
                Locale::parse(&text).ok_or_else(|| "must be en or fr".to_owned())
            })
        }),
    }
}

fn permission(section: &mut Section, name: &str, allow: &str, mistakes: &mut Mistakes) -> Option<Permission> {
    section
        .text(name, mistakes)?
        .parse(mistakes, |text| match text.as_str() {
            "deny" => Ok(Permission::Deny),
            text if text == allow => Ok(Permission::Allow),
            _ => Err(format!("must be {allow} or deny")),
        })
}

fn existing_users(section: &mut Section, has_store: bool, mistakes: &mut Mistakes) -> Option<ExistingUsers> {
    section
        .text("existing_users", mistakes)?
        .parse(mistakes, |text| match text.as_str() {
            "vouched" => Ok(ExistingUsers::Vouched),
            "seen" if has_store => Ok(ExistingUsers::Seen),
            "seen" => {
                Err("cannot be seen without a [store], in which the gateway remembers whom it has seen".to_owned())
            }
            _ => Err("must be vouched or seen".to_owned()),
        })
}

fn endpoints(section: &mut Section, mistakes: &mut Mistakes) -> EndpointGrants {
    let mut grants = EndpointGrants::default();
    match section.texts("endpoints", mistakes) {
        Some(patterns) => {
            for found in patterns {
                if !grants.add(&found.value) {
                    mistakes.add(
                        &found.place,
                        found.key,
                        "is not an endpoint: write one such as followup/plan, followup/* or *",
                    );
                }
            }
        }
        None => {
            let _all_known = DEFAULT_ENDPOINTS.iter().all(|pattern| grants.add(pattern));
        }
    }
    grants
}

fn extra_parameters(section: &mut Section, policy: Policy, mistakes: &mut Mistakes) -> ExtraParameters {
    let Some(names) = section.texts("extra_params", mistakes) else {
        return match policy {
            Policy::Strict => ExtraParameters::Listed(Vec::new()),
            Policy::Documented => ExtraParameters::Any,
        };
    };
    if names.iter().any(|found| found.value == "*") {
        return ExtraParameters::Any;
    }
    let listed = names.into_iter().filter_map(|found| found.parse(mistakes, plain_name));
    ExtraParameters::Listed(listed.collect())
}

fn plain_name(name: String) -> Result<String, String> {
    if is_plain_name(&name) {
        Ok(name)
    } else {
        Err("must be a parameter's name: up to 64 letters, digits, _, -, . or :, and none that is reserved".to_owned())
    }
}

fn required_parameters(
    section: &mut Section,
    extra: &ExtraParameters,
    mistakes: &mut Mistakes,
) -> BTreeMap<Endpoint, Vec<String>> {
    let mut required = BTreeMap::new();
    let mut table = section.table("required_params", mistakes);
    for tail in table.names() {
        let Some(endpoint) = Endpoint::of_tail(&tail) else {
            table.refuse(&tail, "is not an endpoint", mistakes);
            continue;
        };
        let names = table.texts(&tail, mistakes).into_iter().flatten();
        let names = names.filter_map(|found| {
            found.parse(mistakes, |name| {
                let known = ParameterName::ALL.iter().any(|known| known.as_str() == name);
                let granted = match extra {
                    ExtraParameters::Any => is_plain_name(&name),
                    ExtraParameters::Listed(listed) => listed.contains(&name),
                };
                if known || granted {
                    Ok(name)
                } else {
                    Err("is required but never accepted: list it in extra_params".to_owned())
                }
            })
        });
        required.insert(endpoint, names.collect());
    }
    required
}
