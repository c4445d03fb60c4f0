//! The second upstream: Junction's Management API and its teams' API. `call` is the list of everything that is ever asked,
//! `answer` what is read of what comes back, and `error` what other answers mean, all pure; `client` alone sends. `verbatim` is what is passed on as it came. `known`
//! and `tokens` remember what was learned, `refreshes` says which of it is being looked up again, and `shown` is what may be shown of a call that was not made.

mod account;
mod answer;
mod call;
mod catalogue;
mod client;
mod detail;
mod error;
mod integration;
mod known;
mod orders;
mod pdf;
mod places;
mod refreshes;
mod row;
#[cfg(test)]
mod samples;
mod shown;
mod tokens;
mod verbatim;
mod webhooks;
mod wording;

pub use account::{Account, Addresses};
pub use answer::{Created, FoundTeam, Member, Opened, Order, RawToken, TeamRoleBinding, User};
pub use call::{Call, NewMember, Safety};
pub use catalogue::{Area, Catalogue};
pub use client::{CallContext, JunctionClient};
pub use detail::Detail;
pub use error::{JunctionError, Meaning};
pub use integration::{EmbedOrigin, Integration};
pub use known::Known;
pub use orders::Page;
pub use pdf::{MAX_PDF, Pdf, PdfCut, PdfStream};
pub use refreshes::{Aging, Refresh, Refreshes};
pub use row::{Api, form_of};
pub use shown::ShownCall;
pub use tokens::{TeamToken, TokenSlot, Tokens};
pub use verbatim::{AsSent, Verbatim};
pub use webhooks::{Deliveries, Interval, NewWebhook, Webhook, WebhookChange, WebhookPage, WebhookScope};
