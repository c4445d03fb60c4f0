//! `[[tenant]]`: one Empego API key with its policy, one organisation at Junction, or both.

use std::collections::BTreeMap;

use domain::{
    embed_url::EmbedHost,
    empego::{
        BaseUrl, Endpoint, EndpointGrants, ExtraParameters, Frame, IdentityPolicy, Locale, ParameterName, Permission,
        TenantRules,
    },
    header_names::is_plain_name,
};
use secrecy::SecretString;

use super::{
    EmpegoConfig, JunctionConfig, RateConfig,
    empego::{base_url, embed_hosts},
    error::{Mistakes, Place},
    junction::junction,
    rate::rate,
    secret::{header_value, secret},
    section::Section,
    source::Source,
};

/// One tenant.
#[derive(Debug, Clone)]
pub struct TenantConfig {
    /// Its name in settings, logs and metrics.
    pub id: String,
    /// What its launches are held against.
    pub rules: TenantRules,
    /// Its account at Empego, if it has one.
    pub empego: Option<EmpegoAccountConfig>,
    /// Its organisation at Junction, if it has one.
    pub junction: Option<JunctionConfig>,
    /// How many launches all its hosts together may ask for.
    pub rate: Option<RateConfig>,
}

/// An account at Empego.
#[derive(Debug, Clone)]
pub struct EmpegoAccountConfig {
    /// Empego's API key.
    pub api_key: SecretString,
    /// Sent as `X-Tenant-Key`, which scopes a key of several franchises to one.
    pub tenant_key: Option<SecretString>,
    /// Where its upstream is.
    pub base_url: BaseUrl,
    /// The hosts its embed URLs may be on.
    pub embed_hosts: Vec<EmbedHost>,
}

/// A tenant as far as it could be read: hosts refer to its id even if other settings are wrong.
pub(super) struct ReadTenant {
    pub(super) id: Option<String>,
    place: Place,
    key: String,
    pub(super) config: Option<TenantConfig>,
}

/// Settings that mean nothing for a tenant that has Junction alone.
const OF_EMPEGO: [&str; 12] = [
    "tenant_key",
    "policy",
    "owner_session",
    "owner_clone",
    "partial_profile",
    "missing_licence",
    "endpoints",
    "extra_params",
    "required_params",
    "default_locale",
    "frame",
    "empego",
];

const DEFAULT_ENDPOINTS: [&str; 4] = [
    "consultation/view",
    "consultation/dashboard",
    "consultation/specific",
    "followup/*",
];

pub(super) fn tenant(
    mut section: Section,
    empego: &EmpegoConfig,
    source: &Source,
    mistakes: &mut Mistakes,
) -> ReadTenant {
    let (place, key) = (section.place().clone(), section.key("id"));
    let id = read_id(&mut section, mistakes);
    let has_junction = section.has("junction");
    let has_empego = ["api_key", "api_key_file", "api_key_env"]
        .into_iter()
        .any(|key| section.has(key));
    let (rules, account) = if has_empego || !has_junction {
        let rules = rules(&mut section, mistakes);
        (rules, account(&mut section, empego, source, mistakes).map(Some))
    } else {
        for name in OF_EMPEGO {
            section.refuse(
                name,
                "belongs to tenants with an API key of Empego's, and this one has none",
                mistakes,
            );
        }
        (TenantRules::without_empego(), Some(None))
    };
    let junction = if has_junction {
        junction(section.table("junction", mistakes), source, mistakes).map(Some)
    } else {
        Some(None)
    };
    let mut limits = section.table("rate", mistakes);
    let rate = rate(&mut limits, "per_second", "burst", mistakes);
    limits.finish(mistakes);
    section.finish(mistakes);

    let config = match (id.clone(), account, junction) {
        (Some(id), Some(empego), Some(junction)) => Some(TenantConfig {
            id,
            rules,
            empego,
            junction,
            rate,
        }),
        _incomplete => None,
    };
    ReadTenant { id, place, key, config }
}

