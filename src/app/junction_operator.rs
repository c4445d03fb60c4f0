//! Junction's Management API for a command: one call after the other, for the operator of one tenant.

use std::time::Duration;

use super::{assembly::junction_account, egress};
use crate::{
    config::{Config, JunctionTenantConfig},
    upstream::{
        junction::{Account, Call, CallContext, JunctionClient, JunctionError},
        wire::Settings,
    },
};

/// How long one call may take. An operator waits longer than a clinician.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What makes calls with a tenant's management key.
#[derive(Debug)]
pub struct JunctionOperator {
    account: Account,
    client: JunctionClient,
}

impl JunctionOperator {
    /// For a tenant of a configuration.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(config: &Config, tenant: &JunctionTenantConfig) -> anyhow::Result<Self> {
        let settings = Settings {
            connect_timeout: Some(config.launches.connect_timeout),
            ..Settings::default()
        };
        Ok(Self {
            account: junction_account(tenant)?,
            client: JunctionClient::new(settings, egress::way_out(&config.egress)?)?,
        })
    }

    /// Makes a call of the Management API, once. Must be called inside a runtime.
    ///
    /// # Errors
    /// Why there is nothing of what was asked for.
    pub async fn ask<T>(&self, call: &Call<T>) -> Result<T, JunctionError> {
        let context = CallContext {
            token: None,
            trace: None,
            within: TIMEOUT,
        };
        self.client.make(&self.account, call, context).await
    }
}
