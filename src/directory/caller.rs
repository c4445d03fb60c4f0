//! Who calls: an authenticated host with its tenant, and the acting person, if a token or session vouches for them.

use std::sync::Arc;

use domain::{
    claims::{Claims, TokenClinician},
    clinician::UserId,
    empego::Endpoint,
    junction::Vouched,
    reason::Reason,
    refusal::Refusal,
};

use super::{EmpegoTenant, Host, JunctionTenant, Tenant, TokenClaims};
use crate::resilience::{Kind, Party, RateLimit, Reach, SharedLimits, TooMany};

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
    /// What the token says, who acts included.
    pub claims: Claims,
    /// What that means.
    pub map: Arc<TokenClaims>,
}

/// A client that proved nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// Why not.
    pub reason: Reason,
    /// The id of the host that an unproven token names, for the operator's log alone.
    pub candidate: Option<Arc<str>>,
}

/// Why there is no caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCaller {
    /// No host has this id.
    UnknownHost,
    /// The host's clinicians come from tokens, and no claims were given.
    ClaimsRequired,
    /// The host states its clinicians itself, and claims were given.
    ClaimsNotAccepted,
}

impl From<Reason> for Stranger {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            candidate: None,
        }
    }
}

impl TokenIdentity {
    /// Everything the token says about a launch.
    #[must_use]
    pub fn vouched(&self) -> Vouched {
        let person = self.claims.clinician(&self.map.person);
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
    /// [`Reason::TenantWithoutEmpego`], [`Reason::EndpointNotGranted`].
    pub fn empego(&self, endpoint: Endpoint) -> Result<&EmpegoTenant, Reason> {
        let empego = self.tenant.empego.as_ref().ok_or(Reason::TenantWithoutEmpego)?;
        if empego.rules.endpoints.include(endpoint) {
            Ok(empego)
        } else {
            Err(Reason::EndpointNotGranted)
        }
    }

    /// The tenant's side at Junction.
    ///
    /// # Errors
    /// [`Reason::TenantWithoutJunction`].
    pub fn junction(&self) -> Result<&JunctionTenant, Reason> {
        self.tenant.junction.as_ref().ok_or(Reason::TenantWithoutJunction)
    }

    /// The clinician of a launch, if it is by a token that it is them. What a host's own server states of clinicians bounds
    /// none of them: it could state another one each time.
    #[must_use]
    pub fn proven<'a>(&self, clinician: Option<&'a UserId>) -> Option<&'a UserId> {
        clinician.filter(|_| self.token.is_some())
    }

    /// Counts one launch against the host's and the tenant's rate.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_rates(&self) -> Result<(), Refusal> {
        self.hold_against_rates(RateLimit::check)
    }

    /// Whether either of these rates is used up. Counts nothing.
    ///
    /// # Errors
    /// If so.
    pub fn rates_used_up(&self) -> Result<(), Refusal> {
        self.hold_against_rates(RateLimit::used_up)
    }

    /// Counts one launch against the same rates, as all gateways keep them together.
    ///
    /// # Errors
    /// If there were too many.
    pub async fn check_shared_rates(&self, shared: &SharedLimits, reach: &mut Reach) -> Result<(), Refusal> {
        let (host, tenant) = (&self.host, &self.tenant);
        let of_host = Party {
            kind: Kind::Host,
            tenant: &tenant.id,
            host: &host.id,
            clinician: "",
        };
        let of_tenant = Party {
            kind: Kind::Tenant,
            host: "",
            ..of_host
        };
        for (rate, party, reason) in [
            (&host.rate, of_host, Reason::HostOverRate),
            (&tenant.rate, of_tenant, Reason::TenantOverRate),
        ] {
            if let Some(rate) = rate {
                let checked = shared.check_remembered(party, rate, reach).await;
                checked.map_err(|too_many| over_rate(reason, &too_many))?;
            }
        }
        Ok(())
    }

    fn hold_against_rates(&self, hold: impl Fn(&RateLimit) -> Result<(), TooMany>) -> Result<(), Refusal> {
        for (rate, reason) in [
            (&self.host.rate, Reason::HostOverRate),
            (&self.tenant.rate, Reason::TenantOverRate),
        ] {
            if let Some(rate) = rate {
                hold(rate).map_err(|too_many| over_rate(reason, &too_many))?;
            }
        }
        Ok(())
    }
}

/// The refusal of a launch over a rate, with when to come back.
pub(crate) fn over_rate(reason: Reason, too_many: &TooMany) -> Refusal {
    Refusal {
        retry_after_secs: Some(too_many.retry_after_secs),
        ..reason.into()
    }
}
