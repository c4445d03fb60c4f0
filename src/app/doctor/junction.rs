//! Junction's management key, and the integration as Junction has it: read, and never written.

use std::time::Duration;

use domain::junction::Modality;
use futures_util::future::join_all;
use url::Url;

use super::{
    check::{Check, CheckId},
    meeting::Meetings,
    peers::origin,
};
use crate::{
    app::assembly::junction_account,
    config::{Config, HostConfig, JunctionTenantConfig},
    http::CONTINUATION_PATH,
    upstream::{
        junction::{Call, CallContext, Integration, JunctionClient, JunctionError, Meaning},
        wire::{Egress, Settings},
    },
};

/// What can only be compared once the integration was read.
const COMPARED: [CheckId; 4] = [
    CheckId::JunctionSlug,
    CheckId::JunctionModalities,
    CheckId::JunctionOrigins,
    CheckId::JunctionContinuation,
];

pub(super) async fn checks(config: &Config, egress: &Egress, meetings: &Meetings, within: Duration) -> Vec<Check> {
    let Ok(client) = JunctionClient::new(Settings::default(), egress.clone()) else {
        // Reported where the peers were to be met.
        return Vec::new();
    };
    let tenants = config.tenants.iter().enumerate();
    let each = tenants.filter_map(|(at, tenant)| {
        let tenant = Tenant {
            about: format!("tenant {:?}", tenant.id),
            junction: tenant.junction.as_ref()?,
            hosts: config.hosts.iter().filter(|host| host.tenant == at).collect(),
            public_url: config.server.public_url.as_deref(),
        };
        Some(tenant.checks(&client, meetings, within))
    });
    join_all(each).await.concat()
}

/// A tenant with what it is compared by.
struct Tenant<'a> {
    about: String,
    junction: &'a JunctionTenantConfig,
    hosts: Vec<&'a HostConfig>,
    public_url: Option<&'a str>,
}

