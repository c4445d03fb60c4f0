//! What a launch asks for, be it in the body of an API call or in the query of a Fast Launch.

use serde_json::Value;

use super::{
    feature::{Environment, Feature, Modality},
    fields::{self, Fields, Read},
    id::Id,
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
