//! The calls of one launch: each within the launch's time, counted, and repeated where that is safe.

use std::{cell::Cell, sync::Arc};

use domain::{
    junction::{IntegrationTeamId, JunctionId, JunctionPlan, TeamRef},
    refusal::{Code, Refusal},
    trace_parent::TraceParent,
};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use super::JunctionEmbed;
use crate::{
    directory::{Organisation, Tenant},
    gateway::{Gateway, Progress, Timer, call_outcome, empego::retry},
    resilience::{CallError, Deadline},
    telemetry::trace,
    upstream::{
        junction::{Api, Call, CallContext, Created, JunctionError, Meaning, TeamToken},
        wire::NoAnswer,
    },
};

/// One launch under way.
pub(super) struct Errand<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) tenant: &'a Arc<Tenant>,
    pub(super) organisation: &'a Organisation,
    pub(super) plan: &'a JunctionPlan,
    pub(super) trace: Option<TraceParent>,
    pub(super) deadline: Deadline,
    pub(super) progress: &'a Progress,
    /// Whether something was taken from memory that may be gone by now.
    pub(super) made_use_of_memory: Cell<bool>,
}

/// Why a launch ended early.
pub(super) enum Stopped {
    /// By what was found out.
    Refused(Box<Refusal>),
    /// By a call.
    ByJunction(CallError<JunctionError>),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Code> for Stopped {
    fn from(code: Code) -> Self {
        Refusal::from(code).into()
    }
}

impl From<JunctionError> for Stopped {
    fn from(error: JunctionError) -> Self {
        Self::ByJunction(CallError::Failed(error))
    }
}

impl Stopped {
    pub(super) fn may_come_of_old_knowledge(&self) -> bool {
        match self {
            Self::ByJunction(CallError::Failed(error)) => error.may_come_of_old_knowledge(),
            Self::ByJunction(CallError::CircuitOpen(_)) | Self::Refused(_) => false,
        }
    }

    fn is_unauthorized(&self) -> bool {
        matches!(
            self,
            Self::ByJunction(CallError::Failed(JunctionError::Answered {
                meaning: Meaning::Unauthorized,
                ..
            }))
        )
    }
}

/// An answer of this status that cannot be so.
pub(super) fn contradicted(status: u16) -> Stopped {
    Refusal::answered(Code::JunctionConflict, status, None, None).into()
}

impl Errand<'_> {
    /// The whole launch, in order. Nobody is made or changed, and nothing is opened, before whatever is there already was
    /// found to be as it should.
    pub(super) async fn run(&self) -> Result<JunctionEmbed, Stopped> {
        let team = self.team().await?;
        self.check_subject(team).await?;
        let member = self.member(team).await?;
        let feature = self.feature(team).await?;
        let account = &self.organisation.account;
        let modality = self.plan.modality;
        let call = Call::create_dashboard_url(member, team, feature, modality, account.environment);
        let opened = self.ask(&call).await?;
        Ok(JunctionEmbed {
            expires_in: opened.expires_in,
            url: opened.checked(account)?,
            feature,
            modality,
        })
    }

    /// The team's id: known, found, or made.
    async fn team(&self) -> Result<JunctionId, Stopped> {
        let id = self.known_or_found_team().await?;
        let expected = &self.plan.expected;
        if expected.team.is_some_and(|expected| expected != id) {
            return Err(Code::SessionMismatch.into());
        }
        if let Some(reference) = &expected.integration_team
            && self.found_team(reference).await? != Some(id)
        {
            return Err(Code::SessionMismatch.into());
        }
        Ok(id)
    }

    async fn known_or_found_team(&self) -> Result<JunctionId, Stopped> {
        let known = &self.organisation.memory.known;
        let reference = match &self.plan.team.reference {
            TeamRef::Junction(id) => return Ok(*id),
            TeamRef::Integration(reference) => reference,
        };
        if let Some(id) = known.team(&self.plan.team.reference) {
            self.made_use_of_memory.set(true);
            return Ok(id);
        }
        let id = match self.found_team(reference).await? {
            Some(id) => id,
            None => self.new_team().await?,
        };
        known.learn_team(self.plan.team.reference.clone(), id);
        Ok(id)
    }

