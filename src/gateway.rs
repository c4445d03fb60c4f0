//! One launch, from an authenticated caller to an embed URL. This file is the only one that sees all the parts in
//! order; it knows neither the web framework nor the HTTP client.

mod directory;

pub use directory::{Caller, Directory, Host, Proof, SharedDirectory, Tenant, TokenIdentity, TokenProof};

use std::{net::IpAddr, sync::Arc};

use crate::{
    domain::{
        embed_url::EmbedUrl,
        launch::{Launch, Plan, plan},
        refusal::{Code, Refusal},
        rules::Upstream401,
    },
    empego::EmpegoClient,
    resilience::{Admission, Overloaded, RateLimits, TooMany},
};

/// Everything a worker needs to launch.
#[derive(Debug)]
pub struct Gateway {
    /// Who may call, and for which tenant.
    pub directory: SharedDirectory,
    /// Places for launches under way, shared by all workers.
    pub admission: Admission,
    /// Failed authentications by the address they come from, shared by all workers.
    pub strangers: Arc<RateLimits<IpAddr>>,
    /// This worker's own connections.
    pub empego: EmpegoClient,
}

/// A launch that went well.
#[derive(Debug)]
pub struct Embed {
    /// What the caller asked for.
    pub url: EmbedUrl,
    /// What was decided about it.
    pub plan: Plan,
}

impl Gateway {
    /// What somebody is told who proved nothing: `code`, until there were too many from the same address.
    #[must_use]
    pub fn refuse_stranger(&self, from: IpAddr, code: Code) -> Refusal {
        self.strangers.check(&from).map_or_else(Refusal::from, |()| code.into())
    }

    /// Takes one launch from an authenticated caller to an embed URL.
    ///
    /// # Errors
    /// Why there is none, as the caller is told.
    pub async fn launch(&self, caller: &Caller, launch: Launch) -> Result<Embed, Refusal> {
        let plan = plan(launch, &caller.tenant.rules, &caller.host.rules)?;
        if let (Some(rates), Some(clinician)) = (&caller.host.clinician_rates, &plan.user_id) {
            rates.check(clinician)?;
        }
        let _seat = self.admission.seat(&caller.tenant.seats).await?;
        match self.empego.mint(&caller.tenant.account, &plan).await {
            Ok(url) => Ok(Embed { url, plan }),
            Err(error) => Err(for_host(error.into_refusal(&plan), &caller.host)),
        }
    }
}

/// An upstream's refusal as this host wants to hear it.
fn for_host(mut refusal: Refusal, host: &Host) -> Refusal {
    if refusal.code == Code::UpstreamAuthenticationFailed && host.upstream_401 == Upstream401::BadGateway {
        refusal.status = 502;
    }
    if !host.explain
        && let Some(upstream) = &mut refusal.upstream
    {
        upstream.message = None;
    }
    refusal
}

impl From<TooMany> for Refusal {
    fn from(too_many: TooMany) -> Self {
        Self {
            retry_after_secs: Some(too_many.retry_after_secs),
            ..Code::RateLimited.into()
        }
    }
}

impl From<Overloaded> for Refusal {
    fn from(_: Overloaded) -> Self {
        Self {
            retry_after_secs: Some(1),
            ..Code::Overloaded.into()
        }
    }
}
