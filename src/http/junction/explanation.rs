//! The JSON document that explains a launch of Junction's app.

use domain::{
    junction::{About, Announced, Explanation, Id, TeamRef, When},
    refusal::Refusal,
};
use serde::Serialize;

use crate::{
    gateway::{ExplainedJunction, ShownCall},
    http::refusal_document::RefusalDocument,
};

/// What a launch would come to. Every member is always there; `null` where there is nothing to say.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JunctionExplanationDocument<'a> {
    outcome: &'static str,
    feature: Option<&'static str>,
    modality: Option<&'static str>,
    environment: Option<&'static str>,
    team: Option<TeamDocument<'a>>,
    member: Option<MemberDocument<'a>>,
    patient: Option<PatientDocument<'a>>,
    order_id: Option<String>,
    calls: Vec<CallDocument<'a>>,
    refusal: Option<RefusalDocument<'a>>,
    /// Absent if the explanation was not requested over HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// One of Junction's ids, or which call tells it.
#[derive(Debug, Serialize)]
struct IdDocument {
    known: bool,
    value: Option<String>,
    from: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TeamDocument<'a> {
    integration_team_id: Option<&'a str>,
    team_id: IdDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MemberDocument<'a> {
    integration_member_id: &'a str,
    member_id: IdDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PatientDocument<'a> {
    client_user_id: Option<&'a str>,
    user_id: IdDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallDocument<'a> {
    name: &'static str,
    method: &'a str,
    url: &'a str,
    headers: [HeaderDocument<'a>; 1],
    when: Option<WhenDocument>,
    unless_remembered: bool,
    refusal: Option<RefusalDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct HeaderDocument<'a> {
    name: &'a str,
    value: &'static str,
}

#[derive(Debug, Serialize)]
struct WhenDocument {
    calls: Vec<&'static str>,
    finding: &'static str,
}

impl<'a> JunctionExplanationDocument<'a> {
    /// Writes down an explanation, with the id of the request for it.
    #[must_use]
    pub fn new(explained: &'a Result<ExplainedJunction, Refusal>, request_id: Option<&'a str>) -> Self {
        match explained {
            Ok(explained) => Self::of_launch(explained, request_id),
            Err(refusal) => Self {
                outcome: "refusal",
                feature: None,
                modality: None,
                environment: None,
                team: None,
                member: None,
                patient: None,
                order_id: None,
                calls: Vec::new(),
                refusal: Some(RefusalDocument::new(refusal)),
                request_id,
            },
        }
    }

    fn of_launch(explained: &'a ExplainedJunction, request_id: Option<&'a str>) -> Self {
        let Explanation { plan, team, member, .. } = &explained.explanation;
        Self {
            outcome: "launch",
            feature: Some(plan.about.kind().pattern()),
            modality: Some(plan.modality.as_str()),
            environment: Some(explained.environment),
            team: Some(TeamDocument {
                integration_team_id: match &plan.team.reference {
                    TeamRef::Integration(reference) => Some(reference.as_ref()),
                    TeamRef::Junction(_) => None,
                },
                team_id: (*team).into(),
            }),
            member: Some(MemberDocument {
                integration_member_id: plan.clinician.user_id().as_ref(),
                member_id: (*member).into(),
            }),
            patient: PatientDocument::of(&explained.explanation),
            order_id: match &plan.about {
                About::Order(order) => Some(order.id.to_string()),
                About::Team(_) | About::NewOrder(_) | About::NewOrderOf(_) => None,
            },
            calls: explained.calls.iter().map(CallDocument::new).collect(),
            refusal: None,
            request_id,
        }
    }
}

impl<'a> PatientDocument<'a> {
    fn of(explanation: &'a Explanation) -> Option<Self> {
        let reference = match &explanation.plan.about {
            About::Team(_) => None,
            About::NewOrder(patient) => Some(&patient.client_user_id),
            About::NewOrderOf(known) | About::Order(known) => known.patient.as_ref(),
        };
        Some(Self {
            client_user_id: reference.map(AsRef::as_ref),
            user_id: explanation.patient?.into(),
        })
    }
}

impl<'a> CallDocument<'a> {
    pub(super) fn new((announced, shown): &'a (Announced, ShownCall)) -> Self {
        Self {
            name: announced.call.as_str(),
            method: &shown.method,
            url: &shown.url,
            headers: [HeaderDocument {
                name: &shown.credential.0,
                value: shown.credential.1,
            }],
            when: WhenDocument::of(announced.when),
            unless_remembered: announced.unless_remembered,
            refusal: announced.refusal.as_ref().map(RefusalDocument::new),
        }
    }
}

impl WhenDocument {
    fn of(when: When) -> Option<Self> {
        match when {
            When::Always => None,
            When::After(calls, finding) => Some(Self {
                calls: calls.iter().map(|call| call.as_str()).collect(),
                finding: finding.as_str(),
            }),
        }
    }
}

impl From<Id> for IdDocument {
    fn from(id: Id) -> Self {
        match id {
            Id::Known(id) => Self {
                known: true,
                value: Some(id.to_string()),
                from: None,
            },
            Id::From(call) => Self {
                known: false,
                value: None,
                from: Some(call.as_str()),
            },
        }
    }
}
