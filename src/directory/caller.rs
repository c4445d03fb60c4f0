//! Who calls: an authenticated host with its tenant, and the person acting if somebody vouches for them.

use std::sync::Arc;

use domain::{
    claims::{Claims, TokenClinician},
    clinician::UserId,
    empego::Endpoint,
    junction::Vouched,
    refusal::{Code, Refusal},
};

use super::{EmpegoTenant, Host, JunctionTenant, Tenant, TokenClaims};
use crate::resilience::TooMany;

/// An authenticated host, with the tenant that is its own whatever the request says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who calls.
    pub host: Arc<Host>,
    /// For whom.
    pub tenant: Arc<Tenant>,
    /// The person acting, if a token says so; else the request states one.
    pub token: Option<Arc<TokenIdentity>>,
}

/// The person behind a verified token.
#[derive(Debug, Clone)]
pub struct TokenIdentity {
    /// Who acts.
    pub user_id: UserId,
    /// What else the token says.
    pub claims: Claims,
    /// What that means.
    pub map: Arc<TokenClaims>,
}

/// Somebody whose browser has a session at a host.
#[derive(Debug)]
pub struct Visitor {
    /// The host, with its tenant.
    pub caller: Caller,
    /// What the session says.
    pub session: Vouched,
}

/// Why nobody calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCaller {
    /// No host has this id.
    UnknownHost,
    /// The host's clinicians come from tokens, and no claims were given.
    ClaimsRequired,
    /// The host states its clinicians itself, and claims were given.
    ClaimsNotAccepted,
    /// The claims name nobody.
    NoUserId,
}

impl TokenIdentity {
    /// Everything the token says about a launch.
    #[must_use]
    pub fn vouched(&self) -> Vouched {
        let person = self.claims.clinician(self.user_id.clone(), &self.map.person);
        self.map.team.beside(person, &self.claims)
    }

    /// The same without the team. A claim that cannot be used counts whatever it is about.
    #[must_use]
    pub fn clinician(&self) -> TokenClinician {
        self.vouched().person
    }
}

impl Caller {
    /// The tenant's side at Empego, if it was granted this endpoint.
    ///
    /// # Errors
    /// [`Code::EndpointDenied`].
    pub fn empego(&self, endpoint: Endpoint) -> Result<&EmpegoTenant, Code> {
        let empego = self.tenant.empego.as_ref();
        empego
            .filter(|empego| empego.rules.endpoints.include(endpoint))
            .ok_or(Code::EndpointDenied)
    }

    /// The tenant's side at Junction.
    ///
    /// # Errors
    /// [`Code::FeatureDenied`] if there is nothing of Junction's to open.
    pub fn junction(&self) -> Result<&JunctionTenant, Code> {
        self.tenant.junction.as_ref().ok_or(Code::FeatureDenied)
    }

    /// Counts one launch against the host's and the tenant's rate.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_rates(&self) -> Result<(), Refusal> {
        for rate in [&self.host.rate, &self.tenant.rate].into_iter().flatten() {
            rate.check()?;
        }
        Ok(())
    }
}

impl From<TooMany> for Refusal {
    fn from(too_many: TooMany) -> Self {
        Self {
            retry_after_secs: Some(too_many.retry_after_secs),
            ..Code::RateLimited.into()
        }
    }
}
