//! One tenant: its side at each vendor, and what bounds its launches.

use std::sync::Arc;

use domain::{embed_url::EmbedHost, frame::Frame};

use super::{EmpegoTenant, JunctionTenant, upstream::Upstream};
use crate::resilience::{RateLimit, TenantSeats};

/// One Empego API key with its policy, one organization at Junction, or both.
#[derive(Debug)]
pub struct Tenant {
    /// Its name in logs and metrics.
    pub id: Arc<str>,
    /// Its side at Empego, if it has one.
    pub empego: Option<EmpegoTenant>,
    /// Its side at Junction, if it has one.
    pub junction: Option<JunctionTenant>,
    /// How pages should show what it embeds.
    pub frame: Frame,
    /// Its slots for launches in flight.
    pub seats: TenantSeats,
    /// How many launches all its hosts together may ask for.
    pub rate: Option<Arc<RateLimit>>,
}

impl Tenant {
    /// Every API that its launches call.
    pub fn upstreams(&self) -> impl Iterator<Item = Upstream<'_>> {
        let empego = self.empego.iter().flat_map(EmpegoTenant::upstreams);
        let junction = self.junction.iter().flat_map(JunctionTenant::upstreams);
        empego.chain(junction)
    }

    /// The hosts that the apps of its launches may be on.
    pub fn app_hosts(&self) -> impl Iterator<Item = &EmbedHost> {
        let empego = self.empego.iter().flat_map(|empego| empego.account.embed_hosts());
        let junction = self.junction.iter().flat_map(|junction| junction.account.embed_hosts());
        empego.chain(junction)
    }

    /// How many calls were repeated, to any upstream, ever; and how many would have been with a budget left.
    #[must_use]
    pub fn repeated_calls(&self) -> (u64, u64) {
        self.upstreams().fold((0, 0), |(repeated, denied), upstream| {
            (
                repeated + upstream.calls.repeated(),
                denied + upstream.calls.not_repeated(),
            )
        })
    }
}
