//! One request of the story, and what is shown of it. Pure.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, InvalidHeaderValue},
};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::{
    steps::{Key, Step, Team},
    story::Story,
};
use crate::{mask::mask_json, redact::Redactor, report::RequestEvidence, request::Request, settings::Settings};

const TEAM: HeaderName = HeaderName::from_static("x-junction-team");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request, ready to be sent.
pub(super) struct Prepared {
    pub(super) request: Request,
    pub(super) request_id: String,
    pub(super) evidence: RequestEvidence,
}

/// What all requests have in common.
pub(super) struct Sender<'a> {
    pub(super) settings: &'a Settings,
    pub(super) redactor: &'a Redactor,
}

impl Sender<'_> {
    /// Puts a step's request together; none if the story has not come so far.
    ///
    /// # Errors
    /// If the key or the team cannot be a header's value.
    pub(super) fn prepare(&self, step: &Step, story: &Story) -> Result<Option<Prepared>, InvalidHeaderValue> {
        let Some(asked) = (step.ask)(story) else {
            return Ok(None);
        };
        let Some(path) = story.path(step.path) else {
            return Ok(None);
        };
        let request_id = Uuid::new_v4().to_string();
        let method = if asked.is_get { Method::GET } else { Method::POST };
        let mut request = Request::new(method.clone(), self.settings.target.below(&path));
        let key = format!("Bearer {}", self.settings.key.expose_secret());
        let mut headers = HeaderMap::from_iter([
            (AUTHORIZATION, HeaderValue::from_str(&key)?),
            (REQUEST_ID, HeaderValue::from_str(&request_id)?),
        ]);
        let mut shown = vec![
            ("authorization", "Bearer (the key)"),
            ("x-request-id", request_id.as_str()),
        ];
        let team = match asked.team {
            Team::InBody => None,
            Team::Own => Some(&self.settings.junction.team),
            Team::Other => Some(&self.settings.other_team),
        };
        if let Some(team) = team.filter(|team| !team.is_empty()) {
            headers.insert(TEAM, HeaderValue::from_str(team)?);
            shown.push(("x-junction-team", "(a team)"));
        }
        let key = match asked.key {
            Key::None => None,
            Key::Own => Some(story.key.clone()),
            Key::Refused => Some(format!("{}-refused", story.key)),
        };
        if let Some(key) = key {
            headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(&key)?);
            shown.push(("idempotency-key", "(the run's)"));
        }
        let body = asked.body.as_ref().map(ToString::to_string);
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            shown.push(("content-type", "application/json"));
        }
        let evidence = RequestEvidence {
            method: method.to_string(),
            path: self.redactor.ours(step.path),
            headers: shown
                .into_iter()
                .map(|(name, value)| (name.to_owned(), self.redactor.ours(value)))
                .collect(),
            body: body.as_deref().map(|body| self.redactor.ours(&mask_json(body))),
        };
        request.headers = headers;
        request.body = body.map(String::into_bytes);
        Ok(Some(Prepared {
            request,
            request_id,
            evidence,
        }))
    }
}
