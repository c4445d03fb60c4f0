//! What a launch asks for, be it in the body of an API call or in the query of a Fast Launch.

use serde_json::Value;

use super::{
    Id, Junction, Refused,
    feature::{Environment, Feature, Modality},
    fields::{self, Fields, Read},
    visit::Visit,
};

/// A member or a team, by one of its two ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    Junctions(Id),
    Partners(String),
}

/// A launch that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) member: Reference,
    pub(super) team: Reference,
    pub(super) feature: Feature,
    pub(super) modality: Modality,
    pub(super) environment: Environment,
}

impl Wanted {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let member = Reference::read(fields, "member_id", "integration_member_id");
        let team = Reference::read(fields, "team_id", "integration_team_id");
        let feature = fields.required("feature", feature);
        let modality = fields.required("modality", modality);
        let environment = fields.required("environment", fields::environment);
        Some(Self {
            member: member?,
            team: team?,
            feature: feature?,
            modality: modality?,
            environment: environment?,
        })
    }
}

impl Reference {
    /// One of the pair. Junction documents that only for Fast Launch; here it is the rule everywhere.
    fn read(fields: &mut Fields<'_>, junctions: &str, partners: &str) -> Option<Self> {
        let id = fields.optional(junctions, fields::id);
        let name = fields.optional(partners, fields::short_text);
        match (id, name) {
            (Some(id), None) => Some(Self::Junctions(id)),
            (None, Some(name)) => Some(Self::Partners(name)),
            (None, None) | (Some(_), Some(_)) => {
                fields.refuse(
                    "value_error",
                    format!("Exactly one of {junctions} and {partners} is required"),
                );
                None
            }
        }
    }
}

impl Junction {
    /// The visit that is asked for, if this member may act so for this team, and what is to be opened is this team's.
    pub(super) fn admit(&self, wanted: &Wanted) -> Result<Visit, Refused> {
        let member = self.member(&wanted.member)?;
        let team = self.team(&wanted.team)?.id;
        if !member.teams().any(|bound| bound == team) {
            return Err(Refused::Forbidden("The member has no role in this team"));
        }
        match wanted.feature {
            Feature::OrderCreationFor(user) if self.patient(user, team, wanted.environment).is_none() => {
                return Err(Refused::NotFound("User not found"));
            }
            Feature::Order(order) if self.order(order, team, wanted.environment).is_none() => {
                return Err(Refused::NotFound("Order not found"));
            }
            Feature::OrderCreation
            | Feature::OrderCreationFor(_)
            | Feature::Order(_)
            | Feature::TeamPanels
            | Feature::TeamConfig => {}
        }
        Ok(Visit {
            member: member.id,
            team,
            feature: wanted.feature,
            modality: wanted.modality,
            environment: wanted.environment,
        })
    }
}

fn feature(value: &Value) -> Read<Feature> {
    let feature = Feature::parse(&fields::text(value)?);
    feature.map_or_else(
        || fields::wrong("value_error", "Input should be a published feature"),
        Ok,
    )
}

fn modality(value: &Value) -> Read<Modality> {
    let modality = Modality::named(&fields::text(value)?);
    modality.map_or_else(
        || fields::wrong("literal_error", "Input should be 'feature_embed' or 'link_out'"),
        Ok,
    )
}
