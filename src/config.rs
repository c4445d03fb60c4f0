//! `gateway.toml`: read once into final types, with every error reported at once.

mod address;
mod audit;
mod audit_forward;
mod delivery;
mod digest;
mod egress;
mod empego;
mod error;
mod fingerprint;
mod frame;
mod host;
mod host_events;
mod identity;
mod junction;
mod jwt;
mod launches;
mod nearest;
mod orders;
mod origins;
mod postgres;
mod rate;
mod secret;
mod section;
mod server;
mod session;
mod signing_secret;
mod source;
mod store;
mod tenant;
mod tickets;
mod tls;
mod unwise;
mod ways;
mod weak_key;
mod webhook;

pub use audit::{AuditConfig, SinkConfig, keyring_of_file};
pub use audit_forward::{AuditForwardConfig, ClientIdentity};
pub use digest::ConfigDigest;
pub use egress::{EgressConfig, ProxyCredentials, authorities};
pub use empego::{EmpegoConfig, EmpegoTenantConfig, Policy};
pub use error::{ConfigError, ConfigErrors};
pub use fingerprint::Fingerprint;
pub use host::{HostConfig, ProofConfig};
pub use host_events::HostEventsConfig;
pub use junction::JunctionTenantConfig;
pub use jwt::{ClaimsConfig, IssuerConfig, JwtConfig};
pub use launches::LaunchesConfig;
pub use postgres::{PostgresConfig, postgres_of_file};
pub use rate::RateConfig;
pub use secret::secret_variable;
pub use server::{LogConfig, LogFormat, ServerConfig};
pub use session::{SessionConfig, SessionEndpointConfig};
pub use source::Source;
pub use store::StoreConfig;
pub use tenant::TenantConfig;
pub use tls::{TlsConfig, validity};
pub use webhook::{SecretFiles, WebhookConfig, WebhookSecretsConfig};

use ::store::keyring::Keyring;
use error::Mistakes;
use section::Section;

/// All settings of the gateway. Secrets inside are redacted in `Debug`.
#[derive(Debug, Clone)]
pub struct Config {
    /// Tells its file's text from others.
    pub digest: ConfigDigest,
    /// `[server]`.
    pub server: ServerConfig,
    /// `[tls]`; connections are not encrypted without it.
    pub tls: Option<TlsConfig>,
    /// `[log]`.
    pub log: LogConfig,
    /// `[egress]`.
    pub egress: EgressConfig,
    /// `[launches]`.
    pub launches: LaunchesConfig,
    /// `[empego]`.
    pub empego: EmpegoConfig,
    /// `[audit]`.
    pub audit: AuditConfig,
    /// `[store]`; nothing lasts or is shared without it.
    pub store: Option<StoreConfig>,
    /// The keys of `[tickets]`, the first seals; none if tickets are held by the process that issued them.
    pub ticket_keys: Vec<Keyring>,
    /// Whether the environment names a collector of traces, as OpenTelemetry specifies.
    pub has_trace_collector: bool,
    /// Every `[[tenant]]`.
    pub tenants: Vec<TenantConfig>,
    /// Every `[[host]]`; each points at its tenant by place in `tenants`.
    pub hosts: Vec<HostConfig>,
}

impl Config {
    /// Reads a configuration and the secrets that it refers to. Goes nowhere near the network.
    ///
    /// # Errors
    /// Every error in it: syntax, unknown keys, wrong values, missing secrets, and what does not fit together.
    pub fn load(source: &Source) -> Result<Self, ConfigErrors> {
        let mut mistakes = Mistakes::default();
        let mut root = Section::parse(&source.text, &mut mistakes);
        source::apply_environment(source, &mut root, &mut mistakes);

        let has_tls = root.has("tls");
        let server = server::server(root.table("server", &mut mistakes), has_tls, &mut mistakes);
        let tls = tls::tls(&mut root, source, &mut mistakes);
        let log = server::log(root.table("log", &mut mistakes), &mut mistakes);
        let egress = egress::egress(root.table("egress", &mut mistakes), source, &mut mistakes);
        let launches = launches::launches(root.table("launches", &mut mistakes), &mut mistakes);
        let empego = empego::empego(root.table("empego", &mut mistakes), root.has("store"), &mut mistakes);
        let has_store = root.has("store");
        let store = store::store(&mut root, source, &mut mistakes);
        let tenants: Vec<_> = root
            .tables("tenant", &mut mistakes)
            .into_iter()
            .map(|section| tenant::tenant(section, &empego, source, &mut mistakes))
            .collect();
        let hosts = host::hosts(root.tables("host", &mut mistakes), &tenants, source, &mut mistakes);
        host::check_certificates(&hosts, tls.as_ref(), has_tls, &mut mistakes);
        tenant::refuse_repeated_ids(&tenants, &mut mistakes);
        // Last, for it must be in none of the folders that all the other files are in.
        let audit = audit::audit(&mut root, source, &mut mistakes);
        if has_store && audit.sink.is_none() && audit.keyring.is_none() {
            audit::require_keyring(&mut mistakes);
        }
        let ticket_keys = tickets::keys(&mut root, source, &mut mistakes);
        tickets::check(&hosts, &server, &mut mistakes);
        orders::check(&hosts, &tenants, has_store, audit.keyring.is_some(), &mut mistakes);
        root.finish(&mut mistakes);

        mistakes.into_result(&source.name)?;
        Ok(Self {
            digest: ConfigDigest::of(&source.text),
            server,
            tls,
            log,
            egress,
            launches,
            empego,
            audit,
            store,
            ticket_keys,
            has_trace_collector: source::names_trace_collector(source),
            tenants: tenants.into_iter().filter_map(|read| read.config).collect(),
            hosts,
        })
    }

    /// Whether a host may do anything with orders, or Junction sends events about them: then they are kept in the store.
    #[must_use]
    pub fn follows_orders(&self) -> bool {
        let junction = self.tenants.iter().filter_map(|tenant| tenant.junction.as_ref());
        let of_host = |host: &HostConfig| host.events.is_some() || !host.junction.orders.is_empty();
        self.hosts.iter().any(of_host) || junction.into_iter().any(|junction| !junction.webhooks.is_empty())
    }

    /// Whether other machines may reach a listener: its connections are encrypted, or a proxy's.
    #[must_use]
    pub const fn may_be_reachable(&self) -> bool {
        self.tls.is_some() || self.server.behind_proxy
    }

    /// Whether what differs from another configuration can change without a restart: tenants and hosts can. The store of
    /// orders is opened at the start.
    #[must_use]
    pub fn differs_only_where_it_may(&self, other: &Self) -> bool {
        self.server == other.server
            && self.tls.is_some() == other.tls.is_some()
            && self.log == other.log
            && self.egress.is_same_as(&other.egress)
            && self.launches == other.launches
            && self.empego == other.empego
            && self.audit.is_kept_like(&other.audit)
            && self.store == other.store
            && (other.follows_orders() || !self.follows_orders())
    }
}
