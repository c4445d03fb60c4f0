//! What a tenant and a host are allowed: the settings a launch is held against.

use std::collections::BTreeMap;

use super::{
    endpoint::{Endpoint, EndpointGrants},
    intent::{IdentityPolicy, Intent},
    parameter::{ExtraParameters, Locale},
};
use crate::delivery::Delivery;

/// One tenant's rules: everything of its settings that decides about a launch.
#[derive(Debug, Clone)]
pub struct TenantRules {
    /// Which identities may be launched.
    pub identity: IdentityPolicy,
    /// Which endpoints are granted.
    pub endpoints: EndpointGrants,
    /// Which parameters beside the documented ones are let through.
    pub extra_parameters: ExtraParameters,
    /// Parameters that launches of an endpoint must state, beside those it always requires.
    pub required_parameters: BTreeMap<Endpoint, Vec<String>>,
    /// The locale when none is sent.
    pub default_locale: Option<Locale>,
}

impl TenantRules {
    /// The names of all parameters a launch of this endpoint must state.
    pub fn required(&self, endpoint: Endpoint) -> impl Iterator<Item = &str> {
        let always = endpoint.required().iter().map(|name| name.as_str());
        let here = self.required_parameters.get(&endpoint).into_iter().flatten();
        always.chain(here.map(String::as_str))
    }
}

/// One host's rules: everything of its settings that decides about a launch.
#[derive(Debug, Clone)]
pub struct HostRules {
    /// The intents it may state.
    pub intents: IntentGrants,
    /// Endpoints that a launch bound to a patient may open although they are about no one patient.
    pub unbound_endpoints: EndpointGrants,
    /// Parameters, beside the patient and the locale, that a launch bound to a patient may send: their values may name
    /// something of another patient's, and the gateway cannot tell.
    pub bound_parameters: Vec<String>,
    /// How Empego's 401 is passed on to it.
    pub upstream_401: Upstream401,
    /// In which form it gets embed URLs.
    pub delivery: Delivery,
}

/// The intents that a host may state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentGrants(Vec<Intent>);

impl IntentGrants {
    /// These and no others.
    #[must_use]
    pub fn of(intents: &[Intent]) -> Self {
        Self(intents.to_vec())
    }

    /// Whether the host may state it.
    #[must_use]
    pub fn include(&self, intent: Intent) -> bool {
        self.0.contains(&intent)
    }
}

/// How Empego's 401 is passed on: some front ends read any 401 as "log out".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upstream401 {
    /// As 401.
    AsIs,
    /// As 502.
    BadGateway,
}