fn account(
    section: &mut Section,
    empego: &EmpegoConfig,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<EmpegoAccountConfig> {
    let api_key = secret(section, "api_key", source, mistakes);
    let tenant_key = section
        .text("tenant_key", mistakes)
        .and_then(|found| found.parse(mistakes, |text| header_value(&text)));
    let mut own = section.table("empego", mistakes);
    let base_url = if own.has("base_url") {
        base_url(&mut own, mistakes)
    } else {
        empego.base_url.clone()
    };
    let embed_hosts = embed_hosts(&mut own, mistakes).unwrap_or_else(|| empego.embed_hosts.clone());
    own.finish(mistakes);
    Some(EmpegoAccountConfig {
        api_key: api_key?,
        tenant_key,
        base_url: base_url?,
        embed_hosts,
    })
}

/// An id that can stand in a log line or be a metric's label, where `none` means something else.
pub(super) fn read_id(section: &mut Section, mistakes: &mut Mistakes) -> Option<String> {
    section.required_text("id", mistakes)?.parse(mistakes, |id| {
        let fits = (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if id == "none" {
            return Err("must not be none, which is what metrics say of requests without one".to_owned());
        }
        fits.then_some(id)
            .ok_or_else(|| "must be 1 to 64 letters, digits, -, _ or .".to_owned())
    })
}

pub(super) fn refuse_repeated_ids(tenants: &[ReadTenant], mistakes: &mut Mistakes) {
    for (at, tenant) in tenants.iter().enumerate() {
        let before = tenants.iter().take(at);
        if tenant.id.is_some() && before.clone().any(|other| other.id == tenant.id) {
            mistakes.add(&tenant.place, &tenant.key, "is the id of an earlier tenant");
        }
    }
}

fn rules(section: &mut Section, mistakes: &mut Mistakes) -> TenantRules {
    let documented = section
        .text("policy", mistakes)
        .and_then(|found| {
            found.parse(mistakes, |text| match text.as_str() {
                "strict" => Ok(false),
                "documented" => Ok(true),
                _ => Err("must be strict or documented".to_owned()),
            })
        })
        .unwrap_or(false);
    let preset = if documented {
        IdentityPolicy::DOCUMENTED
    } else {
        IdentityPolicy::STRICT
    };
    let identity = IdentityPolicy {
        owner_session: permission(section, "owner_session", "allow", mistakes).unwrap_or(preset.owner_session),
        owner_clone: permission(section, "owner_clone", "allow", mistakes).unwrap_or(preset.owner_clone),
        partial_profile: permission(section, "partial_profile", "allow", mistakes).unwrap_or(preset.partial_profile),
        missing_licence: permission(section, "missing_licence", "warn", mistakes).unwrap_or(preset.missing_licence),
    };
    let extra_parameters = extra_parameters(section, documented, mistakes);
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
        frame: frame(section.table("frame", mistakes), mistakes),
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

fn endpoints(section: &mut Section, mistakes: &mut Mistakes) -> EndpointGrants {
    let mut grants = EndpointGrants::default();
    match section.texts("endpoints", mistakes) {
        Some(patterns) => {
            for found in patterns {
                if !grants.add(&found.value) {
                    mistakes.add(
                        &found.place,
                        found.key,
                        "is no endpoint: write one such as followup/plan, followup/* or *",
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

fn extra_parameters(section: &mut Section, documented: bool, mistakes: &mut Mistakes) -> ExtraParameters {
    let Some(names) = section.texts("extra_params", mistakes) else {
        return if documented {
            ExtraParameters::Any
        } else {
            ExtraParameters::Listed(Vec::new())
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
            table.refuse(&tail, "is no endpoint", mistakes);
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

/// The values of `referrerpolicy` that the HTML standard has.
const REFERRER_POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

fn frame(mut section: Section, mistakes: &mut Mistakes) -> Frame {
    let referrer_policy = section.text("referrer_policy", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            let known = REFERRER_POLICIES.contains(&text.as_str());
            known
                .then_some(text)
                .ok_or_else(|| format!("must be one of {}", REFERRER_POLICIES.join(", ")))
        })
    });
    let mut attribute = |name| {
        section.text(name, mistakes)?.parse(mistakes, |text| {
            let fits = text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
            fits.then_some(text)
                .ok_or_else(|| "must be an attribute's value: up to 512 visible ASCII characters".to_owned())
        })
    };
    let (allow, sandbox) = (attribute("allow"), attribute("sandbox"));
    section.finish(mistakes);
    Frame {
        referrer_policy: referrer_policy.unwrap_or_else(|| Frame::default().referrer_policy),
        allow,
        sandbox,
    }
}
