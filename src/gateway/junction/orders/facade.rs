//! Serves Junction's own clients in Junction's place: what they send goes to Junction as it came, and comes back as it came,
//! under the rules that all orders are under. `table` is everything that is served.

mod placing;
mod table;
mod visits;

pub use table::{Served, find};

use std::{rc::Rc, sync::Arc};

use domain::{
    junction::{
        ClientUserId, Environment, JunctionCall, JunctionId,
        orders::{
            facade::Wanted,
            idempotency::IdempotencyKey,
            seen::{SeenOrder, Tier},
            whose::Whose,
        },
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::Timestamp;

use super::{
    super::{calls::Stopped, refused::orders_refusal},
    fate::Fate,
    offered::Offered,
    ordering::{InTeam, Ordering, not_theirs},
    results::{check_requisition, check_results, not_ready},
};
use crate::{
    directory::Caller,
    gateway::{Gateway, LaunchContext, Progress},
    resilience::CallError,
    upstream::junction::{AsSent, Call, PdfStream, Verbatim},
};

/// What one of Junction's clients sent.
pub struct FacadeCall {
    /// Which call it is.
    pub served: &'static Served,
    /// What its path names, in order.
    pub values: Vec<String>,
    /// Its query, in order.
    pub query: Vec<(&'static str, String)>,
    /// Its body, if it has one.
    pub body: Option<Vec<u8>>,
    /// The same by what the rules need to know of it.
    pub wanted: Wanted,
    /// In which team.
    pub whose: Whose,
    /// Whether a late cancellation may cost its fee.
    pub accepts_late_fee: bool,
    /// The client's name for an order that it places, if it sent one.
    pub key: Option<IdempotencyKey>,
}

/// What goes back.
pub enum PassedOn {
    /// JSON.
    Json {
        /// The status that goes with it.
        status: u16,
        /// The document.
        body: Vec<u8>,
        /// The order that was placed, if one was.
        placed: Option<JunctionId>,
    },
    /// A document, which has begun to arrive.
    Document(PdfStream),
}

impl Gateway {
    /// Does what one of Junction's clients asked for.
    ///
    /// # Errors
    /// Why not; the fields at fault by Junction's names.
    pub async fn pass_on(
        self: &Arc<Self>,
        caller: &Caller,
        asked: FacadeCall,
        context: LaunchContext,
        progress: &Rc<Progress>,
    ) -> Result<PassedOn, Refusal> {
        if let Wanted::Simulation(_) = asked.wanted {
            match caller.junction()?.rules.environment {
                Environment::Sandbox => {}
                Environment::Production => return Err(Reason::SimulationInProduction.into()),
            }
        }
        let host = Arc::clone(&caller.host.id);
        self.order(caller, None, context, progress, async move |ordering| {
            let whose = ordering.in_team(&asked.whose).await?;
            Passing {
                ordering,
                asked: &asked,
                whose: &whose,
                host: &host,
            }
            .pass()
            .await
        })
        .await
    }
}

/// A call that is being passed on.
struct Passing<'a> {
    ordering: &'a Ordering<'a>,
    asked: &'a FacadeCall,
    whose: &'a InTeam,
    host: &'a Arc<str>,
}

impl Passing<'_> {
    async fn pass(&self) -> Result<PassedOn, Stopped> {
        let verbatim = match &self.asked.wanted {
            Wanted::Catalogue | Wanted::ResolvedUser(_) | Wanted::User(_) | Wanted::Orders(_) => {
                self.read_whole().await?
            }
            Wanted::NewUser(reference) => self.new_user(reference).await?,
            Wanted::UserInfo(user) => {
                self.check_user(*user).await?;
                self.read_whole().await?
            }
            Wanted::NewOrder(order) => self.place(order).await?,
            Wanted::Order(id) => {
                let read = self.read_whole().await?;
                let order = read.order().filter(|order| order.id == *id);
                order.ok_or(Reason::JunctionContradicts)?;
                read
            }
            Wanted::Visit(id) => {
                self.ordering.order(*id, self.whose).await?;
                self.read_whole().await?
            }
            Wanted::Slots(zip) => {
                self.ordering
                    .check_area(self.team(), zip.area(), Some(Tier::Ready))
                    .await?;
                let read = self.read_whole().await?;
                self.remember_slots(&read);
                read
            }
            Wanted::Booking(id, key) => self.book(*id, key).await?,
            Wanted::Request(id, sent) => self.request(*id, sent).await?,
            Wanted::Rescheduling(id, key) => self.reschedule(*id, key).await?,
            Wanted::VisitCancellation(id, sent) => self.cancel_visit(*id, *sent).await?,
            Wanted::OrderCancellation(id) => self.cancel_order(*id).await?,
            Wanted::Results(id) => {
                check_results(&self.ordering.order(*id, self.whose).await?)?;
                self.read_whole().await?
            }
            Wanted::ResultsPdf(id) => return self.document(*id, check_results).await,
            Wanted::Document(id) => return self.document(*id, check_requisition).await,
            Wanted::Simulation(id) => {
                self.ordering.order(*id, self.whose).await?;
                self.passed(&Call::passed_on_for_text(self.sent())).await?
            }
        };
        if !verbatim.is_of(self.team()) {
            return Err(Reason::JunctionNamesOtherTeam.into());
        }
        let is_placing = matches!(self.asked.wanted, Wanted::NewOrder(_));
        let order = is_placing.then(|| verbatim.order()).flatten();
        Ok(PassedOn::Json {
            status: verbatim.status,
            placed: order.map(|order| order.id),
            body: verbatim.body,
        })
    }

    fn team(&self) -> JunctionId {
        self.whose.team
    }

    fn offered(&self) -> &Offered {
        &self.ordering.calls.gateway.orders.offered
    }

    fn now(&self) -> Timestamp {
        self.ordering.now()
    }

    /// The call as it came.
    fn sent(&self) -> AsSent<'_> {
        AsSent {
            call: self.asked.served.call,
            values: &self.asked.values,
            query: &self.asked.query,
            body: self.asked.body.as_deref(),
        }
    }

    /// Passes on what comes to the same if it is done twice.
    async fn read_whole(&self) -> Result<Verbatim, Stopped> {
        self.passed(&Call::passed_on(self.sent())).await
    }

    /// Makes the client's own call. Only its errors are about what the client sent.
    async fn passed(&self, call: &Call<Verbatim>) -> Result<Verbatim, Stopped> {
        let made = self.ordering.calls.ask_team(self.team(), call).await;
        made.map_err(as_sent)
    }

    /// Makes a call that must not be made twice, and reads what became of it if it does not say so.
    async fn passed_once(
        &self,
        read: impl AsyncFnMut() -> Result<Option<Verbatim>, Stopped>,
    ) -> Result<Verbatim, Stopped> {
        let call = Call::passed_on_once(self.sent());
        let stopped = match self.ordering.calls.ask_team(self.team(), &call).await {
            Ok(made) => return Ok(made),
            Err(stopped) => stopped,
        };
        let fate = Fate::of(&stopped);
        let found = self.ordering.read_after(fate, read).await?;
        found.ok_or_else(|| as_sent(stopped))
    }

    /// Creates a user. One whom Junction knows already is refused by it as such.
    async fn new_user(&self, reference: &ClientUserId) -> Result<Verbatim, Stopped> {
        let call = Call::passed_on_once(self.sent());
        match self.ordering.calls.ask_team(self.team(), &call).await {
            Err(stopped) if Fate::of(&stopped) == Fate::Unknown => {
                let read = async || self.user_called(reference).await;
                let found = self.ordering.read_after(Fate::Unknown, read).await?;
                found.ok_or_else(|| as_sent(stopped))
            }
            outcome => outcome.map_err(as_sent),
        }
    }

    /// The user of a reference as Junction shows it, which is also how it responds to their creation.
    async fn user_called(&self, reference: &ClientUserId) -> Result<Option<Verbatim>, Stopped> {
        let call = Call::passed_on(AsSent {
            call: JunctionCall::ResolveUser,
            values: &[reference.as_ref().to_owned()],
            query: &[],
            body: None,
        });
        self.found(&call).await
    }

    /// Reads something that may not be there.
    async fn found(&self, call: &Call<Verbatim>) -> Result<Option<Verbatim>, Stopped> {
        match self.ordering.calls.ask_team(self.team(), call).await {
            Ok(found) => Ok(Some(found)),
            Err(stopped) if stopped.status() == Some(404) => Ok(None),
            Err(stopped) => Err(stopped),
        }
    }

    async fn check_user(&self, user: JunctionId) -> Result<(), Stopped> {
        let found = self.ordering.calls.ask_team(self.team(), &Call::get_user(user)).await?;
        if found.ok_or_else(not_theirs)?.team == self.team() {
            Ok(())
        } else {
            Err(Reason::JunctionNamesOtherTeam.into())
        }
    }

    async fn document(
        &self,
        id: JunctionId,
        check: impl FnOnce(&SeenOrder) -> Result<(), Stopped>,
    ) -> Result<PassedOn, Stopped> {
        check(&self.ordering.order(id, self.whose).await?)?;
        let call = Call::passed_on_for_document(self.sent());
        let stream = self.ordering.calls.stream_team(self.team(), &call).await;
        Ok(PassedOn::Document(stream.map_err(not_ready)?))
    }
}

/// What Junction says of a call as it came, by its own names.
fn as_sent(stopped: Stopped) -> Stopped {
    match stopped {
        Stopped::ByJunction(CallError::Failed(error)) => error.into_refusal_as_sent().into(),
        other @ (Stopped::ByJunction(CallError::CircuitOpen(_)) | Stopped::Refused(_)) => orders_refusal(other).into(),
    }
}
