//! Who is calling: credentials, the keys they are held against, and browsers' sessions.

mod cookies;
mod credential;
mod fetcher;
mod host_keys;
mod key;
mod key_set;
mod key_source;
mod no_keys;
mod places;
mod session;
mod token;
mod unused;

pub use cookies::Cookies;
pub use credential::Credential;
pub use fetcher::{Fetcher, NoDocument};
pub use host_keys::HostKeys;
pub use key::HostKey;
pub use key_source::KeySource;
pub use no_keys::NoKeys;
pub use session::{Busy, Question, SessionClient, SessionDigest, SessionEndpoint};
pub use token::{RefusedToken, TokenIssuer, TokenUse, Tokens};
pub use unused::Unused;
