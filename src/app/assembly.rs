//! Makes the gateway's parts from a configuration. On a reload, what has not changed is carried over: places that are
//! taken, allowances that are used up, keys that were fetched.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use domain::clinician::UserId;

use crate::{
    config::{
        ClaimsConfig, Config, EmpegoTenantConfig, HostConfig, IssuerConfig, JunctionTenantConfig, JwtConfig,
        ProofConfig, RateConfig, SessionConfig, SessionEndpointConfig, TenantConfig, WebhookConfig,
        WebhookSecretsConfig,
    },
    directory::{
        ConsoleAccess, Directory, EmpegoTenant, FetchedSecrets, Host, JunctionTenant, Proof, Sessions, Tenant,
        TokenClaims, TokenProof, Webhook, WebhookSecrets,
    },
    identity::{Fetcher, KeySource, SessionEndpoint},
    resilience::{Pace, Rate, RateLimit, RateLimits, TenantSeats},
    upstream,
};

/// How often one clinician's session is continued. A session ends every few hours; a browser whose cookies are blocked comes
/// back at once.
const CONTINUATIONS: Rate = Rate {
    pace: Pace::OnceInSecs(NonZeroU32::MIN.saturating_add(19)),
    burst: NonZeroU32::MIN.saturating_add(2),
};

/// How often a host is asked about sessions of one subscriber that it has not confirmed of late. Behind a proxy, that is all
/// of a host's clinicians, whose sessions end every few hours, most of them in the morning.
const SESSION_QUESTIONS: Rate = Rate {
    pace: Pace::PerSecond(NonZeroU32::MIN.saturating_add(9)),
    burst: NonZeroU32::MIN.saturating_add(99),
};

/// How often a host is asked about one session that it has confirmed of late: more often than it can be continued.
const KNOWN_SESSION_QUESTIONS: Rate = Rate {
    pace: Pace::PerSecond(NonZeroU32::MIN),
    burst: NonZeroU32::MIN.saturating_add(9),
};

