//! Who is calling: credentials, the keys they are held against, and browsers' sessions.

mod credential;
mod host_keys;
mod key;
mod key_set;
mod key_source;
mod session;
mod token;

pub use credential::Credential;
pub use host_keys::HostKeys;
pub use key::HostKey;
pub use key_source::{Fetcher, KeySource};
pub use session::{Cookies, SessionPage, TooManyQuestions};
pub use token::{TokenIssuer, Tokens};
