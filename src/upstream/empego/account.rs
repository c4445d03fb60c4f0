//! A tenant's account at Empego, and the calls that it makes. Pure.

use domain::{
    embed_url::EmbedHost,
    empego::{BaseUrl, Endpoint, Parameters, Plan},
    trace_parent::TraceParent,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::request::{API_KEY, Outgoing, TENANT_KEY};
use crate::upstream::wire::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

const TRACE_PARENT: HeaderName = HeaderName::from_static(domain::trace_parent::NAME);
/// A user header that is not base64, so that no user can be read from it.
const UNREADABLE: HeaderValue = HeaderValue::from_static("not-base64!");
const USER: HeaderName = HeaderName::from_static(domain::header_names::USER);

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

    /// Where its app may be.
    #[must_use]
    pub fn embed_hosts(&self) -> &[EmbedHost] {
        &self.embed_hosts
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

    /// A call that can create nothing: its user header cannot be read. It carries the keys, or nothing to authenticate with.
    pub(super) fn harmless(&self, with_keys: bool) -> Outgoing {
        let mut headers = if with_keys {
            self.constant_headers.clone()
        } else {
            HeaderMap::new()
        };
        headers.insert(USER, UNREADABLE);
        Outgoing {
            url: self.base_url.embeddable(Endpoint::Statistics, &Parameters::default()),
            headers,
        }
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
