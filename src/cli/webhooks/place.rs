//! Which endpoint a command is about, and what Junction has for it.

use std::path::PathBuf;

use clap::Args;
use domain::{
    junction::{Environment, JunctionId},
    signing_secret::SigningSecret,
};

use crate::{
    app::JunctionOperator,
    cli::exit::Exit,
    config::{Config, JunctionTenantConfig, SecretFiles, Source, WebhookConfig, WebhookSecretsConfig},
    upstream::junction::{Call, JunctionError, Webhook, WebhookScope},
};

/// The types of events that the gateway has a use for.
pub(super) const EVENTS: [&str; 5] = [
    "labtest.order.created",
    "labtest.order.updated",
    "labtest.appointment.created",
    "labtest.appointment.updated",
    "labtest.result.critical",
];

/// The most pages of webhooks that are read: a team has a handful.
const MAX_PAGES: usize = 20;

/// Which tenant.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// The configuration file, with the tenant and its [[tenant.junction.webhook]]
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
    /// The tenant, by its id in the configuration
    #[arg(long, value_name = "ID")]
    pub(super) tenant: String,
}

/// One of its endpoints.
pub(super) struct Endpoint {
    pub(super) name: String,
    pub(super) scope: WebhookScope,
    pub(super) secrets: WebhookSecretsConfig,
    pub(super) files: SecretFiles,
}

/// A tenant's endpoints, and what makes calls about them.
pub(super) struct Place {
    operator: JunctionOperator,
    environment: Environment,
    pub(super) endpoints: Vec<Endpoint>,
}

impl Place {
    pub(super) fn of(of: &Of) -> Result<Self, Exit> {
        let source = Source::of_file(&of.config).map_err(Exit::usage)?;
        let config = Config::load(&source.lacking_webhook_secrets()).map_err(Exit::usage)?;
        let Some(tenant) = tenant(&config, &of.tenant) else {
            return Err(Exit::usage(format!(
                "--tenant: the configuration has no tenant {} with an organization at Junction",
                of.tenant
            )));
        };
        let operator = JunctionOperator::new(&config, tenant).map_err(|fault| Exit::failure(format!("{fault:#}")))?;
        let endpoints = tenant.webhooks.iter().map(|webhook| Endpoint::new(webhook, tenant));
        Ok(Self {
            operator,
            environment: tenant.rules.environment,
            endpoints: endpoints.collect(),
        })
    }

    /// The endpoint of this name.
    pub(super) fn endpoint(&self, name: &str) -> Result<&Endpoint, Exit> {
        let found = self.endpoints.iter().find(|endpoint| endpoint.name == name);
        found.ok_or_else(|| {
            Exit::usage(format!(
                "--endpoint: the tenant has no [[tenant.junction.webhook]] with the endpoint {name}"
            ))
        })
    }

    /// An endpoint of this name that the configuration does not have yet.
    pub(super) fn new_endpoint(&self, name: &str, team: JunctionId) -> Endpoint {
        Endpoint {
            name: name.to_owned(),
            scope: WebhookScope {
                team,
                environment: self.environment,
            },
            secrets: WebhookSecretsConfig::Configured(Vec::new()),
            files: SecretFiles::default(),
        }
    }

    pub(super) async fn ask<T>(&self, call: &Call<T>) -> Result<T, Exit> {
        self.operator.ask(call).await.map_err(told)
    }

    /// What Junction has for an endpoint: the webhook of its id, or the one with its address.
    pub(super) async fn webhook_of(&self, endpoint: &Endpoint) -> Result<Option<Webhook>, Exit> {
        if let WebhookSecretsConfig::AtJunction(id) = &endpoint.secrets {
            return self.ask(&Call::get_webhook(endpoint.scope, id)).await;
        }
        let end = endpoint.path();
        self.find(endpoint.scope, |webhook| webhook.url.ends_with(&end)).await
    }

    /// The first of a team's webhooks that is like this.
    pub(super) async fn find(
        &self,
        scope: WebhookScope,
        is_it: impl Fn(&Webhook) -> bool,
    ) -> Result<Option<Webhook>, Exit> {
        let mut cursor = None;
        for _page in 0..MAX_PAGES {
            let page = self.ask(&Call::list_webhooks(scope, cursor.as_deref())).await?;
            if let Some(found) = page.webhooks.into_iter().find(&is_it) {
                return Ok(Some(found));
            }
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(None);
            }
        }
        Err(Exit::failure("Junction's list of webhooks does not end"))
    }

    /// What a webhook's events are signed with.
    pub(super) async fn secret(&self, scope: WebhookScope, id: &str) -> Result<SigningSecret, Exit> {
        self.ask(&Call::webhook_secret(scope, id)).await
    }
}

impl Endpoint {
    fn new(webhook: &WebhookConfig, tenant: &JunctionTenantConfig) -> Self {
        Self {
            name: webhook.endpoint.clone(),
            scope: WebhookScope {
                team: webhook.team,
                environment: tenant.rules.environment,
            },
            secrets: webhook.secrets.clone(),
            files: webhook.files.clone(),
        }
    }

    /// The end of its address.
    pub(super) fn path(&self) -> String {
        format!("/junction/webhooks/{}", self.name)
    }

    /// The file that its secret is written into.
    pub(super) fn secret_file(&self) -> Result<&PathBuf, Exit> {
        self.files.current.as_ref().ok_or_else(|| {
            Exit::usage(format!(
                "the endpoint {} has no secret_file to write the secret into",
                self.name
            ))
        })
    }
}

fn tenant<'a>(config: &'a Config, id: &str) -> Option<&'a JunctionTenantConfig> {
    let tenant = config.tenants.iter().find(|tenant| tenant.id == id)?;
    tenant.junction.as_ref()
}

/// Why Junction did not do it.
fn told(error: JunctionError) -> Exit {
    let refusal = error.into_refusal_of_order();
    let message = refusal.message();
    let (status, said) = match refusal.upstream {
        Some(upstream) => (upstream.status, upstream.message),
        None => (None, None),
    };
    let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
    let said = said.map(|said| format!(": {said}")).unwrap_or_default();
    Exit::failure(format!("{message}{status}{said}"))
}