impl Tenant<'_> {
    async fn checks(self, client: &JunctionClient, meetings: &Meetings, within: Duration) -> Vec<Check> {
        if let Some(by) = meetings.obstacle(&self.junction.management_url) {
            let key = self.skipped(&[CheckId::JunctionKey], by);
            return [key, self.skipped(&COMPARED, by)].concat();
        }
        let Ok(account) = junction_account(self.junction) else {
            let failed = self.key_failed("the management key cannot be sent in a header", "have it issued again");
            return self.only(failed);
        };
        let context = CallContext {
            token: None,
            trace: None,
            within,
        };
        match client.make(&account, &Call::get_configuration(), context).await {
            Ok(integration) => self.compared(&integration),
            Err(error) => self.only(self.refused(&error)),
        }
    }

    fn skipped(&self, ids: &[CheckId], by: CheckId) -> Vec<Check> {
        ids.iter()
            .map(|id| Check::skipped(*id, self.about.clone(), by))
            .collect()
    }

    fn only(&self, key: Check) -> Vec<Check> {
        let mut checks = vec![key];
        checks.extend(self.skipped(&COMPARED, CheckId::JunctionKey));
        checks
    }

    fn key_failed(&self, found: impl Into<String>, remedy: &str) -> Check {
        Check::failed(CheckId::JunctionKey, self.about.clone(), found, remedy)
    }

    fn refused(&self, error: &JunctionError) -> Check {
        let JunctionError::Answered { meaning, status, .. } = error else {
            return self.key_failed(
                "Junction does not respond to a call in time",
                "check management_url, and try again",
            );
        };
        let key =
            "check that management_key_file or management_key_env has a key of this organization with the role org";
        match meaning {
            Meaning::Unauthorized => self.key_failed("the management key is refused (401)", key),
            Meaning::Forbidden => self.key_failed("the management key may not read the integration (403)", key),
            Meaning::NotFound => self.key_failed(
                format!("Junction does not know this organization, or it has no integration (status {status})"),
                "check org_id and management_url, and that Junction Connect is set up in Junction's dashboard",
            ),
            Meaning::Busy => self.key_failed(
                format!("Junction is busy (status {status})"),
                "try again; if it stays so, ask Junction",
            ),
            Meaning::Conflict
            | Meaning::Rejected
            | Meaning::Error
            | Meaning::NotReady
            | Meaning::BadBody
            | Meaning::OtherSuccess
            | Meaning::Compressed
            | Meaning::BadUrl => self.key_failed(
                format!("something other than Junction's Management API responds there (status {status})"),
                "check management_url, with its path",
            ),
        }
    }

    fn compared(&self, integration: &Integration) -> Vec<Check> {
        let key = Check::ok(
            CheckId::JunctionKey,
            self.about.clone(),
            "the management key is accepted",
        );
        vec![
            key,
            self.slug(integration),
            self.modalities(integration),
            self.origins(integration),
            self.continuation(integration),
        ]
    }

    fn slug(&self, integration: &Integration) -> Check {
        let (id, about) = (CheckId::JunctionSlug, self.about.clone());
        let (here, there) = (&self.junction.slug, &integration.slug);
        if here == there {
            return Check::ok(id, about, format!("{here:?}"));
        }
        let found = format!("integration_slug is {here:?}, and Junction has {there:?}");
        Check::failed(id, about, found, "set integration_slug to what Junction has")
    }

    fn modalities(&self, integration: &Integration) -> Check {
        let (id, about) = (CheckId::JunctionModalities, self.about.clone());
        let configured = self.junction.rules.modalities.iter().map(|modality| modality.as_str());
        let missing: Vec<_> = configured
            .filter(|modality| !integration.modalities.iter().any(|enabled| enabled == modality))
            .collect();
        if missing.is_empty() {
            return Check::ok(id, about, "enabled");
        }
        let found = format!("not enabled at Junction: {}", missing.join(", "));
        Check::failed(
            id,
            about,
            found,
            "enable it in Junction's dashboard, or leave it out of modalities",
        )
    }

    /// Origins whose pages may embed the app.
    fn embedding(&self) -> Vec<String> {
        if !self.junction.rules.modalities.contains(&Modality::FeatureEmbed) {
            return Vec::new();
        }
        let mut origins: Vec<_> = self.hosts.iter().flat_map(|host| host.origins.clone()).collect();
        origins.sort();
        origins.dedup();
        origins
    }

    fn origins(&self, integration: &Integration) -> Check {
        let (id, about) = (CheckId::JunctionOrigins, self.about.clone());
        let wanted = self.embedding();
        let missing: Vec<_> = wanted
            .iter()
            .filter(|origin| !integration.origins.iter().any(|known| is_same(&known.origin, origin)))
            .cloned()
            .collect();
        if wanted.is_empty() {
            Check::ok(id, about, "the tenant's hosts name no origins to compare")
        } else if missing.is_empty() {
            Check::ok(id, about, format!("registered: {}", wanted.join(", ")))
        } else {
            let found = format!("not registered at Junction: {}", missing.join(", "));
            let remedy = "register it in Junction's dashboard: its pages cannot show the app, or hear of orders";
            Check::failed(id, about, found, remedy)
        }
    }

    fn continuation(&self, integration: &Integration) -> Check {
        let (id, about) = (CheckId::JunctionContinuation, self.about.clone());
        let mut elsewhere = Vec::new();
        for origin in self
            .hosts
            .iter()
            .filter(|host| host.session.is_some())
            .flat_map(|host| &host.origins)
        {
            let known = integration.origins.iter().find(|known| is_same(&known.origin, origin));
            let Some(known) = known else { continue };
            if !self.is_here(known.session_continuation_url.as_deref()) {
                elsewhere.push(origin.clone());
            }
        }
        if elsewhere.is_empty() {
            return Check::ok(id, about, "at this gateway, wherever a host has [host.session]");
        }
        let found = format!(
            "Junction has no session_continuation_url of this gateway for {}",
            elsewhere.join(", ")
        );
        let remedy = format!(
            "set it in Junction's dashboard to {}{CONTINUATION_PATH}",
            self.public_url.unwrap_or("the gateway's public address with ")
        );
        Check::warning(id, about, found, remedy)
    }

    /// Whether browsers are sent to this gateway. Without `public_url` only the path tells.
    fn is_here(&self, url: Option<&str>) -> bool {
        let Some(url) = url.and_then(|url| Url::parse(url).ok()) else {
            return false;
        };
        let has_path = url.path() == CONTINUATION_PATH;
        has_path && self.public_url.is_none_or(|own| is_same(own, &origin(&url)))
    }
}

/// Whether two texts are one origin.
fn is_same(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _not_urls => false,
    }
}
