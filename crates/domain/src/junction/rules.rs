//! What a tenant and a host are allowed at Junction.

use super::{Environment, Feature, FeatureGrants, LaunchPage, Modality, Team, orders::grant::OrderGrants};
use crate::{delivery::Delivery, reason::Reason};

/// Everything of a tenant's `[tenant.junction]` that decides about a launch.
#[derive(Debug, Clone)]
pub struct TenantRules {
    /// Which features are granted.
    pub features: FeatureGrants,
    /// How they may be shown.
    pub modalities: Vec<Modality>,
    /// The one world that launches are in.
    pub environment: Environment,
    /// The one team that all launches are in, if the tenant has one; else tokens and requests name theirs.
    pub team: Option<Team>,
    /// Whether a team that Junction does not know is made.
    pub create_team: bool,
    /// What happens to a member who is not in the launch's team.
    pub member_teams: MemberTeams,
    /// Where Fast Launch begins.
    pub launch_page: LaunchPage,
    /// Whether visits may be booked before an order's requisition is there, which Junction enables for some teams.
    pub book_before_requisition: bool,
}

/// Who decides in which teams a member is whom Junction knows already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberTeams {
    /// The launch: its team is added to theirs.
    Add,
    /// Junction's administrators: the gateway adds no member to a team, so a removed member stays removed.
    Keep,
}

impl MemberTeams {
    /// The values, as settings list them.
    pub const VALUES: &str = "add, keep";

    /// Reads a setting.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "add" => Some(Self::Add),
            "keep" => Some(Self::Keep),
            _ => None,
        }
    }
}

/// Everything of a host's settings that decides about a launch or an order: what one that is bound to a patient may open
/// although it is about no one patient, and what it may do with orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostRules {
    /// Features of the team.
    pub unbound_features: FeatureGrants,
    /// A window from where the whole dashboard can be reached.
    pub unbound_link_out: bool,
    /// What it may do with orders.
    pub orders: OrderGrants,
    /// Whether clients of Junction's own may use it in Junction's place.
    pub serves_junction_clients: bool,
    /// In which form it gets the URLs of launches.
    pub delivery: Delivery,
}

impl TenantRules {
    /// Whether this may be opened so.
    pub(super) fn grant(&self, kind: super::FeatureKind, modality: Modality) -> bool {
        self.features.include(kind) && self.modalities.contains(&modality)
    }
}

impl HostRules {
    /// Refuses a launch bound to a patient that opens this, which names no patient, so; unless the host lists it.
    pub(super) fn check_unbound(&self, feature: Feature, modality: Modality) -> Result<(), Reason> {
        if self.unbound_features.include(feature.kind()) {
            self.check_unbound_modality(modality)
        } else {
            Err(Reason::FeatureIsAboutNoPatient)
        }
    }

    /// Refuses a launch bound to a patient that is shown so, unless the host lists it.
    pub(super) fn check_unbound_modality(&self, modality: Modality) -> Result<(), Reason> {
        match modality {
            Modality::FeatureEmbed => Ok(()),
            Modality::LinkOut if self.unbound_link_out => Ok(()),
            Modality::LinkOut => Err(Reason::WindowLeavesPatient),
        }
    }
}