    /// Finds a team that says itself that it is the one.
    async fn found_team(&self, reference: &IntegrationTeamId) -> Result<Option<JunctionId>, Stopped> {
        let Some(team) = self.ask(&Call::resolve_team(reference)).await? else {
            return Ok(None);
        };
        if team.integration_team_id.as_deref() == Some(reference.as_ref()) {
            Ok(Some(team.id))
        } else {
            Err(contradicted(200))
        }
    }

    async fn new_team(&self) -> Result<JunctionId, Stopped> {
        let (reference, name) = self.plan.new_team()?;
        let region = self.organisation.account.region;
        match self.ask(&Call::create_team(reference, name, region)).await? {
            Created::New(id) => Ok(id),
            // Somebody else may have made it meanwhile; then it is found now, and is the same.
            Created::Existing(id) if self.found_team(reference).await? == Some(id) => Ok(id),
            Created::Existing(_) => Err(contradicted(409)),
        }
    }

    /// Makes a call of the Management API.
    pub(super) async fn ask<T>(&self, call: &Call<T>) -> Result<T, Stopped> {
        self.asked(call, None).await
    }

    /// Makes a call of a team's API. A token that is not accepted is replaced once.
    pub(super) async fn ask_team<T>(&self, team: JunctionId, call: &Call<T>) -> Result<T, Stopped> {
        let token = self.token(team, None).await?;
        match self.asked(call, Some(&token)).await {
            Err(stopped) if stopped.is_unauthorized() => {
                let token = self.token(team, Some(&token)).await?;
                self.asked(call, Some(&token)).await
            }
            outcome => outcome,
        }
    }

    /// The team's token: the one there is, if it is good and not the one that was just refused, or a new one.
    async fn token(&self, team: JunctionId, refused: Option<&TeamToken>) -> Result<TeamToken, Stopped> {
        let slot = self.organisation.memory.tokens.slot(team);
        let waited = timeout(self.deadline.left(), slot.lock()).await;
        let mut slot = waited.map_err(|_somebody_else_is_still_waiting| JunctionError::from(NoAnswer::Timeout))?;
        if let Some(token) = &*slot
            && token.is_good(Instant::now())
            && !refused.is_some_and(|refused| refused.is(token))
        {
            return Ok(token.clone());
        }
        let call = Call::create_api_access_token(team, self.organisation.account.environment);
        let token = TeamToken::new(self.ask(&call).await?, Instant::now());
        Ok(slot.insert(token).clone())
    }

    /// Makes a call, and again where its outcome allows.
    async fn asked<T>(&self, call: &Call<T>, token: Option<&TeamToken>) -> Result<T, Stopped> {
        let memory = &self.organisation.memory;
        let calls = match call.api {
            Api::Management => &memory.management_calls,
            Api::Team => &memory.team_calls,
        };
        let verdict = |error: &JunctionError| retry::of_junction(error, call.is_repeatable);
        let once = async || {
            let begin = Instant::now();
            let _timer = Timer {
                begin,
                calls_took: &self.progress.calls_took,
            };
            self.progress.calls.update(|calls| calls + 1);
            let span = trace::call_span(&self.tenant.id);
            let context = CallContext {
                token,
                trace: trace::place_of(&span, self.trace),
                within: self.deadline.left(),
            };
            let client = &self.gateway.junction;
            let made = client.make(&self.organisation.account, call, context);
            let made = made.instrument(span).await;
            let health = made.as_ref().map(drop).map_err(|error| verdict(error).health);
            let ended = call_outcome(health, self.deadline);
            let metrics = &self.gateway.metrics;
            metrics.asked_junction(&self.tenant.id, call.name, ended, begin.elapsed());
            made
        };
        let made = calls.make(&self.deadline, once, verdict).await;
        made.map_err(Stopped::ByJunction)
    }
}
