//! Reads from Junction for tasks that may run on any thread: what calls Junction stays on one.

use std::sync::Arc;

use actix_web::rt;
use domain::{
    junction::{JunctionId, orders::seen::SeenOrder},
    refusal::Refusal,
};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::{
    directory::Tenant,
    gateway::{FollowedOrder, Gateway},
    upstream::junction::Page,
};

/// How many questions may wait. Who has another one waits for a place.
const WAITING: usize = 64;

/// Asks what reads. Clones ask the same.
#[derive(Clone)]
pub(in crate::app) struct Reader(mpsc::Sender<Question>);

/// A question, and where its answer goes.
pub(super) enum Question {
    Order(OfTeam, JunctionId, Reply<Option<FollowedOrder>>),
    Changed(OfTeam, Timestamp, u64, Reply<Page<SeenOrder>>),
    Resend(OfTeam, Timestamp, Timestamp, Reply<()>),
}

/// Whose orders a question is about.
#[derive(Clone)]
pub(super) struct OfTeam {
    pub(super) tenant: Arc<Tenant>,
    pub(super) team: JunctionId,
}

type Reply<T> = oneshot::Sender<Result<T, Refusal>>;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRead {
    /// Junction says so, or is away.
    #[error("{}", .0.code.as_str())]
    Refused(Box<Refusal>),
    /// The configuration does not have its tenant, or not in this environment.
    #[error("not_configured")]
    NotConfigured,
    /// What reads has stopped.
    #[error("stopped")]
    Stopped,
}

impl Reader {
    /// Starts what reads through this gateway. It ends with the last clone. Must be called inside actix's runtime.
    pub(in crate::app) fn start(gateway: Gateway) -> Self {
        let (questions, mut asked) = mpsc::channel(WAITING);
        let gateway = Arc::new(gateway);
        rt::spawn(async move {
            while let Some(question) = asked.recv().await {
                rt::spawn(answer(Arc::clone(&gateway), question));
            }
        });
        Self(questions)
    }

    /// One whose questions a test answers.
    #[cfg(test)]
    pub(super) fn asking(questions: mpsc::Sender<Question>) -> Self {
        Self(questions)
    }

    /// An order of this team with its visit; none if Junction has none.
    pub(super) async fn order(&self, of: OfTeam, order: JunctionId) -> Result<Option<FollowedOrder>, NotRead> {
        self.ask(|reply| Question::Order(of, order, reply)).await
    }

    /// A page of the team's orders that changed since then.
    pub(super) async fn changed(&self, of: OfTeam, since: Timestamp, page: u64) -> Result<Page<SeenOrder>, NotRead> {
        self.ask(|reply| Question::Changed(of, since, page, reply)).await
    }

    /// Has Junction send the team's events of this time again.
    pub(super) async fn resend(&self, of: OfTeam, from: Timestamp, to: Timestamp) -> Result<(), NotRead> {
        self.ask(|reply| Question::Resend(of, from, to, reply)).await
    }

    async fn ask<T>(&self, question: impl FnOnce(Reply<T>) -> Question) -> Result<T, NotRead> {
        let (reply, answered) = oneshot::channel();
        let asked = self.0.send(question(reply)).await;
        asked.map_err(|_gone| NotRead::Stopped)?;
        match answered.await {
            Ok(answer) => answer.map_err(|refusal| NotRead::Refused(Box::new(refusal))),
            Err(_gone) => Err(NotRead::Stopped),
        }
    }
}

async fn answer(gateway: Arc<Gateway>, question: Question) {
    match question {
        Question::Order(of, order, reply) => {
            let read = gateway.follow_order(&of.tenant, of.team, order).await;
            let _asker_may_have_left = reply.send(read);
        }
        Question::Changed(of, since, page, reply) => {
            let read = gateway.orders_changed_since(&of.tenant, of.team, since, page).await;
            let _asker_may_have_left = reply.send(read);
        }
        Question::Resend(of, from, to, reply) => {
            let asked = gateway.resend_events(&of.tenant, of.team, from, to).await;
            let _asker_may_have_left = reply.send(asked);
        }
    }
}
