//! The JSON document that explains a launch.

use domain::{
    clinician::Clinician,
    empego::{Endpoint, Explanation, Plan, user_header::UserHeader},
};
use serde::Serialize;

use crate::{
    gateway::{Explained, ShownRequest},
    http::refusal_document::RefusalDocument,
};

/// What a launch would come to. Every member is always there; `null` where there is nothing to say.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplanationDocument<'a> {
    outcome: &'static str,
    intent: Option<IntentDocument>,
    rule: Option<RuleDocument>,
    identity: Option<&'static str>,
    audience: &'static str,
    warnings: Vec<&'static str>,
    header: Option<HeaderDocument<'a>>,
    request: Option<RequestDocument<'a>>,
    refusal: Option<RefusalDocument<'a>>,
    /// Absent if the explanation was not requested over HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct IntentDocument {
    value: &'static str,
    stated: bool,
}

#[derive(Debug, Serialize)]
struct RuleDocument {
    intent: &'static str,
    given: &'static str,
    seen: &'static str,
    reason: &'static str,
}

/// The header as it would be sent, and what is in it.
#[derive(Debug, Serialize)]
struct HeaderDocument<'a> {
    encoded: String,
    decoded: &'a Clinician,
}

#[derive(Debug, Serialize)]
struct RequestDocument<'a> {
    method: &'static str,
    url: &'a str,
    headers: Vec<NamedValue<'a>>,
    curl: &'a str,
}

#[derive(Debug, Serialize)]
struct NamedValue<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> ExplanationDocument<'a> {
    /// Writes down an explanation of a launch to this endpoint, with the id of the request for it.
    #[must_use]
    pub fn new(explained: &'a Explained, endpoint: Endpoint, request_id: Option<&'a str>) -> Self {
        let explanation = explained.explanation.as_ref().ok();
        let outcome = match &explained.explanation {
            Ok(explanation) => explanation.outcome.as_ref(),
            Err(refusal) => Err(refusal),
        };
        let plan = outcome.ok();
        Self {
            outcome: if plan.is_some() { "launch" } else { "refusal" },
            intent: explanation.and_then(IntentDocument::of),
            rule: explanation.and_then(RuleDocument::of),
            identity: plan.map(|plan| plan.identity.as_str()),
            audience: endpoint.audience().as_str(),
            warnings: plan.map(warnings).unwrap_or_default(),
            header: explanation.and_then(HeaderDocument::of),
            request: explained.request.as_ref().map(RequestDocument::new),
            refusal: outcome.err().map(RefusalDocument::new),
            request_id,
        }
    }
}

fn warnings(plan: &Plan) -> Vec<&'static str> {
    plan.warnings.iter().map(|warning| warning.as_str()).collect()
}

impl IntentDocument {
    fn of(explanation: &Explanation) -> Option<Self> {
        Some(Self {
            value: explanation.intent?.as_str(),
            stated: explanation.stated,
        })
    }
}

impl RuleDocument {
    fn of(explanation: &Explanation) -> Option<Self> {
        let row = explanation.row?;
        Some(Self {
            intent: row.intent.as_str(),
            given: row.given.as_str(),
            seen: row.seen.as_str(),
            reason: row.because,
        })
    }
}

impl<'a> HeaderDocument<'a> {
    fn of(explanation: &'a Explanation) -> Option<Self> {
        let decoded = explanation.clinician.as_ref()?;
        Some(Self {
            encoded: UserHeader::encode(decoded).as_ref().to_owned(),
            decoded,
        })
    }
}

impl<'a> RequestDocument<'a> {
    fn new(shown: &'a ShownRequest) -> Self {
        let headers = shown.headers.iter().map(|(name, value)| NamedValue { name, value });
        Self {
            method: "GET",
            url: &shown.url,
            headers: headers.collect(),
            curl: &shown.curl,
        }
    }
}
