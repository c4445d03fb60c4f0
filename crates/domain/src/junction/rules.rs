//! What a tenant and a host are allowed at Junction.

use super::{Environment, Feature, FeatureGrants, LaunchPage, Modality, Team};

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
    /// Where Fast Launch begins.
    pub launch_page: LaunchPage,
}

/// Everything of a host's settings that decides about a launch: what one that is bound to a patient may open although it is
/// about no one patient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostRules {
    /// Features of the team.
    pub unbound_features: FeatureGrants,
    /// A window from where the whole dashboard can be reached.
    pub unbound_link_out: bool,
}

impl TenantRules {
    /// Whether this may be opened so.
    pub(super) fn grant(&self, kind: super::FeatureKind, modality: Modality) -> bool {
        self.features.include(kind) && self.modalities.contains(&modality)
    }
}

impl HostRules {
    /// Whether a launch bound to a patient may open this, which names no patient, so.
    pub(super) fn grant_unbound(&self, feature: Feature, modality: Modality) -> bool {
        self.unbound_features.include(feature.kind()) && self.grant_unbound_modality(modality)
    }

    /// Whether a launch bound to a patient may be shown so.
    pub(super) fn grant_unbound_modality(&self, modality: Modality) -> bool {
        match modality {
            Modality::FeatureEmbed => true,
            Modality::LinkOut => self.unbound_link_out,
        }
    }
}