/// The directory of a configuration, with what `previous` has that still holds; `console` may use some of its hosts.
pub(super) fn directory(
    config: &Config,
    fetcher: &Fetcher,
    previous: &Directory,
    console: Option<&ConsoleAccess>,
) -> anyhow::Result<Directory> {
    let tenants = config
        .tenants
        .iter()
        .map(|tenant| {
            Ok(Arc::new(self::tenant(
                tenant,
                config.launches.max_in_flight_per_tenant,
                previous,
            )?))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut directory = Directory::default();
    for host in &config.hosts {
        let tenant = tenants.get(host.tenant);
        let tenant = tenant.ok_or_else(|| anyhow::anyhow!("host {} has no tenant", host.id))?;
        directory.insert(
            self::host(host, previous, console),
            Arc::clone(tenant),
            proof(&host.proof, fetcher, previous),
            host.session
                .as_ref()
                .map(|session| sessions(session, previous.sessions(&host.id))),
        );
    }
    Ok(directory)
}

fn tenant(config: &TenantConfig, max_in_flight: u32, previous: &Directory) -> anyhow::Result<Tenant> {
    let before = previous
        .hosts()
        .map(|(_, tenant)| tenant)
        .find(|tenant| *tenant.id == *config.id);
    let empego = |config| empego(config, before.and_then(|before| before.empego.as_ref()));
    let junction = |config| junction(config, before.and_then(|before| before.junction.as_ref()));
    Ok(Tenant {
        id: config.id.as_str().into(),
        empego: config.empego.as_ref().map(empego).transpose()?,
        junction: config.junction.as_ref().map(junction).transpose()?,
        frame: config.frame.clone(),
        seats: before.map_or_else(|| TenantSeats::new(max_in_flight), |before| before.seats.clone()),
        rate: rate_limit(config.rate, before.and_then(|before| before.rate.as_ref())),
    })
}

/// What is known of an upstream's health holds as long as it is the same upstream.
fn empego(config: &EmpegoTenantConfig, before: Option<&EmpegoTenant>) -> anyhow::Result<EmpegoTenant> {
    let account = upstream::empego::Account::new(
        config.base_url.clone(),
        &config.api_key,
        config.tenant_key.as_ref(),
        config.embed_hosts.clone(),
    )?;
    let calls = before
        .filter(|before| before.account.base_url() == account.base_url())
        .map_or_else(Arc::default, |before| Arc::clone(&before.calls));
    Ok(EmpegoTenant {
        rules: config.rules.clone(),
        account,
        tenant_key: config.tenant_key.clone(),
        calls,
    })
}

/// What was learned about an organization stays valid as long as it is the same one at the same addresses.
fn junction(config: &JunctionTenantConfig, before: Option<&JunctionTenant>) -> anyhow::Result<JunctionTenant> {
    let account = junction_account(config)?;
    let memory = before
        .filter(|before| before.account.is_of_the_same_world_as(&account))
        .map_or_else(Arc::default, |before| Arc::clone(&before.memory));
    let webhooks = config.webhooks.iter();
    Ok(JunctionTenant {
        rules: config.rules.clone(),
        account,
        memory,
        webhooks: webhooks.map(|config| webhook(config, before)).collect(),
    })
}

/// A tenant's organization at Junction.
pub(super) fn junction_account(config: &JunctionTenantConfig) -> anyhow::Result<upstream::junction::Account> {
    let account = upstream::junction::Account::new(
        config.org_id,
        &config.management_key,
        upstream::junction::Addresses {
            management: config.management_url.clone(),
            team: config.api_url.clone(),
        },
        config.region,
        config.rules.environment,
        config.embed_hosts.clone(),
    )?;
    Ok(account)
}

/// A secret that was fetched holds as long as it is that of the same endpoint.
fn webhook(config: &WebhookConfig, before: Option<&JunctionTenant>) -> Webhook {
    let secrets = match &config.secrets {
        WebhookSecretsConfig::Configured(secrets) => WebhookSecrets::Configured(secrets.clone()),
        WebhookSecretsConfig::AtJunction(id) => {
            let before = before.into_iter().flat_map(|before| &before.webhooks);
            let fetched = before.filter_map(|webhook| match &webhook.secrets {
                WebhookSecrets::AtJunction(fetched) if fetched.webhook_id == *id => Some(Arc::clone(fetched)),
                WebhookSecrets::AtJunction(_) | WebhookSecrets::Configured(_) => None,
            });
            let fetched = fetched.last();
            WebhookSecrets::AtJunction(fetched.unwrap_or_else(|| Arc::new(FetchedSecrets::of(id.clone()))))
        }
    };
    Webhook {
        endpoint: config.endpoint.as_str().into(),
        team: config.team,
        secrets,
    }
}

fn host(config: &HostConfig, previous: &Directory, console: Option<&ConsoleAccess>) -> Host {
    let before = previous
        .hosts()
        .map(|(host, _)| host)
        .find(|host| *host.id == *config.id);
    let console_origin = console
        .filter(|console| console.hosts.contains(&config.id))
        .map(|console| console.origin.clone());
    Host {
        id: config.id.as_str().into(),
        empego: config.empego.clone(),
        junction: config.junction.clone(),
        certificates: config.certificates.clone(),
        explain: config.explain,
        origins: config.origins.clone(),
        // Where the demo's console is, is known only when it listens.
        doctor_origins: config.doctor_origins.iter().chain(&console_origin).cloned().collect(),
        console_origin,
        rate: rate_limit(config.rate, before.and_then(|before| before.rate.as_ref())),
        clinician_rates: rate_limits(
            config.clinician_rate,
            before.and_then(|before| before.clinician_rates.as_ref()),
        ),
        continuations: before.map_or_else(
            || Arc::new(RateLimits::new(CONTINUATIONS)),
            |before| Arc::clone(&before.continuations),
        ),
        confirmed_continuations: before.map_or_else(
            || Arc::new(RateLimits::new(CONTINUATIONS)),
            |before| Arc::clone(&before.confirmed_continuations),
        ),
        session_questions: before.map_or_else(
            || Arc::new(RateLimits::<IpAddr>::new(SESSION_QUESTIONS)),
            |before| Arc::clone(&before.session_questions),
        ),
        known_session_questions: before.map_or_else(
            || Arc::new(RateLimits::new(KNOWN_SESSION_QUESTIONS)),
            |before| Arc::clone(&before.known_session_questions),
        ),
    }
}

/// What a host has said of sessions holds as long as it is asked at the same place and about the same cookies.
fn sessions(config: &SessionConfig, before: Option<&Sessions>) -> Sessions {
    let before = before.filter(|before| before.cookie == config.cookie);
    let endpoint = |endpoint: &SessionEndpointConfig| {
        let new = SessionEndpoint::at(endpoint.url.clone(), endpoint.more_cookies.clone());
        let before = before.and_then(|before| before.endpoint.as_ref());
        let unchanged = before.filter(|before| before.is_configured_like(&new));
        unchanged.map_or_else(|| Arc::new(new), Arc::clone)
    };
    Sessions {
        cookie: config.cookie.clone(),
        audience: config.audience.clone(),
        endpoint: config.endpoint.as_ref().map(endpoint),
    }
}

fn proof(config: &ProofConfig, fetcher: &Fetcher, previous: &Directory) -> Proof {
    match config {
        ProofConfig::Keys(keys) => Proof::Keys(keys.clone()),
        ProofConfig::Token(jwt) => Proof::Token(TokenProof {
            issuers: jwt
                .issuers
                .iter()
                .map(|issuer| {
                    let keys = key_source(issuer, jwt, fetcher, previous);
                    (issuer.issuer.as_str().into(), keys)
                })
                .collect(),
            audience: jwt.audience.clone(),
            rules: jwt.rules.clone(),
            claims: Arc::new(token_claims(&jwt.claims)),
        }),
    }
}

fn token_claims(config: &ClaimsConfig) -> TokenClaims {
    TokenClaims {
        person: config.person.clone(),
        team: config.team.clone(),
    }
}

fn key_source(issuer: &IssuerConfig, jwt: &JwtConfig, fetcher: &Fetcher, previous: &Directory) -> Arc<KeySource> {
    let new = KeySource::new(issuer.keys.clone(), jwt.refresh, jwt.keep_stale, fetcher.clone());
    let before = previous.key_sources().find(|before| before.is_configured_like(&new));
    before.map_or_else(|| Arc::new(new), Arc::clone)
}

fn rate_limit(config: Option<RateConfig>, before: Option<&Arc<RateLimit>>) -> Option<Arc<RateLimit>> {
    let rate = config.map(rate)?;
    let unchanged = before.filter(|before| before.rate() == rate);
    Some(unchanged.map_or_else(|| Arc::new(RateLimit::new(rate)), Arc::clone))
}

fn rate_limits(
    config: Option<RateConfig>,
    before: Option<&Arc<RateLimits<UserId>>>,
) -> Option<Arc<RateLimits<UserId>>> {
    let rate = config.map(rate)?;
    let unchanged = before.filter(|before| before.rate() == rate);
    Some(unchanged.map_or_else(|| Arc::new(RateLimits::new(rate)), Arc::clone))
}

fn rate(config: RateConfig) -> Rate {
    Rate {
        pace: Pace::PerSecond(config.per_second),
        burst: config.burst,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

    use domain::empego::{DropIn, Endpoint, Seen, parse_drop_in, plan};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        config::Source,
        directory::Caller,
        identity::{Credential, HostKey},
    };

    /// A configuration of so many tenants, with a host for each of `hosts`, whose entries say which tenant is its own.
    fn configured(tenants: usize, hosts: &[usize]) -> (Config, Vec<HostKey>) {
        let keys: Vec<_> = hosts.iter().map(|_| HostKey::generate().unwrap()).collect();
        let mut text = String::new();
        for at in 0..tenants {
            let own_key = if at % 2 == 0 {
                format!("tenant_key = \"tenant-key-{at}.\"")
            } else {
                String::new()
            };
            let _written = write!(
                text,
                "[[tenant]]\nid = \"t{at}\"\napi_key_env = \"KEY_{at}\"\n{own_key}\npolicy = \"documented\"\nendpoints = [\"*\"]\n\
                 [tenant.empego]\nbase_url = \"https://upstream-{at}.example/R4\"\n"
            );
        }
        for (at, (tenant, key)) in hosts.iter().zip(&keys).enumerate() {
            let digest = key.digest().to_hex();
            let _written = write!(
                text,
                "[[host]]\nid = \"h{at}\"\ntenant = \"t{tenant}\"\nidentity = \"asserted\"\nkey_sha256 = \"{digest}\"\n"
            );
        }
        let variables: BTreeMap<_, _> = (0..tenants)
            .map(|at| (format!("KEY_{at}"), format!("api-key-{at}.")))
            .collect();
        let source = Source::new("generated", text, PathBuf::new(), variables);
        (Config::load(&source).unwrap(), keys)
    }

    fn caller_of(directory: &Directory, key: &HostKey) -> Caller {
        let credential = Credential::read(&[key.expose().as_bytes()], &[]).unwrap();
        crate::app::block_on(directory.authenticate(&credential, None)).unwrap()
    }

    #[test]
    fn what_junction_taught_holds_for_one_organization_in_one_world() {
        let configured = |lines: &str| {
            let text = format!(
                r#"
                [[tenant]]
                id = "downtown"
                [tenant.junction]
                management_key_env = "KEY"
                integration_slug = "my-ehr"
                region = "us"
                {lines}
                [[host]]
                id = "ehr"
                tenant = "downtown"
                identity = "asserted"
                key_sha256 = "a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b858"
                "#
            );
            let variables = BTreeMap::from([("KEY".to_owned(), "k".to_owned())]);
            Config::load(&Source::new("test", text, PathBuf::new(), variables)).unwrap()
        };
        let fetcher = Fetcher::new(crate::tls::trusting_this_machine().unwrap()).unwrap();
        let own = "org_id = \"6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90\"\nenvironment = \"sandbox\"";
        let first = directory(&configured(own), &fetcher, &Directory::default(), None).unwrap();
        let memory = |directory: &Directory| {
            let (_, tenant) = directory.hosts().next().unwrap();
            Arc::clone(&tenant.junction.as_ref().unwrap().memory)
        };
        let rows = [
            (own.to_owned(), true, "the same"),
            (format!("{own}\nfeatures = [\"team_panels\"]"), true, "other grants"),
            (own.replace("sandbox", "production"), false, "the other world"),
            (own.replace("6d6f", "7d6f"), false, "another organisation"),
            (
                format!("{own}\napi_url = \"https://api.example\""),
                false,
                "another address",
            ),
        ];
        for (lines, holds, reason) in rows {
            let next = directory(&configured(&lines), &fetcher, &first, None).unwrap();
            assert_eq!(Arc::ptr_eq(&memory(&first), &memory(&next)), holds, "{reason}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_request_of_one_tenant_carries_anothers_keys(
            tenants in 1_usize..6,
            hosts in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
            stated in "[a-z.-]{1,20}",
        ) {
            let hosts: Vec<usize> = hosts.iter().map(|host| host.index(tenants)).collect();
            let (config, keys) = configured(tenants, &hosts);
            let fetcher = Fetcher::new(crate::tls::trusting_this_machine().unwrap()).unwrap();
            let first = directory(&config, &fetcher, &Directory::default(), None).unwrap();
            // Also after a reload, which carries parts over.
            let second = directory(&config, &fetcher, &first, None).unwrap();
            for directory in [first, second] {
                for (key, tenant) in keys.iter().zip(&hosts) {
                    let caller = caller_of(&directory, key);
                    let empego = caller.tenant.empego.as_ref().unwrap();
                    let query = format!("tenant={stated}&api={stated}");
                    let request = DropIn { query: &query, ..DropIn::default() };
                    let launch = parse_drop_in(request, Endpoint::Statistics, &empego.rules).unwrap();
                    let plan = plan(launch, &empego.rules, &caller.host.empego, Seen::NotAsked).unwrap();
                    let sent = empego.account.outgoing(&plan, None).unwrap();
                    let header = |name: &str| sent.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
                    prop_assert_eq!(header("api-key"), Some(format!("api-key-{tenant}.")));
                    prop_assert_eq!(header("x-tenant-key"), (tenant % 2 == 0).then(|| format!("tenant-key-{tenant}.")));
                    let upstream = format!("upstream-{tenant}.example");
                    prop_assert_eq!(sent.url.host_str(), Some(upstream.as_str()));
                }
            }
        }
    }
}
