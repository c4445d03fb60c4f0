//! What hosts can learn of changes by asking.

use std::time::Duration;

use domain::refusal::Refusal;
pub use store::orders::StoredEvent;
use tokio::time::{Instant, sleep};

use super::keeping::unavailable;
use crate::{directory::Caller, gateway::Gateway};

/// The most events in one response.
const AT_ONCE: u32 = 500;

/// How often the store is looked at while a host waits.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(500);

impl Gateway {
    /// A tenant's events after this number, at most 500; waits so long for the first.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn order_events(&self, caller: &Caller, after: i64, wait: Duration) -> Result<Vec<StoredEvent>, Refusal> {
        let store = self.orders.store()?;
        let until = Instant::now() + wait;
        loop {
            let events = store.events(&caller.tenant.id, after, AT_ONCE).await;
            let events = events.map_err(unavailable)?;
            let remaining = until.saturating_duration_since(Instant::now());
            if !events.is_empty() || remaining.is_zero() {
                return Ok(events);
            }
            sleep(LOOK_AGAIN_AFTER.min(remaining)).await;
        }
    }
}
