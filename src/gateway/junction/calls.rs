//! The calls of one launch: each within the launch's time, counted, and repeated where that is safe.

use std::sync::Arc;

use domain::{
    clinician::UserId,
    junction::{JunctionCall, JunctionId},
    reason::Reason,
    refusal::Refusal,
    trace_parent::TraceParent,
};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use super::retry;
use crate::{
    directory::{Memory, Tenant},
    gateway::{Gateway, Progress, progress::Timer, verdict::call_outcome},
    resilience::{CallError, Deadline},
    telemetry::{
        metrics::{CallOutcome, UpstreamCall},
        trace,
    },
    upstream::{
        junction::{Account, Api, Call, CallContext, JunctionError, Meaning, Pdf, PdfStream, TeamToken},
        wire::NoAnswer,
    },
};

/// What the calls of one launch have in common.
#[derive(Clone, Copy)]
pub(super) struct Calls<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) tenant: &'a Arc<Tenant>,
    /// Who acts, if that is proven.
    pub(super) person: Option<&'a UserId>,
    pub(super) account: &'a Account,
    pub(super) memory: &'a Memory,
    pub(super) trace: Option<TraceParent>,
    pub(super) deadline: &'a Deadline,
    pub(super) progress: &'a Progress,
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

impl From<Reason> for Stopped {
    fn from(reason: Reason) -> Self {
        Refusal::from(reason).into()
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

    /// The status of the response that it is about, if there was one.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::ByJunction(CallError::Failed(JunctionError::Answered { status, .. })) => Some(*status),
            Self::ByJunction(CallError::Failed(JunctionError::NoAnswer(_)) | CallError::CircuitOpen(_))
            | Self::Refused(_) => None,
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
    Refusal::answered(Reason::JunctionContradicts, status, None, None).into()
}

impl Calls<'_> {
    /// Makes a call of the Management API.
    pub(super) async fn ask<T>(&self, call: &Call<T>) -> Result<T, Stopped> {
        self.asked(call, None, self.whole(call)).await
    }

    /// Makes a call of a team's API.
    pub(super) async fn ask_team<T>(&self, team: JunctionId, call: &Call<T>) -> Result<T, Stopped> {
        self.with_token(team, async |token| {
            self.asked(call, Some(token), self.whole(call)).await
        })
        .await
    }

    /// Makes a call of a team's API for a document, which has only begun to arrive when this returns.
    pub(super) async fn stream_team(&self, team: JunctionId, call: &Call<Pdf>) -> Result<PdfStream, Stopped> {
        let begin = async |context: CallContext<'_>| self.gateway.junction.stream(self.account, call, context).await;
        self.with_token(team, async |token| self.asked(call, Some(token), &begin).await)
            .await
    }

    /// How a call is made whose response is read at once.
    fn whole<T>(&self, call: &Call<T>) -> impl AsyncFn(CallContext<'_>) -> Result<T, JunctionError> {
        async move |context: CallContext<'_>| self.gateway.junction.make(self.account, call, context).await
    }

    /// Does something with the team's token. One that is not accepted is replaced once.
    async fn with_token<T>(
        &self,
        team: JunctionId,
        make: impl AsyncFn(&TeamToken) -> Result<T, Stopped>,
    ) -> Result<T, Stopped> {
        let token = self.token(team, None).await?;
        match make(&token).await {
            Err(stopped) if stopped.is_unauthorized() => {
                let token = self.token(team, Some(&token)).await?;
                make(&token).await
            }
            outcome => outcome,
        }
    }

    /// The team's token: the one there is, if it is good and not the one that was just refused, or a new one.
    async fn token(&self, team: JunctionId, refused: Option<&TeamToken>) -> Result<TeamToken, Stopped> {
        let slot = self.memory.tokens.slot(team);
        let waited = timeout(self.deadline.remaining(), slot.lock()).await;
        let mut slot = waited.map_err(|_somebody_else_is_still_waiting| JunctionError::from(NoAnswer::Timeout))?;
        if let Some(token) = &*slot
            && token.is_good(Instant::now())
            && !refused.is_some_and(|refused| refused.is(token))
        {
            return Ok(token.clone());
        }
        let call = Call::create_api_access_token(team, self.account.environment);
        let token = TeamToken::new(self.ask(&call).await?, Instant::now());
        Ok(slot.insert(token).clone())
    }

    /// Makes a call, and again where its outcome allows.
    async fn asked<T, R>(
        &self,
        call: &Call<T>,
        token: Option<&TeamToken>,
        send: impl AsyncFn(CallContext<'_>) -> Result<R, JunctionError>,
    ) -> Result<R, Stopped> {
        if self.deadline.caller_has_left() {
            return Err(JunctionError::from(NoAnswer::Timeout).into());
        }
        let memory = self.memory;
        let calls = match call.api {
            Api::Management => &memory.management_calls,
            Api::Team => &memory.team_calls,
        };
        let verdict = |error: &JunctionError| retry::verdict(error, call.safety);
        let once = async || {
            let mut counted = self.counted(call.name);
            let span = trace::call_span(&self.tenant.id);
            let circumstances = CallContext {
                token,
                trace: trace::place_of(&span, self.trace),
                within: self.deadline.remaining(),
            };
            let made = send(circumstances).instrument(span).await;
            let health = made.as_ref().map(drop).map_err(|error| verdict(error).health);
            counted.outcome = call_outcome(health);
            made
        };
        // Boxed, since a launch has room for several calls at once, and a worker for many launches.
        let made = Box::pin(calls.make(self.deadline, self.person, once, verdict)).await;
        made.map_err(Stopped::ByJunction)
    }

    fn counted(&self, call: JunctionCall) -> Counted<'_> {
        Counted {
            calls: *self,
            call,
            timer: self.progress.call(),
            outcome: CallOutcome::CutShort,
        }
    }
}

/// A call in flight. It is counted when it ends, also if it is dropped because its response is no longer needed.
struct Counted<'a> {
    calls: Calls<'a>,
    call: JunctionCall,
    timer: Timer<'a>,
    outcome: CallOutcome,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let Calls { gateway, tenant, .. } = self.calls;
        let call = UpstreamCall::Junction(self.call);
        gateway
            .metrics
            .called(&tenant.id, call, self.outcome, self.timer.elapsed());
    }
}
