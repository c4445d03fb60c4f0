//! One launch of Junction's app: the team, the member in it, whom or what it is about, and only then the URL. `launch` is the
//! story, `calls` the means.

mod both;
mod calls;
mod continuation;
mod explanation;
mod launch;
mod member;
mod orders;
mod refresh;
mod refused;
mod retry;
mod subject;
mod team;

pub use continuation::{Continuable, NoneFits, continuable};
pub use explanation::{ExplainedJunction, explain_junction};
pub use launch::{JunctionEmbed, fast_launch};
pub use orders::{
    Clock, ExplainedOrder, FacadeCall, FollowedOrder, Offered, OfferedSlots, OrderKeeping, OrderPdf, OrderRequest,
    OrderResults, OrderToPlace, OrderView, PassedOn, PlacedOrder, Served, StoredEvent, Turns, explain_arrangement,
    explain_order, find_served,
};
