//! Where Junction sends a team's events, arranged with the management key: for operators, never for a host. `calls` has the
//! constructors, and `answers` reads what comes back.

mod answers;
mod calls;

pub use answers::{Deliveries, Webhook, WebhookPage};
pub use calls::{Interval, NewWebhook, WebhookChange, WebhookScope};
