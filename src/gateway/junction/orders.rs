//! Orders for at-home phlebotomy: each request of a host's as a story of its own. `ordering` is what they have in common,
//! `keeping` what they need beside Junction, and `fate` what becomes of a call that must not be made twice.

mod cancelling;
mod catalogue;
mod clock;
mod events;
mod explanation;
mod facade;
mod fate;
mod follow;
mod keeping;
mod offered;
mod ordering;
mod placing;
mod reading;
mod receiving;
mod results;
mod scheduling;
mod simulating;
mod turns;

pub use clock::Clock;
pub use events::StoredEvent;
pub use explanation::{ExplainedOrder, explain_arrangement, explain_order};
pub use facade::{FacadeCall, PassedOn, Served, find as find_served};
pub use follow::FollowedOrder;
pub use keeping::OrderKeeping;
pub use offered::Offered;
pub use ordering::OrderRequest;
pub use placing::{OrderToPlace, PlacedOrder};
pub use reading::OrderView;
pub use results::{OrderPdf, OrderResults};
pub use scheduling::OfferedSlots;
pub use turns::Turns;
