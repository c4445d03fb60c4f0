//! What a record's place in its chain makes of its event.

use crate::audit::Head;

/// The `id` of a record's `AuditEvent`: the same each time, so that a receiver recognizes one that is sent again. At most 57
/// characters.
#[must_use]
pub fn event_id(head: &Head) -> String {
    format!("{}-{}", head.chain, head.seq)
}
