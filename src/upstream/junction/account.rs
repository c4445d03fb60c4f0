//! A tenant's organization at Junction, prepared for calls. Pure.

use domain::{
    embed_url::{EmbedHost, EmbedUrl},
    junction::{Environment, JunctionCall, JunctionId, Region},
    trace_parent::{self, TraceParent},
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{
    answer::Opened,
    call::Call,
    detail::Detail,
    error::{JunctionError, Meaning},
    row::Api,
    tokens::TeamToken,
};
use crate::upstream::wire::{
    HeaderName, HeaderValue, InvalidHeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};

pub(super) const MANAGEMENT_KEY: HeaderName = HeaderName::from_static("x-management-key");
const TRACE_PARENT: HeaderName = HeaderName::from_static(trace_parent::NAME);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One organization. `Debug` shows no key.
#[derive(Debug)]
pub struct Account {
    org: JunctionId,
    /// Marked sensitive.
    management_key: HeaderValue,
    addresses: Addresses,
    /// Where teams that are made keep their data.
    pub region: Region,
    /// The world that launches are in.
    pub environment: Environment,
    pub(super) embed_hosts: Vec<EmbedHost>,
}

/// Where Junction's two APIs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The Management API.
    pub management: Url,
    /// The API of the teams of one region and environment.
    pub team: Url,
}

impl Account {
    /// Makes an account ready.
    ///
    /// # Errors
    /// If the key cannot be a header's value.
    pub fn new(
        org: JunctionId,
        management_key: &SecretString,
        addresses: Addresses,
        region: Region,
        environment: Environment,
        embed_hosts: Vec<EmbedHost>,
    ) -> Result<Self, InvalidHeaderValue> {
        Ok(Self {
            org,
            management_key: sensitive(management_key.expose_secret())?,
            addresses,
            region,
            environment,
            embed_hosts,
        })
    }

    /// Where its app may be.
    #[must_use]
    pub fn embed_hosts(&self) -> &[EmbedHost] {
        &self.embed_hosts
    }

    /// Whether calls go to the same organization at the same addresses, so that what was learned about it stays valid.
    #[must_use]
    pub fn is_of_the_same_world_as(&self, other: &Self) -> bool {
        self.org == other.org && self.addresses == other.addresses && self.environment == other.environment
    }

    /// The request of a call. A team's API is called with the team's token, and the Management API alone with its key.
    ///
    /// # Errors
    /// If a token cannot be a header's value.
    pub(super) fn request<T>(
        &self,
        call: &Call<T>,
        token: Option<&TeamToken>,
        trace: Option<TraceParent>,
    ) -> Result<Request, InvalidHeaderValue> {
        let mut request = Request::new(call.method.clone(), self.url(call));
        let headers = &mut request.headers;
        match call.api {
            Api::Management => {
                headers.insert(MANAGEMENT_KEY, self.management_key.clone());
            }
            Api::Team => {
                if let Some(token) = token {
                    headers.insert(AUTHORIZATION, sensitive(&format!("Bearer {}", token.expose()))?);
                }
            }
        }
        if let Some(trace) = trace {
            headers.insert(TRACE_PARENT, HeaderValue::from_str(trace.as_str())?);
        }
        for (name, value) in &call.headers {
            headers.insert(name, HeaderValue::from_str(value)?);
        }
        if let Some(body) = &call.body {
            headers.insert(CONTENT_TYPE, JSON);
            request.body = Some(body.clone());
        }
        request.max_body = Some(call.max_body);
        Ok(request)
    }

    fn url<T>(&self, call: &Call<T>) -> Url {
        let mut url = self.address(call.api, &call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        url
    }

    pub(super) fn address(&self, api: Api, path: &[String]) -> Url {
        let org = self.org.to_string();
        let (base, start): (_, &[&str]) = match api {
            Api::Management => (&self.addresses.management, &["v1", "org", &org]),
            Api::Team => (&self.addresses.team, &[]),
        };
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(start).extend(path);
        }
        url
    }
}

impl Opened {
    /// The URL, checked.
    ///
    /// # Errors
    /// If it must not be shown.
    pub fn checked(self, account: &Account) -> Result<EmbedUrl, JunctionError> {
        EmbedUrl::parse(&self.url, &account.embed_hosts).map_err(|_url_stays_secret| JunctionError::Answered {
            call: JunctionCall::CreateDashboardUrl,
            meaning: Meaning::BadUrl,
            status: 200,
            detail: Detail::default(),
            retry_after: None,
        })
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
