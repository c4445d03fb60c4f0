//! What goes wrong with webhooks: what `PUT /__sim/junction/webhook-settings` changes.

use serde::{Deserialize, Serialize};

/// The settings, as control takes and shows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, and any may be on beside others"
)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::junction) struct WebhookSettings {
    /// From one attempt to the next, in milliseconds; the first is from the event.
    pub(in crate::junction) schedule_ms: Vec<u64>,
    /// How long a response is waited for.
    pub(in crate::junction) timeout_ms: u64,
    /// How long an endpoint may fail before it is disabled.
    pub(in crate::junction) disable_after_ms: u64,
    /// Of how many events one is never sent; 0 for none.
    pub(in crate::junction) drop_every: u64,
    /// Each event is sent twice, with one id.
    pub(in crate::junction) duplicate: bool,
    /// Of each two events the later is sent first.
    pub(in crate::junction) reorder: bool,
    /// Another, unknown key signs too, and comes first.
    pub(in crate::junction) two_signatures: bool,
    /// An unknown key signs alone.
    pub(in crate::junction) wrong_secret: bool,
    /// The envelope does not name the team.
    pub(in crate::junction) omit_team_id: bool,
    /// Times have no offset.
    pub(in crate::junction) naive_times: bool,
    /// Partial results are an event, which Junction sends on request only.
    pub(in crate::junction) partial_events: bool,
}

/// As documented: at once, then after 5 s, 5 and 30 min, 2, 5, 10 and 10 h.
const SCHEDULE_SECS: [u64; 8] = [0, 5, 300, 1800, 7200, 18_000, 36_000, 36_000];

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            schedule_ms: SCHEDULE_SECS.map(|seconds| seconds * 1000).into(),
            timeout_ms: 15_000,
            disable_after_ms: 5 * 24 * 60 * 60 * 1000,
            drop_every: 0,
            duplicate: false,
            reorder: false,
            two_signatures: false,
            wrong_secret: false,
            omit_team_id: false,
            naive_times: false,
            partial_events: true,
        }
    }
}
