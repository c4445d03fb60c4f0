//! The second upstream: Junction's Management API and its teams' API. `call` is the list of everything that is ever asked,
//! pure, and `error` says what other answers mean; `client` alone sends. `known` and `tokens` remember what was learned.

mod account;
mod call;
mod client;
mod detail;
mod error;
mod known;
mod tokens;

pub use account::{Account, Addresses};
pub use call::{Api, Call, Found, FoundTeam, Made, Member, NewMember, Opened, Order, RawToken, TeamRoleBinding, User};
pub use client::{Circumstances, JunctionClient};
pub use detail::Detail;
pub use error::{JunctionError, Meaning};
pub use known::Known;
pub use tokens::{Slot, TeamToken, Tokens};
