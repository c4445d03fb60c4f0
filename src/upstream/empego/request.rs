//! What is sent. Pure.

use std::fmt::{self, Write as _};

use domain::{
    embed_url::EmbedHost,
    empego::{BaseUrl, Plan},
    trace_parent::TraceParent,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::upstream::wire::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

const TRACE_PARENT: HeaderName = HeaderName::from_static(domain::trace_parent::NAME);
const API_KEY: HeaderName = HeaderName::from_static("api-key");
const USER: HeaderName = HeaderName::from_static(domain::empego::user_header::NAME);
const TENANT_KEY: HeaderName = HeaderName::from_static("x-tenant-key");

/// One tenant's account at Empego, made ready to send. `Debug` shows no key.
#[derive(Debug)]
pub struct Account {
    base_url: BaseUrl,
    /// `Api-Key`, and `X-Tenant-Key` where the tenant has one; marked sensitive.
    constant_headers: HeaderMap,
    pub(super) embed_hosts: Vec<EmbedHost>,
}

impl Account {
    /// Makes an account ready.
    ///
    /// # Errors
    /// If a key cannot be a header's value.
    pub fn new(
        base_url: BaseUrl,
        api_key: &SecretString,
        tenant_key: Option<&SecretString>,
        embed_hosts: Vec<EmbedHost>,
    ) -> Result<Self, InvalidHeaderValue> {
        let mut constant_headers = HeaderMap::new();
        constant_headers.insert(API_KEY, sensitive(api_key.expose_secret())?);
        if let Some(tenant_key) = tenant_key {
            constant_headers.insert(TENANT_KEY, sensitive(tenant_key.expose_secret())?);
        }
        Ok(Self {
            base_url,
            constant_headers,
            embed_hosts,
        })
    }

    /// Where its API is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The call that carries out a plan: nothing but the plan, the account and the trace has a part in it.
    ///
    /// # Errors
    /// If the user header cannot be a header's value, which would be a defect of ours.
    pub fn outgoing(&self, plan: &Plan, trace: Option<TraceParent>) -> Result<Outgoing, InvalidHeaderValue> {
        // With room for those that are not constant, and for the client's own.
        let mut headers = HeaderMap::with_capacity(self.constant_headers.len() + 4);
        for (name, value) in &self.constant_headers {
            headers.insert(name, value.clone());
        }
        if let Some(header) = &plan.header {
            headers.insert(USER, sensitive(header.as_ref())?);
        }
        if let Some(trace) = trace {
            headers.insert(TRACE_PARENT, HeaderValue::from_str(trace.as_str())?);
        }
        Ok(Outgoing {
            url: self.base_url.embeddable(plan.endpoint, &plan.parameters),
            headers,
        })
    }
}

/// One call, ready to be sent. Its URL has parameters and its headers have keys, so `Debug` shows neither.
pub struct Outgoing {
    /// Where to.
    pub url: Url,
    /// All headers that are ours to set.
    pub headers: HeaderMap,
}

/// A call as it may be shown to somebody who must not see the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRequest {
    /// Where it would go.
    pub url: String,
    /// Its headers; in the place of a key stands the name of a shell's variable.
    pub headers: Vec<(String, String)>,
    /// The same call for a shell whose variables hold the keys.
    pub curl: String,
}

impl Outgoing {
    /// What may be shown of it.
    #[must_use]
    pub fn shown(&self) -> ShownRequest {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), shown_value(name, value)))
            .collect();
        let mut curl = format!("curl -sS {}", quoted(self.url.as_str()));
        for (name, value) in &headers {
            // Double quotes leave a variable to the shell; nothing else that is sent means anything inside them.
            let _written = write!(curl, " -H \"{name}: {value}\"");
        }
        ShownRequest {
            url: self.url.to_string(),
            headers,
            curl,
        }
    }
}

/// Keys are the only values that are not the caller's own.
fn shown_value(name: &HeaderName, value: &HeaderValue) -> String {
    if *name == API_KEY {
        "$EMPEGO_API_KEY".to_owned()
    } else if *name == TENANT_KEY {
        "$EMPEGO_TENANT_KEY".to_owned()
    } else {
        value.to_str().unwrap_or_default().to_owned()
    }
}

/// A text that a shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Outgoing(…)")
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
